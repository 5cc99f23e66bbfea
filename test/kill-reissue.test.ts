// Goal: whoever pulls the plug in the middle of a sale by re-issue, at whichever step: the card is re-issued once, and each
//   side has the secret that works or the money.
// Method: the worker as a real process, with a valve between it and issuer and chain: at each step it is killed (-9) at the
//   very moment at which a request has left, or an answer has come and is not stored, and started again a minute later; one
//   sale that goes through and one that its issuer refuses, then issuer, contract, books and record are asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeEventTopics, toFunctionSelector } from 'viem';
import { exchangeAbi } from '#contracts';
import { balanceOf } from '#ledger';
import { DAY, HOUR, SECOND } from '#platform';
import { seal, verifyRecord } from '#record';
import { type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import { setClocks } from '#test/kill-bulk.ts';
import { type Part, startPart } from '#test/parts.ts';
import {
  atIssuer,
  fetched,
  mood,
  offered,
  reissuesDone,
  type Sale,
  standing,
  tokenOf,
} from '#test/reissue.ts';
import { openValve, type Passing, type Valve } from '#test/valve.ts';
import type { ChainDeps } from '../src/exchange/deps.ts';
import { onChainAccount } from '../src/exchange/effects.ts';
import { reconcileChain } from '../src/exchange/reconcile.ts';

const [GIVEN, PRICE, NET] = [100_000n, 9_000n, 8_775n];
/** What a dead worker had in hand is let go after a minute. */
const LET_GO_MS = 61 * SECOND;
const WINDOW_MS = 3 * DAY + HOUR;
const WAIT_MS_MAX = 100_000;

interface Scene {
  readonly house: ChainHouse;
  readonly worker: Part;
  readonly atIssuer: Valve;
  readonly onChain: Valve;
  /** How far the house lives ahead of this machine. */
  aheadMs: number;
}
type Stop = readonly [valve: 'atIssuer' | 'onChain', is: (passing: Passing) => boolean];

const selectorOf = (functionName: 'confirmReissue' | 'refundHold'): string => {
  const found = exchangeAbi.find((one) => one.type === 'function' && one.name === functionName);
  assert(found?.type === 'function');
  return toFunctionSelector(found).slice(2);
};
const sends = (functionName: 'confirmReissue' | 'refundHold') => {
  const selector = selectorOf(functionName);
  return ({ request }: Passing): boolean =>
    request.includes('eth_sendRawTransaction') && request.includes(selector);
};
const [CONFIRMED] = encodeEventTopics({ abi: exchangeAbi, eventName: 'ReissueConfirmed' });
const asksIssuer = ({ path }: Passing): boolean => path.endsWith('/reissue');

/** Each of them kills the worker that has come to it. */
const SOLD: readonly Stop[] = [
  // The request has left, and never comes there.
  ['atIssuer', (one) => asksIssuer(one) && one.answer === undefined],
  // It was carried out, and the answer is not stored.
  ['atIssuer', (one) => asksIssuer(one) && one.answer !== undefined],
  // Asked for again by its number, and not stored again.
  ['atIssuer', ({ path, answer }) => path.endsWith('/outcome') && answer !== undefined],
  // Stored and taken over, and not sent to the chain.
  ['onChain', (one) => sends('confirmReissue')(one) && one.answer === undefined],
  // Sent to the chain, and not known to be there.
  ['onChain', (one) => sends('confirmReissue')(one) && one.answer !== undefined],
  // Mined, and what follows from it is not stored.
  ['onChain', ({ answer }) => CONFIRMED !== undefined && Boolean(answer?.includes(CONFIRMED))],
];
const REFUSED: readonly Stop[] = [
  ['atIssuer', (one) => asksIssuer(one) && one.answer !== undefined],
];
const PAID_BACK: readonly Stop[] = [
  ['onChain', (one) => sends('refundHold')(one) && one.answer === undefined],
  ['onChain', (one) => sends('refundHold')(one) && one.answer !== undefined],
];

const keepPace = ({ house, aheadMs }: Scene): Date =>
  house.clock.moveTo(new Date(Date.now() + aheadMs));

/** The worker dies; its successor lives so much later. */
async function dies(scene: Scene, ms: number): Promise<void> {
  scene.aheadMs += ms;
  await setClocks(scene.house, scene.aheadMs);
  await scene.worker.killAndRestart();
  keepPace(scene);
}

/** `first` leads to the first stop; at each one the worker is killed, and the next one is there before its successor is. */
async function killedAt(
  scene: Scene,
  stops: readonly Stop[],
  first: () => Promise<void>,
): Promise<void> {
  let come = armed(scene, stops[0]);
  await first();
  for (const [place] of stops.entries()) {
    await come;
    const next = stops[place + 1];
    if (next) come = armed(scene, next);
    await dies(scene, LET_GO_MS);
  }
}

async function armed(scene: Scene, stop: Stop | undefined): Promise<void> {
  assert(stop);
  const late = new AbortController();
  const tooLate = sleep(WAIT_MS_MAX, undefined, { signal: late.signal }).then(() =>
    assert.fail(`it never came to ${stop[0]} ${stop[1]}`),
  );
  tooLate.catch(() => undefined);
  await Promise.race([scene[stop[0]].stopAt(stop[1]), tooLate]);
  late.abort();
}

async function buys({ house, buyer, order }: Sale): Promise<void> {
  const path = `/v1/exchange/listings/${order.id}/buy`;
  const made = await house.http(buyer, 'POST', path, await house.buying(buyer, order));
  assert.equal(made.status, 200, made.text);
}

async function until(sale: Sale, state: string): Promise<void> {
  const text = `select r.state from exchange.reissue r where r.order_id = $1`;
  for (const end = Date.now() + WAIT_MS_MAX; ; await sleep(100)) {
    const { rows } = await sale.house.pool.query<{ state: string }>(text, [sale.order.id]);
    if (rows[0]?.state === state) return;
    assert(Date.now() < end, `it stays ${rows[0]?.state} and never is ${state}`);
  }
}

async function looked({ house, token }: Sale): Promise<void> {
  const text = 'select 1 from cards.verification where starts_with(ref, $1)';
  for (const end = Date.now() + WAIT_MS_MAX; ; await sleep(100)) {
    if ((await house.pool.query(text, [`${token.id}/sale-`])).rows.length > 0) return;
    assert(Date.now() < end, 'nobody looks at what was sold');
  }
}

const moneyOf = async ({ house }: Sale, of: Holder): Promise<bigint> =>
  (await balanceOf(house.db, onChainAccount(of.account.address.toLowerCase()))).balance;

test('killed at every step of a re-issue: done once, and each side has card or money', {
  timeout: 280_000,
}, async (t) => {
  const house = await openChainHouse(t);
  // The worker lives in real time and some way ahead of it, never behind.
  if (Date.now() > house.clock.now().getTime()) {
    await house.forward(new Date(Date.now() + HOUR));
    await house.house.tidyUp();
    await house.mined();
  }
  const [sold, refused] = [await offered(house), await offered(house)];
  const scene = await workerOf(t, house);

  await killedAt(scene, SOLD, () => buys(sold));
  await until(sold, 'sold');
  // The issuer is asked about what was sold, before it is told to refuse.
  await looked(sold);

  await mood(refused, { refused: 100 });
  keepPace(scene);
  await killedAt(scene, REFUSED, () => buys(refused));
  await until(refused, 'waiting');
  await mood(refused, { refused: 0 });
  await killedAt(scene, PAID_BACK, () => dies(scene, WINDOW_MS));
  await until(refused, 'refunded');
  assert.equal(scene.worker.kills, SOLD.length + REFUSED.length + PAID_BACK.length + 1);
  await scene.worker.stop();
  // As its successor would; what it had in hand is done here, instead of being waited for at each look (2.3 s each).
  await house.pool.query(
    `select graphile_worker.force_unlock_workers(array_agg(distinct locked_by))
     from graphile_worker.jobs where locked_by is not null having count(*) > 0`,
  );
  keepPace(scene);
  await house.mined();
  await ends(house, { sold, refused });
});

async function workerOf(
  t: { after(work: () => Promise<void>): void },
  house: ChainHouse,
): Promise<Scene> {
  const aheadMs = house.clock.now().getTime() - Date.now();
  await setClocks(house, aheadMs);
  const [atIssuer, onChain] = [
    await openValve(t, house.simulators.issuer),
    await openValve(t, house.rpcUrl),
  ];
  const config = {
    ...{ ...house.config, DATABASE_POOL: 8, DEMO: true },
    ...{ ISSUER_URL: atIssuer.url, CHAIN_URL: onChain.url },
  };
  const worker = await startPart('worker', config);
  t.after(() => worker.stop());
  return { house, worker, atIssuer, onChain, aheadMs };
}

async function ends(
  house: ChainHouse,
  { sold, refused }: { sold: Sale; refused: Sale },
): Promise<void> {
  for (const one of [sold, refused])
    for (const side of [one.seller, one.buyer]) await house.prove(side);
  assert.deepEqual(await standing(sold), ['filled', 'sold']);
  assert.deepEqual(await standing(refused), ['refunded', 'refunded', 'RESTRICTED']);
  assert.equal(await reissuesDone(sold), 1);
  const money = [
    ...[await moneyOf(sold, sold.buyer), await moneyOf(sold, sold.seller)],
    ...[await moneyOf(refused, refused.buyer), await moneyOf(refused, refused.seller)],
  ];
  assert.deepEqual(money, [GIVEN - PRICE, GIVEN + NET, GIVEN, GIVEN]);
  const { rows } = await house.pool.query(
    `select purpose, count(*)::int as n, bool_and(state = 'mined') as good from exchange.relay
     where purpose like 'reissue%' group by 1 order by 1`,
  );
  assert.deepEqual(rows, [
    { purpose: 'reissue_confirm', n: 1, good: true },
    { purpose: 'reissue_refund', n: 1, good: true },
  ]);
  assert.equal((await tokenOf(sold, sold.buyer))['mine'], true);
  assert.equal((await tokenOf(refused, refused.seller))['mine'], true);
  const fresh = await fetched(sold, sold.buyer);
  assert.equal(await atIssuer(sold, fresh), 'active');
  assert.equal(await atIssuer(sold), 'bad_secret', 'what the seller knew is dead');
  const own = await fetched(refused, refused.seller);
  assert.equal(own.pin?.reveal(), refused.card.pin);
  assert.equal(await atIssuer(refused), 'active');
  assert.deepEqual(await reconcileChain(house.house.exchange as ChainDeps, house.clock.now()), []);
  await seal(house.db, house.clock.now());
  const verdict = await verifyRecord(house.db);
  assert(verdict.ok, JSON.stringify(verdict));
}
