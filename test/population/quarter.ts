/**
 * The simulated quarter: every day people list, buy, look, spend, cheat and complain over the API of the whole house,
 * with the real simulators over HTTP and one clock for all. What really happened stays here; the house never reads it.
 */
import assert from 'node:assert/strict';
import { chinaInstant, DAY, FakeClock, fen, HOUR, inTransaction, MINUTE } from '#platform';
import { topUp } from '#settlement';
import { openTestHouse, type TestHouse } from '#test/house.ts';
import { chance } from '../../src/demo-people.ts';
import { DAYS, OUTAGES } from './behaviours.ts';
import { answerClaims, sitAtDesk } from './claims.ts';
import { cast, type Deal, deals, ringOf } from './people.ts';
import { balance, note, type Quarter, say } from './world.ts';

const FIRST_DAY = '2026-09-01';
const RESERVE_FEN = fen(5_000_000n);
/** After the last day: the longest claim, its appeal, the guarantee. */
const RUN_OUT_DAYS = 60;
/** Cards are listed until ten days before the end; whoever complains has done so by then. */
const LAST_CLAIM_DAYS = 4;

export async function openQuarter(
  t: { after(work: () => Promise<void>): void },
  { seed, orders }: { seed: number; orders: number },
): Promise<Quarter> {
  const clock = new FakeClock(chinaInstant(FIRST_DAY, 10));
  const house = await openTestHouse(t, { clock });
  const dice = chance(seed);
  const ring = ringOf(orders);
  const people = await cast(house, {
    sellers: Math.ceil(orders / 10),
    buyers: Math.ceil(orders / 8),
    ring: ring.accounts,
  });
  const { userId: by } = await house.staff('finance');
  await inTransaction(house.db, (tx) =>
    topUp(tx, {
      ...{ recycler: 'house', target: 'reserve', amountFen: RESERVE_FEN, by },
      at: clock.now(),
    }),
  );
  await house.settle();
  const quarter = {
    ...{ house, dice, people, occurred: new Map(), refusals: new Map() },
    deals: deals(dice, people, { orders, ringTrades: ring.trades }),
    desk: [await house.staff('support'), await house.staff('support')],
    openingDay: clock.now().getTime(),
  };
  assert.equal(await balance(quarter, 'RESERVE:cash'), RESERVE_FEN);
  return quarter;
}

/** Nobody lists in the last days; whoever has begun goes on, and then the clock alone ends what is left. */
export async function playQuarter(quarter: Quarter): Promise<void> {
  const { house, openingDay } = quarter;
  for (let day = 0; day < DAYS + LAST_CLAIM_DAYS; day++) await playDay(quarter, day);
  for (let day = DAYS + LAST_CLAIM_DAYS; day <= DAYS + RUN_OUT_DAYS; day += 5) {
    await house.forward(new Date(openingDay + day * DAY));
    await house.house.tidyUp();
    await hurry(house);
    await house.settle();
  }
}

const PARALLEL = 8;
async function each(list: readonly Deal[], act: (deal: Deal) => Promise<void>): Promise<void> {
  for (let from = 0; from < list.length; from += PARALLEL)
    await Promise.all(list.slice(from, from + PARALLEL).map(act));
}

async function playDay(quarter: Quarter, day: number): Promise<void> {
  const { house } = quarter;
  await outages(quarter, day);
  const tomorrow = new Date(quarter.openingDay + (day + 1) * DAY);
  if (!(await isBusy(quarter, day))) return await house.forward(tomorrow);
  const due = (next: Deal['next']) =>
    quarter.deals.filter((deal) => deal.next === next && deal.day <= day);
  await phase(quarter, due('list'), async (deal) => await list(quarter, deal));
  await phase(quarter, due('buy'), async (deal) => await buy(quarter, deal));
  await pay(quarter, quarter.deals.filter(isUnpaid), day);
  await phase(quarter, due('deliver'), async (deal) => await deliver(quarter, deal, day));
  for (const deal of due('look')) await drainBefore(quarter, deal);
  await phase(quarter, due('look'), async (deal) => await look(quarter, deal));
  await drainBetween(quarter, due('look'));
  await phase(quarter, due('look'), async (deal) => await reveal(quarter, deal, day));
  if (due('use').length > 0 || quarter.deals.some(isDraining)) {
    await house.forward(5 * MINUTE);
    for (const deal of quarter.deals.filter(isDraining)) await drainAfter(quarter, deal);
    await house.forward(5 * MINUTE);
    for (const deal of due('use')) await use(quarter, deal);
    await house.forward(5 * MINUTE);
    await phase(quarter, due('use'), async (deal) => await speak(quarter, deal));
  }
  await house.forward(HOUR);
  if (await answerClaims(quarter)) await house.settle();
  if (await sitAtDesk(quarter)) await house.settle();
  await house.house.tidyUp();
  await hurry(house);
  await house.forward(tomorrow);
}

/** On a quiet day only the clock has something to do. */
async function isBusy({ deals, house }: Quarter, day: number): Promise<boolean> {
  if (deals.some((deal) => deal.next !== 'over' && deal.day <= day)) return true;
  const { rows } = await house.pool.query('select 1 from disputes.claim where open limit 1');
  return rows.length > 0;
}

const isUnpaid = (deal: Deal): boolean => deal.next === 'buy' && deal.basketId !== undefined;

async function phase(
  { house }: Quarter,
  list: readonly Deal[],
  act: (deal: Deal) => Promise<void>,
): Promise<void> {
  if (list.length === 0) return;
  await each(list, act);
  await house.settle();
}

/** Failed jobs wait in real time, which this run has none of. */
async function hurry({ pool }: TestHouse): Promise<void> {
  await pool.query(
    `select graphile_worker.reschedule_jobs(array_agg(id), run_at => now()) from graphile_worker.jobs
     where attempts < max_attempts and locked_at is null and run_at > now()`,
  );
}

async function outages({ house, occurred }: Quarter, day: number): Promise<void> {
  for (const { issuer, days } of OUTAGES) {
    const path = `/control/issuers/${issuer}`;
    if (days.includes(day)) {
      await house.control('issuer', path, { outage: true });
      occurred.set('an issuer was away for a day', day);
    } else if (days.includes(day - 1)) {
      await house.control('issuer', path, { profile: 'healthy' });
    }
  }
}

/** The card in the seller's hand: some have been used before they are ever listed. */
async function list(quarter: Quarter, deal: Deal): Promise<void> {
  const { house } = quarter;
  const { ware, sells, seller, slip, faceFen, delivery } = deal;
  deal.next = 'over';
  const state = sells === 'sells_used' ? 'used' : slip === 'face' ? 'half_used' : 'good';
  const card = house.card(ware.sku, state, faceFen);
  const product = (await say(quarter, seller, `GET /v1/products/${ware.sku}`)).body;
  const draft = await say(quarter, seller, 'POST /v1/market/listings', {
    ...{ sku: ware.sku, faceFen: String(faceFen), delivery, title: '闲置礼品卡转让' },
    priceFen: String((faceFen * 9n) / 10n),
    restrictions: product['restrictions'],
  });
  if (draft.status >= 300) return;
  const { id } = draft.body;
  const path = `POST /v1/market/listings/${id}`;
  const up =
    delivery === 'vault'
      ? await say(quarter, seller, `${path}/card`, secretOf(card))
      : await say(quarter, seller, `${path}/publish`, {});
  if (up.status >= 300) return;
  Object.assign(deal, { card, listingId: id, next: 'buy' });
}

const secretOf = ({ number, pin }: { number: string; pin?: string }) => ({
  ...{ number, ...(pin !== undefined && { pin }) },
});

async function buy(quarter: Quarter, deal: Deal): Promise<void> {
  const { listingId, buyer, faceFen, delivery } = deal;
  const shipTo = { name: '张三', phone: '13900020000', address: '上海市黄浦区某路 1 号' };
  const { status, body } = await say(quarter, buyer, 'POST /v1/market/orders', {
    ...{ listingId, maxPriceFen: String(faceFen), channel: 'alipay' },
    ...(delivery === 'mail' && { shipTo }),
  });
  if (status >= 300) {
    deal.next = 'over';
    note(quarter, `not for sale: ${deal.sells}${deal.slip ?? ''} ${delivery}`);
    return;
  }
  Object.assign(deal, { orderId: body.id, basketId: body['basketId'] });
}

async function pay(quarter: Quarter, unpaid: readonly Deal[], day: number): Promise<void> {
  const { house } = quarter;
  if (unpaid.length === 0) return;
  const { rows } = await house.pool.query<{ subject: string; out_no: string }>(
    'select subject, out_no from settlement.pay_in where subject = any($1)',
    [unpaid.map(({ basketId }) => basketId)],
  );
  const numbers = new Map(rows.map((row) => [row.subject, row.out_no]));
  const payNow = async (list: readonly Deal[]) => {
    for (const deal of list) {
      const outNo = numbers.get(deal.basketId ?? '');
      await house.control('psp', '/control/pay', { outNo, force: true });
    }
    await house.settle();
  };
  const late = unpaid.filter(({ buys }) => buys === 'pays_late');
  for (const deal of unpaid) {
    const isLate = deal.buys === 'pays_late';
    const next = isLate ? 'over' : deal.delivery === 'vault' ? 'look' : 'deliver';
    Object.assign(deal, { next, day: next === 'deliver' ? day + 1 : day, paid: !isLate });
  }
  await payNow(unpaid.filter((deal) => !late.includes(deal)));
  if (late.length === 0) return;
  await house.forward(16 * MINUTE);
  for (const _ of late) note(quarter, 'paid too late');
  await payNow(late);
}

async function deliver(quarter: Quarter, deal: Deal, day: number): Promise<void> {
  const { seller, orderId, card, delivery } = deal;
  deal.next = 'over';
  if (deal.sells === 'never_delivers') {
    note(quarter, `never delivered by ${delivery}`);
    return;
  }
  assert(card);
  const path = `POST /v1/market/orders/${orderId}`;
  if (delivery === 'mail') {
    const post = { carrier: '顺丰', tracking: `SF${orderId?.slice(0, 8)}` };
    const { status, body } = await say(quarter, seller, `${path}/ship`, post);
    assert(status < 300, JSON.stringify(body));
    Object.assign(deal, { next: 'use', day: day + 2, seen: card.number });
    arrives(quarter, deal);
    return;
  }
  const { status } = await say(quarter, seller, `${path}/deliver`, secretOf(card));
  if (status < 300) Object.assign(deal, { next: 'look', day });
}

/** A card by post is looked at by nobody before its buyer has it. */
function arrives(quarter: Quarter, deal: Deal): void {
  const { sells, slip, faceFen } = deal;
  if (sells === 'sells_used') hurt(deal, faceFen);
  if (slip === 'face') hurt(deal, faceFen / 2n);
  if (slip === 'restriction') hurt(deal, faceFen);
  if (deal.lossFen > 0n) note(quarter, `a bad card by post: ${sells}`);
}

function hurt(deal: Deal, lossFen: bigint, by: 'seller' | 'issuer' = 'seller'): void {
  Object.assign(deal, { lossFen, lossBy: by });
}

const spend = async ({ house }: Quarter, sku: string, number: string, amountFen: bigint) => {
  const body = { sku, number, action: 'spend', amountFen: String(amountFen) };
  return ((await house.control('issuer', '/control/cards', body)) as { done: boolean }).done;
};

/** The seller has a copy of the number they handed over; a lock or a re-issue makes it worthless. */
async function drainBefore(quarter: Quarter, deal: Deal): Promise<void> {
  const { card, ware, sells, faceFen } = deal;
  if (sells !== 'drains_before' || !card || deal.buys === 'never_looks') return;
  const done = await spend(quarter, ware.sku, card.number, faceFen);
  note(quarter, `drained before the reveal: ${ware.able} ${done ? 'spent' : 'in vain'}`);
}

/** The card was looked at and is not seen yet: the seller learns of it by a message, and the buyer takes ten minutes. */
async function drainBetween(quarter: Quarter, looking: readonly Deal[]): Promise<void> {
  const draining = looking.filter(
    ({ sells, next }) => sells === 'drains_between' && next === 'look',
  );
  if (draining.length === 0) return;
  await quarter.house.forward(5 * MINUTE);
  for (const deal of draining) {
    const { card, ware, faceFen } = deal;
    assert(card);
    const done = await spend(quarter, ware.sku, card.number, faceFen);
    if (done) hurt(deal, faceFen);
    note(quarter, `drained before it was seen: ${ware.able} ${done ? 'spent' : 'in vain'}`);
  }
  await quarter.house.forward(5 * MINUTE);
}

async function look(quarter: Quarter, deal: Deal): Promise<void> {
  const { buyer, orderId, buys } = deal;
  if (buys === 'never_looks') {
    note(quarter, 'never looked');
    deal.next = 'over';
    return;
  }
  await say(quarter, buyer, `POST /v1/market/orders/${orderId}/waive`, { version: 1 });
  await say(quarter, buyer, `POST /v1/market/orders/${orderId}/look`, {});
}

async function reveal(quarter: Quarter, deal: Deal, day: number): Promise<void> {
  const { buyer, orderId, slip, faceFen } = deal;
  const { body: now } = await say(quarter, buyer, `GET /v1/market/orders/${orderId}`);
  if (now.state === 'probing') return;
  if (now.state !== 'proven') {
    deal.next = 'over';
    note(quarter, `refused by the look: ${deal.sells}${deal.slip ?? ''}`);
    return;
  }
  const path = `POST /v1/market/orders/${orderId}/reveal`;
  const { status, body } = await say(quarter, buyer, path, {});
  assert(status === 200, JSON.stringify(body));
  Object.assign(deal, { seen: body['number'], next: 'use', day: day + deal.spendsAfter });
  if (slip === 'restriction') {
    hurt(deal, faceFen);
    note(quarter, 'a restriction was forgotten');
  }
}

const isDraining = ({ sells, seen, next, drained }: Deal): boolean =>
  sells === 'drains_after' && seen !== undefined && next === 'use' && !drained;

/** As soon as the buyer has seen the code; by a copy that may be worth nothing any more. */
async function drainAfter(quarter: Quarter, deal: Deal): Promise<void> {
  const { card, ware, faceFen } = deal;
  deal.drained = true;
  assert(card);
  const done = await spend(quarter, ware.sku, card.number, faceFen);
  if (done) hurt(deal, faceFen);
  note(quarter, `drained after the reveal: ${ware.able} ${done ? 'spent' : 'in vain'}`);
}

/** The buyer goes to the shop, or has no intention to; now and then the issuer is first. */
async function use(quarter: Quarter, deal: Deal): Promise<void> {
  const { house } = quarter;
  const { seen, ware, faceFen, buys } = deal;
  if (!seen || deal.lossFen === faceFen) return;
  if (deal.issuerFreezes && deal.lossFen === 0n) {
    const body = { sku: ware.sku, number: seen, action: 'freeze' };
    await house.control('issuer', '/control/cards', body);
    hurt(deal, faceFen, 'issuer');
    note(quarter, 'frozen by the issuer by mistake');
    return;
  }
  if (buys === 'serial_disputer' || buys === 'mistaken') return;
  const done = await spend(quarter, ware.sku, seen, faceFen - deal.lossFen);
  assert(done, `${deal.buys} spends what ${deal.sells} sold: ${ware.sku} ${deal.delivery}`);
}

/** What a buyer says once they have been to the shop. */
async function speak(quarter: Quarter, deal: Deal): Promise<void> {
  deal.next = 'over';
  const { buyer, orderId, buys, lossFen, faceFen, slip, lossBy } = deal;
  const complain = async (reason: string, statement: string): Promise<void> => {
    const path = `POST /v1/market/orders/${orderId}/dispute`;
    const { status, body } = await say(quarter, buyer, path, { reason, statement });
    note(quarter, `${status < 300 ? 'complained' : body.code}: ${lossFen > 0n ? 'harmed' : buys}`);
  };
  if (lossBy === 'issuer') return await complain('FROZEN_BY_ISSUER', '店员说卡被冻结了');
  if (slip === 'restriction' && lossFen > 0n)
    return await complain('RESTRICTED', '店里说这张卡这里不能用');
  if (lossFen === faceFen) return await complain('USED_OR_VOID', '到店发现余额为零');
  if (lossFen > 0n) return await complain('FACE_MISMATCH_UNBOUND', '余额只有一半');
  switch (buys) {
    case 'false_claimer':
      return await complain('USED_OR_VOID', '拿到的时候就是空卡');
    case 'serial_disputer':
      return await complain(quarter.dice.pick(['USED_OR_VOID', 'BAD_CREDENTIALS']), '用不了');
    case 'mistaken':
      return await complain('BAD_CREDENTIALS', '卡密输入好几次都不对');
    case 'never_confirms':
      note(quarter, 'never confirmed');
      return;
    default:
      await say(quarter, buyer, `POST /v1/market/orders/${orderId}/confirm`, {});
  }
}
