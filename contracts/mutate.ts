/**
 * The long run: breaks the contracts in one place after the other and counts which breaks the suites notice. At least
 * 95 % have to be noticed, and each of the invariants has to notice the one that is aimed at it.
 * `npm run contracts:long` runs all; `-- 40` a sample of 40 spread over the sources.
 */
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forge } from './forge.ts';

const root = join(import.meta.dirname, '..');
const KILLED_AT_LEAST = 0.95;

interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
  /** The invariant that has to notice, by its number in docs/contracts.md. */
  readonly aimedAt?: number;
}

/** One believable slip for each invariant that the walks judge. */
const AIMED: readonly (Omit<Mutant, 'line'> & { aimedAt: number })[] = [
  { aimedAt: 1, file: 'ExchangeBase.sol', from: 'if (got < amount)', to: 'if (got > amount)' },
  { aimedAt: 2, file: 'Exchange.sol', from: '_accounts[msg.sender] = account.minusOne();', to: '' },
  {
    aimedAt: 3,
    file: 'Exchange.sol',
    from: 'withState(State.REDEEMED)',
    to: 'withState(State.ACTIVE)',
  },
  { aimedAt: 4, file: 'ExchangeBase.sol', from: 'card.nonce() + 1', to: 'card.nonce()' },
  { aimedAt: 5, file: 'lib/FeeSplit.sol', from: 'MAX_FEE_BPS = 500', to: 'MAX_FEE_BPS = 600' },
  { aimedAt: 6, file: 'Exchange.sol', from: 'refund + (refund', to: '(refund' },
  { aimedAt: 7, file: 'ExchangeBase.sol', from: '_admit(to, receiver, block.timestamp);', to: '' },
  { aimedAt: 8, file: 'Exchange.sol', from: '_shares[shareId][msg.sender] = 0;', to: '' },
  {
    aimedAt: 9,
    file: 'ExchangeExtension.sol',
    from: 'if (shared == address(0)) return true;',
    to: 'if (shared == address(0)) return false;',
  },
  {
    aimedAt: 10,
    file: 'Exchange.sol',
    from: 'settleAuction(uint256 cardId) external exit',
    to: 'settleAuction(uint256 cardId) external business(0)',
  },
  {
    aimedAt: 11,
    file: 'ExchangeDesk.sol',
    from: 'if (caseHash == 0) revert CaseRequired(cardId);',
    to: '',
  },
  {
    aimedAt: 12,
    file: 'LogAnchor.sol',
    from: 'if (size <= _sizeOf(old)',
    to: 'if (size < _sizeOf(old)',
  },
  {
    aimedAt: 13,
    file: 'Exchange.sol',
    from: 'attest.issuerClass, 1);',
    to: 'attest.issuerClass, 0);',
  },
  { aimedAt: 14, file: 'AttestedSettlement.sol', from: '_bankRefs[proof.bankRef] = true;', to: '' },
];

/** Slips of one token. */
const SLIPS: readonly (readonly [RegExp, string])[] = [
  [/ < (?=[\w(])/, ' <= '],
  [/ <= /, ' < '],
  [/ > (?=[\w(])/, ' >= '],
  [/ >= /, ' > '],
  [/ == /, ' != '],
  [/ != /, ' == '],
  [/ && /, ' || '],
  [/ \|\| /, ' && '],
  [/ \+ /, ' - '],
  [/ - /, ' + '],
  [/ \* /, ' / '],
];
/** A dropped refusal. */
const REFUSAL = /^\s*if \(.*\) revert .*;$/;

function mutantsOf(file: string): Mutant[] {
  const lines = readFileSync(join(root, 'contracts/src', file), 'utf8').split('\n');
  return lines.flatMap((text, line) => {
    if (/^\s*(\/\/|\*|import|event|error|pragma|function .*;$)/.test(text)) return [];
    const code = text.replace(/\/\/.*$/, '');
    const slips = SLIPS.filter(([token]) => token.test(code)).map(([token, other]) => ({
      ...{ file, line, from: text, to: text.replace(token, other) },
    }));
    return REFUSAL.test(code) ? [...slips, { file, line, from: text, to: '' }] : slips;
  });
}

/** Does any suite fail (or the compiler refuse)? In a copy of its own, with the compiler's cache shared. */
async function noticed({ file, line, from, to }: Mutant): Promise<boolean> {
  const copy = mkdtempSync(join(tmpdir(), 'huiquan-mutant-'));
  try {
    cpSync(join(root, 'contracts'), join(copy, 'contracts'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const path = join(copy, 'contracts/src', file);
    const text = readFileSync(path, 'utf8');
    const lines = text.split('\n');
    if (line >= 0) lines[line] = to;
    const changed = line >= 0 ? lines.join('\n') : text.replace(from, to);
    if (changed === text) throw new Error(`${file}: nothing to change at ${from}`);
    writeFileSync(path, changed);
    const { status } = await forge(['test', '--fail-fast'], {
      cwd: copy,
      env: { FOUNDRY_OUT: join(copy, 'out'), FOUNDRY_CACHE_PATH: join(copy, 'cache') },
    });
    return status !== 0;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

async function main(sample = Number.POSITIVE_INFINITY): Promise<void> {
  const sources = readdirSync(join(root, 'contracts/src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sol') && !/(^|\/)I[A-Z]|interfaces/.test(file))
    .sort();
  const all = sources.flatMap(mutantsOf);
  const step = Math.max(1, all.length / sample);
  const chosen = all.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  const aimed = AIMED.map((mutant) => ({ ...mutant, line: -1 }));
  const survivors: Mutant[] = [];
  for (const mutant of [...aimed, ...chosen]) {
    const dead = await noticed(mutant);
    if (!dead) survivors.push(mutant);
    console.log(
      `${dead ? '✓' : '✗'} ${mutant.file}:${mutant.line + 1} ${mutant.to.trim() || 'dropped'}`,
    );
  }
  const total = aimed.length + chosen.length;
  const rate = 1 - survivors.length / total;
  console.log(`${total - survivors.length} of ${total} noticed (${(rate * 100).toFixed(1)} %)`);
  const missed = survivors.filter(({ line }) => line < 0);
  if (missed.length > 0 || rate < KILLED_AT_LEAST) process.exitCode = 1;
}

await main(process.argv[2] ? Number(process.argv[2]) : undefined);
