// Goal: the contracts do what they say, the committed artifacts are theirs, and every selector has one owner.
// Method: forge runs the unit, fuzz and invariant suites (contracts/test); the artifacts are compiled again and compared;
// EIP-712 digests of viem are compared with the deployed contract's, which forge's suites sign.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type Abi,
  type AbiFunction,
  type Hex,
  hashTypedData,
  toFunctionSelector,
  zeroAddress,
} from 'viem';
import { foundry } from 'viem/chains';
import { exchangeAbi } from './abi.gen.ts';
import { build, files, SETTINGS, settingsOf, stale } from './build.ts';
import { ALLOWED, artifact, checkProfile, DeployRefused, FEATURE, ROLE } from './deploy.ts';
import { forge } from './forge.ts';
import { attestOf, auctionOf, bidOf, FAR, house, listingOf, person } from './test/support/anvil.ts';
import { EXCHANGE_TYPES, exchangeDomain } from './typed-data.ts';

const here = import.meta.dirname;
const SIZE_LIMIT = 24_576;
const HEADROOM = 1_024;

/** Each walk's own account of where it has been (Handler.sol); forge is told where to write in foundry.toml. */
const WALKS = join(here, '../node_modules/.cache/forge/walks.txt');
const STATES = ['ACTIVE', 'AUCTION', 'SEALED', 'HELD', 'FRACTION', 'FROZEN', 'REDEEMED'];
/** How often all walks together must have come there; a walk that goes nowhere proves nothing. */
const WALKED: Readonly<Record<string, number>> = {
  ...Object.fromEntries(STATES.map((_, n) => [`state ${n + 1}`, 10])),
  ...{ mint: 10, buyLazy: 5, buy: 20, buyMany: 5, buyDutch: 20, acceptBid: 20, matchOrders: 20 },
  ...{ swap: 10, transfer: 20, replay: 20, cancel: 20, cancelBids: 20, burn: 5 },
  ...{ openAuction: 20, bid: 20, settleAuction: 20, openSealed: 20, commit: 20, reveal: 10 },
  ...{ settleSealed: 20, forfeit: 5, hold: 20, 'match into hold': 10, confirmReissue: 20 },
  ...{ refundHold: 3, deliver: 20, prove: 5, 'prove right': 10, releaseBond: 5 },
  ...{ fractionalise: 20, transferShares: 20, buyOut: 20, cash: 5, unite: 10 },
  ...{ deposit: 20, withdraw: 20, payCharity: 20, sweepFees: 20, kyc: 20, freezeAccount: 20 },
  ...{ freezeCard: 10, forcedTransfer: 10, pause: 5, emergency: 3 },
};

test('forge: unit, fuzz and invariant suites; the walks have been everywhere', {
  timeout: 280_000,
}, async () => {
  rmSync(WALKS, { force: true });
  const { status, output } = await forge(['test', '--fuzz-seed', '6']);
  assert.equal(status, 0, output.slice(-6_000));
  const seen = new Map<string, number>();
  for (const line of readFileSync(WALKS, 'utf8').split('\n')) {
    const [kind = '', times] = line.split('\t');
    if (times) seen.set(kind, (seen.get(kind) ?? 0) + Number(times));
  }
  const short = Object.entries(WALKED).filter(([kind, least]) => (seen.get(kind) ?? 0) < least);
  assert.deepEqual(short, [], `seen ${JSON.stringify(Object.fromEntries(seen))}`);
});

test('solidity is formatted', async () => {
  const { status, output } = await forge(['fmt', '--check', 'contracts/src', 'contracts/test']);
  assert.equal(status, 0, output);
});

test('the artifacts are what the sources compile to', () => {
  assert.deepEqual(stale(), []);
  for (const [path, text] of Object.entries(files(build())))
    assert.equal(readFileSync(join(here, path), 'utf8'), text, `${path}: run npm run contracts`);
});

test('forge compiles with the same settings', () => {
  const toml = readFileSync(join(here, 'foundry.toml'), 'utf8');
  assert.match(toml, new RegExp(`evm_version = "${SETTINGS.evmVersion}"`));
  const runs = [...toml.matchAll(/name = "\w+".* optimizer_runs = ([\d_]+)/g)].map((found) =>
    Number(found[1]?.replaceAll('_', '')),
  );
  assert.deepEqual(runs, [SETTINGS.optimizer.runs, settingsOf('Exchange').optimizer.runs]);
});

test('every part keeps a kilobyte below the limit of EIP-170', () => {
  for (const name of ['Exchange', 'ExchangeExtension', 'ExchangeDesk', 'AttestedSettlement']) {
    const { runtimeBytes } = JSON.parse(readFileSync(join(here, `artifacts/${name}.json`), 'utf8'));
    assert(runtimeBytes <= SIZE_LIMIT - HEADROOM, `${name}: ${runtimeBytes} B`);
  }
});

test('each function of the face is answered by exactly one part', () => {
  const selectors = (abi: Abi) =>
    abi.filter((item): item is AbiFunction => item.type === 'function').map(toFunctionSelector);
  const parts = ['Exchange', 'ExchangeExtension', 'ExchangeDesk'].map((name) => partOf(name));
  for (const selector of selectors(exchangeAbi as unknown as Abi)) {
    const owners = parts.filter((part) => part.includes(selector)).length;
    assert.equal(owners, 1, selector);
  }
});

/** The selectors that a part compares with the call's: PUSH4, then EQ, or SUB for the last one of a row. */
function partOf(name: string): Hex[] {
  const { bytecode } = artifact(name);
  return (exchangeAbi as unknown as Abi)
    .filter((item): item is AbiFunction => item.type === 'function')
    .map(toFunctionSelector)
    .filter((selector) => new RegExp(`63${selector.slice(2)}(14|03)`).test(bytecode));
}

test('a profile gets no more than it may have', () => {
  const at = new Date('2026-03-01');
  const some = person(1).address;
  const base = {
    ...{ at, feePayee: some, anchorers: { first: some, backup: some } },
    roles: { admin: some, registrar: some, desk: some, guardian: some, governor: some },
  };
  const refused = (more: object, why: RegExp) =>
    assert.throws(
      () => checkProfile({ ...base, ...more } as never),
      (error: unknown) => {
        assert(error instanceof DeployRefused);
        assert.match(error.reason, why);
        return true;
      },
    );
  const approval = { id: '沙盒 1', until: new Date('2026-06-01') };
  refused({ profile: 'CN', features: FEATURE.sale }, /may not have: sale/);
  refused(
    { profile: 'SANDBOX', features: FEATURE.transfer, approval, priceCapFen: 1n },
    /transfer/,
  );
  refused({ profile: 'INTL', features: 1n << 40n }, /may not have/);
  refused({ profile: 'SANDBOX', priceCapFen: 1n }, /approval number/);
  refused({ profile: 'SANDBOX', priceCapFen: 1n, approval: { ...approval, until: at } }, /ended/);
  refused({ profile: 'SANDBOX', approval }, /cap on prices/);
  refused({ profile: 'INTL', approval }, /belongs to SANDBOX/);
  assert.equal(checkProfile({ ...base, profile: 'CN' }), 0n);
  assert.equal(checkProfile({ ...base, profile: 'INTL' }), ALLOWED.INTL);
});

test('deployed: digests as in viem, roles handed over, the deployer without power', async (t) => {
  const h = await house(t);
  const domain = exchangeDomain(foundry.id, h.exchange);
  // ERC-5267: wallets ask each contract for the domain that it checks signatures in.
  for (const [address, name] of [
    [h.exchange, 'Huiquan Exchange'],
    [h.money, 'Huiquan Sandbox Fen'],
    [h.settlement, 'Huiquan Attested Settlement'],
  ] as const) {
    assert(address);
    const told = await h.client.getEip712Domain({ address });
    assert.equal(told.domain.name, name);
    assert.equal(told.domain.verifyingContract.toLowerCase(), address.toLowerCase());
  }
  const messages = {
    Attest: attestOf(7n, person(1).address),
    BatchAttest: { holder: person(1).address, itemsHash: `0x${'11'.repeat(32)}`, deadline: FAR },
    Listing: listingOf(7n, 3),
    DutchTerms: {
      ...{
        cardId: 7n,
        startPrice: 9n,
        endPrice: 1n,
        startsAt: 1,
        endsAt: 2,
        feeBps: 3,
        charityBps: 4,
      },
      ...{ charityId: 5, delivery: 1, nonce: 6 },
    },
    AuctionTerms: auctionOf(7n, 3),
    SealedTerms: {
      ...{ cardId: 7n, reserve: 1n, bond: 2n, commitUntil: 3, revealUntil: 4, secondPrice: true },
      ...{ feeBps: 5, charityBps: 6, charityId: 7, delivery: 1, nonce: 8 },
    },
    Bid: bidOf(7n, person(2).address, 3),
    SwapOffer: {
      ...{ give: 1n, want: 2n, topUp: 3n, makerPays: true, feeBps: 4, nonce: 5, epoch: 6 },
      deadline: FAR,
    },
    Reissued: {
      cardId: 7n,
      buyer: person(2).address,
      newCommit: `0x${'22'.repeat(32)}`,
      nonce: 1,
      deadline: FAR,
    },
    BalanceAttest: { cardId: 7n, balance: 500n, asOf: 1 },
  } as const;
  for (const [primaryType, message] of Object.entries(messages)) {
    const ours = hashTypedData({
      ...{ domain, types: EXCHANGE_TYPES, primaryType: primaryType as 'Bid' },
      message: message as never,
    });
    assert.equal(await h.view(`hash${primaryType}`, [message]), ours, primaryType);
  }
  const role = async (id: bigint, who: string) =>
    h.client.readContract({
      ...{ address: h.manager, abi: artifact('AccessManager').abi },
      ...{ functionName: 'hasRole', args: [id, who] },
    }) as Promise<readonly [boolean, number]>;
  assert.deepEqual(await role(ROLE.admin, person(9).address), [true, 172_800]);
  assert.deepEqual(await role(ROLE.governor, person(9).address), [true, 172_800]);
  assert.deepEqual(await role(ROLE.guardian, person(0).address), [true, 0]);
  assert.equal((await role(ROLE.admin, person(0).address))[0], false, 'the deployer is out');
  await assert.rejects(h.send(0, 'setFeePayee', [zeroAddress]), /AccessManagedUnauthorized/);
  await assert.rejects(
    h.send(9, 'setFeePayee', [person(3).address]),
    /0x60a299b0/,
    'AccessManagerNotScheduled: 48 hours first',
  );
});
