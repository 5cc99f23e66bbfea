// Goal: from the commit that keeps a notice nobody can sell, buy, see or be paid for a card it names, here or brought later;
//   what was paid and not seen goes back, what is kept stays kept, nobody is told why, and two people of compliance undo it.
// Method: the whole house over HTTP; the notice comes at each point of a sale on the market, in a buyback, at auction, in
//   assignment and from an issuer; races of the notice against the sale's own steps; every answer and table is searched.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { chinaInstant, DAY, HOUR, plus } from '#platform';
import { ASK_ONLY, type Market, openMarket } from '#test/market.ts';
import { LETTER, lifted, NOTICES, type Notice, notice } from '#test/notices.ts';
import type { MadeCard } from '../simulators/issuer/index.ts';

const payouts = async ({ pool }: Market, subject: unknown) =>
  (
    await pool.query(
      'select state, on_hold, paid_at is not null as paid from settlement.payout where subject = $1',
      [subject],
    )
  ).rows as { state: string; on_hold: boolean; paid: boolean }[];

test('a listed card comes down, cannot be offered again in any way, and goes up after two people lifted it', async (t) => {
  const m = await openMarket(t);
  const [seller, other, officer] = [
    await m.seller(),
    await m.seller(),
    await m.staff('compliance'),
  ];
  const { listing, card } = await m.list(seller, { sku: ASK_ONLY });
  const { listing: innocent } = await m.list(other);
  const { status, body, text } = await notice(m, officer, [card]);
  assert.equal(status, 200, text);
  const found = { how: body.found[0]?.how, kind: body.found[0]?.promises[0]?.kind };
  assert.deepEqual(found, { how: 'here', kind: 'listing' });
  // At once: before any job has run nobody can reserve it.
  const early = await m.buy(other, listing);
  assert.equal(early.code, 'card_stopped', JSON.stringify(early));
  await m.settle();
  assert.equal(await m.stateOf(listing.id), 'suspended');
  assert.equal(await m.stateOf(innocent.id), 'live');
  const desk = await m.staff('risk', 'admin');
  const path = `/v1/console/market/listings/${String(listing.id)}/reinstate`;
  await m.prove(desk);
  assert.equal((await m.http(desk, 'POST', path, {})).body.code, 'card_stopped');
  assert.equal((await m.sell(other, { card })).order.code, 'card_stopped', 'brought by another');
  const now = await m.http<Notice>(officer, 'GET', `${NOTICES}/${String(body.id)}`);
  assert.deepEqual(now.body.found.map(({ how, personId }) => [how, personId]).sort(), [
    ['here', seller.userId],
    ['offered', other.userId],
  ]);
  // Withdrawn, the copy is kept; whoever brought it cannot leave meanwhile.
  await m.act(seller, 'listings/:id/withdraw', listing.id);
  await m.settle();
  const kept = 'select wrapped_dek is not null as kept from cards.secret where card_id = $1';
  assert.equal(
    (await m.pool.query(kept, [now.body.found.find(({ how }) => how === 'here')?.cardId])).rows[0]
      .kept,
    true,
  );
  await lifted(m, officer, body.id);
  assert.equal(
    (await m.pool.query(kept, [now.body.found.find(({ how }) => how === 'here')?.cardId])).rows[0]
      .kept,
    false,
  );
  assert.notEqual((await m.sell(seller, { card })).order.code, 'card_stopped');
});

test('paid and not seen: the money goes back; seen: the sale stands and its payout waits until the notice is lifted', async (t) => {
  const m = await openMarket(t);
  const [buyer, officer] = [await m.seller(), await m.staff('compliance')];
  const sales = [];
  for (const step of ['paid', 'looked', 'seen', 'confirmed'] as const) {
    const { listing, card } = await m.list(await m.seller());
    const order = await m.buy(buyer, listing);
    await m.pay(order);
    if (step === 'looked') {
      await m.act(buyer, 'orders/:id/waive', order.id, { version: 1 });
      await m.act(buyer, 'orders/:id/look', order.id);
      await m.settle();
    }
    if (step === 'seen' || step === 'confirmed') await m.see(buyer, order);
    if (step === 'confirmed') await m.act(buyer, 'orders/:id/confirm', order.id);
    sales.push({ step, listing, card, order });
  }
  const { body } = await notice(m, officer, [...sales.map(({ card }) => card)]);
  const [, looked] = sales;
  await m.prove(buyer);
  const asked = await m.act(buyer, 'orders/:id/reveal', looked?.order.id);
  assert.equal(asked.code, 'card_stopped', 'before any job has run');
  await m.settle();
  const states = await Promise.all(sales.map(({ order }) => m.stateOf(order.id)));
  assert.deepEqual(states, ['refunded', 'refunded', 'revealed', 'confirmed']);
  await m.forward(8 * DAY);
  await m.forward(4 * DAY);
  for (const { step, order } of sales.slice(2)) {
    const [payout] = await payouts(m, order.id);
    assert.deepEqual(payout, { state: 'frozen', on_hold: true, paid: false }, step);
  }
  const { total, escrow } = await m.books();
  assert.deepEqual({ total, escrow }, { total: 0n, escrow: 0n });
  await lifted(m, officer, body.id);
  await m.forward(4 * DAY);
  for (const { step, order } of sales.slice(2))
    assert.equal((await payouts(m, order.id))[0]?.paid, true, step);
});

test('a buyback is rejected or refunded, a payout under way is held, an auction fails, and the recycler never sees the card', async (t) => {
  const m = await openMarket(t);
  const [officer, seller] = [await m.staff('compliance'), await m.seller()];
  const [settled, waiting] = [await m.sell(seller), await m.sell(seller)];
  await m.settle();
  const { sku, number } = settled.card;
  await notice(m, officer, [{ sku, number }, waiting.card]);
  await m.settle();
  await m.forward(chinaInstant('2026-11-25', 18));
  await m.forward(20 * DAY);
  for (const person of [seller, officer]) await m.prove(person);
  for (const { order } of [settled, waiting])
    assert.deepEqual(
      (await payouts(m, order.id)).map(({ paid }) => paid),
      [false],
    );
  // At auction, and in assignment with the notice to the issuer given: nobody has seen the secret.
  const atAuction = m.card('weihe-gift');
  const { body: auction } = await m.http(seller, 'POST', '/v1/auctions', {
    ...{ kind: 'english', sku: atAuction.sku, faceFen: atAuction.faceFen, reserveFen: '1000' },
    ...{ number: atAuction.number, pin: atAuction.pin },
    ...{ opensAt: plus(m.clock.now(), HOUR), closesAt: plus(m.clock.now(), DAY) },
  });
  const assigned = m.card('weihe-gift');
  const { body: made } = await m.http(seller, 'POST', '/v1/exchange/assignments', {
    ...{ sku: assigned.sku, faceFen: assigned.faceFen, priceFen: '5000' },
    ...{ number: assigned.number, pin: assigned.pin },
  });
  await m.settle();
  const [buyer, code] = [await m.seller(), String(made['code'])];
  const yes = { code, channel: 'bank' };
  const { body: assignment } = await m.http(buyer, 'POST', '/v1/exchange/assignments/agree', yes);
  await m.settle();
  await m.pay(assignment);
  assert.equal(await m.stateOf(assignment.id), 'noticed');
  assert.equal(await m.stateOf(auction.id), 'scheduled');
  await notice(m, officer, [atAuction, assigned]);
  await m.settle();
  assert.equal(await m.stateOf(assignment.id), 'refunded');
  assert.equal(await m.stateOf(auction.id), 'failed');
  // Its check has not ended.
  const third = await m.sell(await m.seller());
  await notice(m, officer, [third.card]);
  await m.settle();
  const state = await m.stateOf(third.order.id);
  assert(['rejected', 'refunded'].includes(state), state);
  assert.deepEqual(await payouts(m, third.order.id), []);
});

test('an issuer tells: before the look the money goes back and the listing comes down; after it nothing is taken away', async (t) => {
  const m = await openMarket(t);
  const buyer = await m.seller();
  const tell = async ({ sku, number }: MadeCard, eventId: string) =>
    await m.control('issuer', '/control/tell', {
      ...{ sku, number, house: m.url, what: 'stolen', eventId },
    });
  const [listed, paid, seen] = [
    await m.list(await m.seller(), { sku: ASK_ONLY }),
    await m.list(await m.seller(), { sku: ASK_ONLY }),
    await m.list(await m.seller(), { sku: ASK_ONLY }),
  ];
  const [before, after] = [await m.buy(buyer, paid.listing), await m.buy(buyer, seen.listing)];
  await m.pay(before);
  await m.pay(after);
  await m.see(buyer, after);
  for (const [index, { card }] of [listed, paid, seen].entries())
    await tell(card, `event-0000000${index}`);
  await m.settle();
  assert.equal(await m.stateOf(listed.listing.id), 'suspended');
  assert.equal(await m.stateOf(before.id), 'refunded');
  assert.equal(await m.stateOf(after.id), 'revealed');
  const { rows } = await m.pool.query('select suspended_reason from market.listing where id = $1', [
    listed.listing.id,
  ]);
  assert.equal(
    rows[0]?.suspended_reason,
    'FROZEN_BY_ISSUER',
    'its seller reads what the issuer told',
  );
});

test('notice and look at the same moment: seen before it, or never', async (t) => {
  const m = await openMarket(t);
  const [buyer, officer] = [await m.seller(), await m.staff('compliance')];
  const met = { seen: 0, stopped: 0 };
  // Milliseconds by which the notice is later than the look: surely before it, about with it, surely after it.
  for (const late of [-150, -10, -5, 0, 5, 10, 20, 150]) {
    const { listing, card } = await m.list(await m.seller());
    const order = await m.buy(buyer, listing);
    await m.pay(order);
    await m.act(buyer, 'orders/:id/waive', order.id, { version: 1 });
    await m.act(buyer, 'orders/:id/look', order.id);
    await m.settle();
    await m.prove(officer);
    const body = { ...LETTER, cards: [{ sku: card.sku, number: card.number }] };
    const [kept, shown] = await Promise.all([
      sleep(Math.max(0, late)).then(() => m.http<Notice>(officer, 'POST', NOTICES, body)),
      sleep(Math.max(0, -late)).then(() => m.act(buyer, 'orders/:id/reveal', order.id)),
    ]);
    assert.equal(kept.status, 200, kept.text);
    const { rows } = await m.pool.query(
      `select type from record.entry where subject = $1 and type in ('card.opened', 'card.stopped')
       order by no`,
      [kept.body.found[0]?.cardId],
    );
    const types = rows.map(({ type }) => type);
    const opened = types.includes('card.opened');
    assert.deepEqual(types, opened ? ['card.opened', 'card.stopped'] : ['card.stopped']);
    if (shown.status === 200) assert(opened, 'nobody sees what is not recorded');
    met[opened ? 'seen' : 'stopped'] += 1;
    await m.settle();
    assert.equal(await m.stateOf(order.id), opened ? 'revealed' : 'refunded');
  }
  assert(met.seen > 0 && met.stopped > 0, JSON.stringify(met));
});

test('nobody but compliance knows: roles, words, tables, record and log; nonsense is refused by its row', async (t) => {
  const m = await openMarket(t);
  const [seller, officer] = [await m.seller(), await m.staff('compliance')];
  const { listing, card } = await m.list(seller);
  const wrong = { sku: card.sku, number: `${card.number.slice(0, -1)}` };
  const refused = await notice(m, officer, [card, wrong, { sku: card.sku, number: 'ABCDEF' }]);
  assert.equal(refused.body.code, 'notice_rows_unsound');
  assert.match(refused.text, /2, 3/);
  assert(!refused.text.includes(wrong.number));
  assert.equal(
    (await notice(m, officer, [{ sku: 'no-such-card', number: '12345678' }])).body.code,
    'unknown_product',
  );
  const ghost = { cardId: '01900000-0000-7000-8000-000000000000' };
  assert.equal((await notice(m, officer, [ghost])).body.code, 'not_found');
  const { body } = await notice(m, officer, [card]);
  await m.settle();
  for (const role of ['risk', 'support', 'finance', 'auditor', 'admin'] as const) {
    const other = await m.staff(role);
    await m.prove(other);
    assert.equal((await m.http(other, 'GET', NOTICES)).status, 403, role);
  }
  const mine = await m.http(seller, 'GET', `/v1/market/my/listings/${String(listing.id)}`);
  for (const word of ['公安', LETTER.number, 'notice', 'police', '卢修斯测试公安'])
    assert(!mine.text.includes(word), word);
  const { text } = await m.http<{ text: string }>(
    officer,
    'GET',
    `${NOTICES}/${String(body.id)}/reply`,
  );
  for (const word of [LETTER.number, LETTER.sender, card.number.slice(-4), seller.userId])
    assert(text.includes(word), word);
  assert(!text.includes(card.number), 'a number is in no reply');
  const secrets = [LETTER.number, LETTER.sender, LETTER.victim, card.number];
  const { rows } = await m.pool.query(
    `select coalesce(string_agg(data::text, ' '), '') as said from record.entry`,
  );
  const said = `${rows[0].said} ${m.logged.join(' ')}`;
  for (const secret of secrets) assert(!said.includes(secret), secret);
  await m.forward(DAY + HOUR);
  await m.prove(officer);
  const late = await m.http<Notice>(officer, 'GET', `${NOTICES}/${String(body.id)}`);
  assert.equal(late.body.state, 'overdue', 'time makes it louder and frees nothing');
});
