/**
 * Does each of the fourteen invariants of docs/contracts.md bite? Makes one believable slip for each, runs the suite that
 * watches over it, and asks that it fails under that invariant's number. `node contracts/bite.ts [which …]`.
 */
import { openWorkshop, type Slip } from './workshop.ts';

interface Aimed extends Slip {
  readonly suite: readonly string[];
  /** What the failing suite says. */
  readonly says: RegExp;
}

const WALKS = ['--match-contract', 'Invariants', '--fuzz-seed', '6'];
const walked = (invariant: number, file: string, from: string, to: string): Aimed => ({
  ...{ file, from, to, suite: WALKS },
  // The text of `Untrue`, in which all that is wrong is told: "; 1 users' money is missing; 9 …".
  says: new RegExp(`; ${invariant} \\w`),
});
const tested = (name: string, file: string, from: string, to: string): Aimed => ({
  ...{ file, from, to, suite: ['--match-test', name] },
  says: new RegExp(`FAIL.*${name}`),
});

const AIMED: Readonly<Record<number, Aimed>> = {
  1: walked(1, 'ExchangeBase.sol', 'if (got < amount)', 'if (got > amount)'),
  2: walked(2, 'Exchange.sol', '_accounts[msg.sender] = account.minus(1);', ''),
  3: walked(
    3,
    'ExchangeBase.sol',
    'if (CardSlot.unwrap(place.slot) != 0) revert AlreadyMinted(cardId);',
    '',
  ),
  4: walked(4, 'lib/CardSlot.sol', 'word + (1 << NONCE_SHIFT)', 'word'),
  5: walked(5, 'lib/FeeSplit.sol', 'MAX_FEE_BPS = 500', 'MAX_FEE_BPS = 600'),
  6: walked(6, 'Exchange.sol', 'refund + (refund', '(refund'),
  7: walked(7, 'ExchangeBase.sol', '_admit(to, receiver, block.timestamp);', ''),
  8: walked(8, 'Exchange.sol', '_shares[shareId][msg.sender] = 0;', ''),
  9: walked(
    9,
    'ExchangeExtension.sol',
    'if (shared == address(0)) return true;',
    'if (shared == address(0)) return false;',
  ),
  10: walked(
    10,
    'Exchange.sol',
    'settleAuction(uint256 cardId) external exit {',
    'settleAuction(uint256 cardId) external exit { if (block.timestamp < _pausedUntil()) revert();',
  ),
  11: walked(11, 'ExchangeDesk.sol', 'if (caseHash == 0) revert CaseRequired(cardId);', ''),
  12: tested(
    'test_the_chain_of_heads',
    'LogAnchor.sol',
    'if (size <= _sizeOf(old)',
    'if (size < _sizeOf(old)',
  ),
  13: tested(
    'test_lazy_ends_as_eager',
    'Exchange.sol',
    'sale.issuerClass(), 1);',
    'sale.issuerClass(), 0);',
  ),
  14: tested(
    'testFuzz_one_proof_one_order',
    'AttestedSettlement.sol',
    '_bankRefs[proof.bankRef] = true;',
    '',
  ),
};

const wanted = process.argv.slice(2);
const workshop = await openWorkshop();
try {
  for (const [number, aimed] of Object.entries(AIMED)) {
    if (wanted.length > 0 && !wanted.includes(number)) continue;
    const { status, output } = await workshop.tryOut(aimed, aimed.suite);
    const bites = status !== 0 && aimed.says.test(output);
    const said = /Untrue\("[^"]*"\)|FAIL[^\n]*/.exec(output)?.[0] ?? output.slice(-300);
    console.log(`${bites ? '✓' : '✗'} ${number} ${aimed.file}: ${said.slice(0, 200)}`);
    if (!bites) process.exitCode = 1;
  }
} finally {
  workshop.close();
}
