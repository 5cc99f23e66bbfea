// Goal: the attacks of the issue that need many hands at once or odd amounts win nothing and lose nothing.
// Method: the whole house over its API; racing calls side by side, several rounds; beside each attack a control that
// shows the honest way working; the books are read after each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, fen, inTransaction, plus } from '#platform';
import type { Common, Person } from '#test/house.ts';
import { type Market, openMarket } from '#test/market.ts';
import { refreshVouches } from './index.ts';
import { noteDeed, standingOf } from './trust/standing.ts';

const livePromises = async (m: Market): Promise<bigint[]> => {
  const { rows } = await m.pool.query<{ live: bigint }>(
    'select count(*) as live from cards.encumbrance where ended_at is null group by card_id',
  );
  return rows.map(({ live }) => live);
};

test('one card listed twice, sold to buyback twice and withdrawn, all at once: one promise at a time', async (t) => {
  const m = await openMarket(t);
  for (let round = 0; round < 4; round++) {
    const [seller, buyer] = [await m.seller(), await m.seller()];
    const card = m.card('weihe-gift');
    const secret = { number: card.number, ...(card.pin !== undefined && { pin: card.pin }) };
    const drafts = [await aDraft(m, seller), await aDraft(m, seller)];
    const sales = [
      await anAccepted(m, seller, card.faceFen),
      await anAccepted(m, seller, card.faceFen),
    ];
    const said = await Promise.all([
      ...drafts.map(({ id }) => m.act(seller, 'listings/:id/card', id, secret)),
      ...sales.map((id) => m.http(seller, 'POST', `/v1/orders/${id}/card`, secret)),
    ]);
    assert.equal(said.filter(({ status }) => status < 300).length, 1, 'one of the four has it');
    for (const { status } of said) assert(status < 300 || status === 409, String(status));
    const promised = await livePromises(m);
    assert(promised.length > 0 && promised.every((live) => live === 1n), promised.join());
    await m.settle();
    const up = (await Promise.all(drafts.map(({ id }) => m.listing(seller, id)))).find(
      ({ state }) => state === 'live',
    );
    if (!up) continue;
    const [gone, bought, quoted] = await Promise.all([
      m.act(seller, 'listings/:id/withdraw', up.id),
      m.buy(buyer, up),
      m.sell(seller, { card }),
    ]);
    assert.notEqual(gone.status < 300, bought.state === 'placed', 'withdrawn or bought, not both');
    // The old number is dead at the issuer as long as the card is here, and promised to nobody else.
    assert.equal(quoted.order.code, 'card_already_here');
    for (const live of await livePromises(m)) assert.equal(live, 1n);
    await m.settle();
  }
  assert.equal((await m.books()).total, 0n);
});

async function aDraft(m: Market, seller: Person): Promise<Common> {
  const draft = await m.act(seller, 'listings', '', await m.body('weihe-gift'));
  assert.equal(draft.status, 201);
  return draft;
}

async function anAccepted(m: Market, seller: Person, faceFen: string): Promise<string> {
  const quote = await m.http(seller, 'POST', '/v1/quotes', { sku: 'weihe-gift', faceFen });
  const { quoteId, signature } = quote.body;
  const accepted = await m.http(seller, 'POST', '/v1/orders', { quoteId, signature });
  assert(accepted.status < 300, accepted.text);
  return accepted.body.id;
}

test('a price that changed, and a payment of another sum: nothing is bought for it', async (t) => {
  const m = await openMarket(t);
  const [seller, buyer] = [await m.seller(), await m.seller()];
  const { listing } = await m.list(seller);
  await m.act(seller, 'listings/:id/edit', listing.id, { priceFen: '9500' });
  assert.equal((await m.buy(buyer, listing)).code, 'price_changed', 'dearer than was seen');
  const order = await m.buy(buyer, listing, { maxPriceFen: '9500' });
  assert.equal(order.state, 'placed');
  // The price of an order is frozen; what is paid is that, or it goes back.
  assert(
    (await m.act(seller, 'listings/:id/edit', listing.id, { priceFen: '9999' })).status >= 400,
  );
  await m.settle();
  const { rows } = await m.pool.query('select out_no from settlement.pay_in where subject = $1', [
    order['basketId'],
  ]);
  await m.control('psp', '/control/pay', { outNo: rows[0].out_no, amountFen: '1' });
  await m.settle();
  assert.notEqual(await m.stateOf(order.id), 'ready');
  await m.forward(DAY);
  const back = await m.pool.query(`select amount_fen, state from settlement.refund`);
  assert.deepEqual(back.rows, [{ amount_fen: 1n, state: 'refunded' }]);
  assert.deepEqual(await m.books(), { total: 0n, escrow: 0n });
});

test('disputing and confirming, agreeing and withdrawing at once: the money goes one way', async (t) => {
  const m = await openMarket(t);
  const ends = new Set<string>();
  for (let round = 0; round < 6; round++) {
    const [seller, buyer] = [await m.seller(), await m.seller()];
    const { listing } = await m.list(seller);
    const order = await m.buy(buyer, listing);
    await m.pay(order);
    await m.see(buyer, order);
    const dispute = () => m.act(buyer, 'orders/:id/dispute', order.id, { reason: 'RESTRICTED' });
    const confirm = () => m.act(buyer, 'orders/:id/confirm', order.id);
    const first = round % 2 === 0 ? [dispute(), confirm(), dispute()] : [confirm(), dispute()];
    const said = await Promise.all(first);
    const state = await m.stateOf(order.id);
    const won = said.filter(({ status }) => status < 300).length;
    // After a confirmation the complaint is one under the guarantee, and no second way out of escrow.
    assert.equal(won, state === 'claimed' ? 2 : 1, state);
    await m.settle();
    const { rows } = await m.pool.query<{ id: string }>(
      'select id from disputes.claim where subject = $1',
      [order.id],
    );
    if (rows[0]) {
      const path = `/v1/disputes/${rows[0].id}`;
      const answers = await Promise.all([
        m.http(seller, 'POST', `${path}/answer`, { answer: 'agree' }),
        m.http(buyer, 'POST', `${path}/withdraw`, {}),
        confirm(),
      ]);
      assert.equal(answers.slice(0, 2).filter(({ status }) => status < 300).length, 1);
    }
    await m.forward(2 * DAY);
    ends.add(await m.stateOf(order.id));
    const { rows: out } = await m.pool.query<{ ways: bigint }>(
      `select count(*) as ways from process.step where instance = $1 and to_state in ('confirmed', 'refunded')
         and from_state in ('revealed', 'disputed')`,
      [order.id],
    );
    assert((out[0]?.ways ?? 0n) <= 1n, 'escrow was emptied once');
    assert.equal((await m.books()).total, 0n);
  }
  assert.equal((await m.books()).escrow, 0n, [...ends].join());
});

test('twenty accounts of one person stay strangers in the real tables, an honest seller becomes known', async (t) => {
  const m = await openMarket(t);
  const at = m.clock.now();
  const trade = (personId: string, counterparty: string, nth: number) =>
    inTransaction(m.db, async (tx) => {
      const subject = `00000000-0000-7000-8000-${String(nth).padStart(12, '0')}`;
      const deed = { subject, valueFen: fen(50_000n), at: plus(at, -nth * 60_000) };
      await noteDeed(tx, { ...deed, personId, kind: 'sold', counterparty });
      await noteDeed(tx, {
        ...deed,
        personId: counterparty,
        kind: 'bought',
        counterparty: personId,
      });
    });
  const people = Array.from(
    { length: 60 },
    (_, nth) => `10000000-0000-7000-8000-${String(nth).padStart(12, '0')}`,
  );
  const [ring, honest] = [people.slice(0, 20), people.slice(20)];
  let nth = 0;
  for (let lap = 1; lap <= 10; lap++)
    for (const [place, who] of ring.entries())
      await trade(who, ring[(place + lap) % ring.length] ?? who, ++nth);
  for (const [place, who] of honest.entries())
    for (const step of [1, 3, 7])
      await trade(who, honest[(place + step) % honest.length] ?? who, ++nth);
  await refreshVouches(m.db, { anchors: honest.slice(0, 5), at });
  const scores = async (list: readonly string[]) =>
    await Promise.all(list.map(async (who) => (await standingOf(m.db, who, at)).score));
  const best = Math.max(...(await scores(ring)));
  assert(best < 600, `a ring account reached ${best}`);
  const usual = (await scores(honest)).toSorted((a, b) => a - b)[honest.length / 2] ?? 0;
  assert(
    usual > best,
    `an honest seller with six deeds has ${usual}, the ring with twenty ${best}`,
  );
});

/** What a form or a script may put where money belongs. */
const NONSENSE: readonly unknown[] = [
  ...[
    '-1',
    '0',
    '-0',
    '1e21',
    '1e3',
    '0.5',
    '1,000',
    ' 5',
    '5 ',
    '',
    '一百',
    'NaN',
    'Infinity',
    '0x10',
  ],
  ...['9'.repeat(16), '9'.repeat(60), '１００', '100\u0000', '+100', '00100'],
  ...[-1, 1e21, 0.5, null, true, [], {}, ['100']],
];

test('money that is none: negative, huge, broken, in other shapes, in every field that takes money', async (t) => {
  const m = await openMarket(t);
  const [seller, buyer] = [await m.seller(), await m.seller()];
  const good = await m.body('weihe-gift');
  const { listing } = await m.list(seller);
  const offers = `listings/${listing.id}/offers`;
  const fields: [
    what: string,
    as: Person,
    path: string,
    body: Record<string, unknown>,
    key: string,
  ][] = [
    ['face', seller, 'listings', good, 'faceFen'],
    ['price', seller, 'listings', good, 'priceFen'],
    ['declared', seller, 'listings', good, 'declaredFen'],
    ['floor', seller, 'listings', good, 'markdownFloorFen'],
    ['edit', seller, `listings/${listing.id}/edit`, {}, 'priceFen'],
    ['most', buyer, 'orders', { listingId: listing.id, channel: 'alipay' }, 'maxPriceFen'],
    ['bid', buyer, offers, {}, 'priceFen'],
  ];
  const before = await counts(m);
  for (const [what, as, path, body, key] of fields)
    for (const value of NONSENSE) {
      const said = await m.act(as, path, '', { ...body, [key]: value });
      const told = `${what} ${JSON.stringify(value)}: ${said.status} ${said.code}`;
      assert(said.status === 400 || said.status === 422, told);
      assert(said.title && said.remedy, told);
    }
  const basket = { fill: 'all', channel: 'alipay' };
  for (const maxPriceFen of NONSENSE) {
    const items = [{ listingId: listing.id, maxPriceFen }];
    const said = await m.act(buyer, 'baskets', '', { ...basket, items });
    assert(said.status === 400 || said.status === 422, JSON.stringify(maxPriceFen));
  }
  assert.deepEqual(await counts(m), before, 'nothing was stored');
  assert.equal((await m.act(buyer, offers, '', { priceFen: '8000' })).status, 201, 'the control');
});

const counts = async ({ pool }: Market) =>
  (
    await pool.query(
      `select (select count(*) from market.listing) as listings, (select count(*) from market.offer) as offers,
         (select count(*) from market."order") as orders, (select price_fen from market.listing limit 1) as price`,
    )
  ).rows[0];

test('markup, hidden and turned signs are refused wherever people write', async (t) => {
  const m = await openMarket(t);
  const [seller, buyer] = [await m.seller(), await m.seller()];
  const { listing } = await m.list(seller);
  const order = await m.buy(buyer, listing);
  await m.pay(order);
  await m.see(buyer, order);
  const bad = [
    ['text_markup', '<img src=x onerror=alert(1)>'],
    ['text_hidden_signs', '好\u200b卡'],
    ['text_hidden_signs', '好卡\u202e卡好'],
    ['text_hidden_signs', '好卡\u2066卡好'],
  ] as const;
  const other = await m.list(seller);
  for (const [code, text] of bad) {
    const edit = (field: string) =>
      m.act(seller, 'listings/:id/edit', other.listing.id, { [field]: text });
    assert.equal((await edit('title')).code, code, `title ${JSON.stringify(text)}`);
    assert.equal((await edit('note')).code, code, 'note');
    const said = await m.act(buyer, 'orders/:id/messages', order.id, { text });
    assert.equal(said.code, code, `message: ${JSON.stringify(said)}`);
    const claim = { reason: 'RESTRICTED', statement: text };
    assert.equal((await m.act(buyer, 'orders/:id/dispute', order.id, claim)).code, code, 'claim');
  }
  assert.equal((await m.act(buyer, 'orders/:id/messages', order.id, { text: '谢谢' })).status, 200);
  await m.act(buyer, 'orders/:id/confirm', order.id);
  for (const [code, text] of bad) {
    const said = await m.act(buyer, 'orders/:id/reviews', order.id, { stars: 5, body: text });
    assert.equal(said.code, code, `review: ${JSON.stringify(said)}`);
  }
});
