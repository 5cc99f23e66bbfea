// Goal: whatever somebody sends the market, it says no in words and loses nothing.
// Method: each attack and each mistake of the issue over the API, beside a control that shows the honest way works.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY } from '#platform';
import { openMarket } from '#test/market.ts';
import { makeCard } from '../../simulators/issuer/index.ts';

test('a listing says its terms, its words are clean and its sums make sense, or it is refused', async (t) => {
  const m = await openMarket(t);
  const seller = await m.seller();
  const good = await m.body('weihe-gift');
  const tries: [string, Record<string, unknown>][] = [
    ['invalid_input', { restrictions: [] }],
    ['restrictions_incomplete', { restrictions: [{ kind: 'none' }] }],
    [
      'restrictions_incomplete',
      { restrictions: [...(good['restrictions'] as object[]), { kind: 'none' }] },
    ],
    ['text_markup', { title: '<b>全网最低</b>' }],
    ['text_hidden_signs', { title: '味禾\u200b礼品卡' }],
    ['text_hidden_signs', { note: '好卡\u202e卡假' }],
    ['text_contact', { note: '加微信 abc12345 便宜' }],
    ['text_card_secret', { note: '卡号 6212345678901234567' }],
    ['words_forbidden', { note: '可套现' }],
    ['price_above_balance', { priceFen: '10001' }],
    ['price_above_balance', { declaredFen: '20000' }],
    ['floor_not_below_price', { markdownFloorFen: '9000' }],
    ['expires_too_soon', { expiresOn: '2026-11-24' }],
    ['face_not_offered', { faceFen: '12345', priceFen: '100' }],
    ['unknown_product', { sku: 'no-such-card' }],
    ['product_not_accepted', await m.body('tongqu-bearer')],
    [
      'charity_not_choosable',
      { charity: { id: '01a20621-ad00-7a41-bc25-72ddb0a81990', shareBps: 100 } },
    ],
    ...['0', '-1', '1e9', '1.5', ' 1', '9007199254740993000'].map(
      (priceFen): [string, Record<string, unknown>] => ['invalid_input', { priceFen }],
    ),
  ];
  for (const [code, over] of tries) {
    const said = await m.act(seller, 'listings', '', { ...good, ...over });
    assert.equal(said.code, code, `${JSON.stringify(over)}: ${JSON.stringify(said)}`);
    assert.ok(said.title && said.remedy, 'in words');
  }
  const { rows } = await m.pool.query('select count(*) from market.listing');
  assert.equal(rows[0].count, 0n, 'nothing was stored');
  assert.equal((await m.act(seller, 'listings', '', good)).status, 201);
});

test('nobody sells or buys without a real name, sells without an account, or buys from themselves', async (t) => {
  const m = await openMarket(t);
  const nobody = await m.seller({ verified: false });
  const seller = await m.seller();
  assert.equal(
    (await m.act(nobody, 'listings', '', await m.body('weihe-gift'))).code,
    'real_name_needed',
  );
  const unpaid = await m.seller({ account: false });
  const draft = await m.act(
    unpaid,
    'listings',
    '',
    await m.body('weihe-gift', { delivery: 'seller' }),
  );
  assert.equal(
    (await m.act(unpaid, 'listings/:id/publish', draft.id)).code,
    'payout_account_needed',
  );
  const { listing } = await m.list(seller);
  assert.equal((await m.buy(nobody, listing)).code, 'real_name_needed');
  assert.equal((await m.buy(seller, listing)).code, 'own_listing');
  const sameAccount = await m.seller();
  await m.pool.query(
    `update settlement.payout_account set fingerprint = (
       select fingerprint from settlement.payout_account where user_id = $1) where user_id = $2`,
    [seller.userId, sameAccount.userId],
  );
  assert.equal((await m.buy(sameAccount, listing)).code, 'related_parties');
  const sameDevice = await m.seller();
  await m.pool.query(
    `update parties.session set address = '198.51.100.77' where person_id = any($1::uuid[])`,
    [[seller.userId, sameDevice.userId]],
  );
  await m.pool.query(`update parties.session set seen_at = $1 where person_id = any($2::uuid[])`, [
    m.clock.now(),
    [seller.userId, sameDevice.userId],
  ]);
  assert.equal((await m.buy(sameDevice, listing)).code, 'related_parties');
  const bid = { priceFen: '100' };
  assert.equal(
    (await m.act(sameDevice, 'listings/:id/offers', listing.id, bid)).code,
    'related_parties',
  );
  assert.equal((await m.buy(await m.seller(), listing)).state, 'placed');
});

test('reveal before pay, twice, by another, by a guess: refused, and nothing is shown', async (t) => {
  const m = await openMarket(t);
  const [seller, buyer, stranger] = [await m.seller(), await m.seller(), await m.seller()];
  const { listing, card } = await m.list(seller);
  const order = await m.buy(buyer, listing);
  const reveal = (as: typeof buyer, id: unknown) => m.act(as, 'orders/:id/reveal', id);
  assert.equal((await reveal(buyer, order.id)).code, 'wrong_state');
  await m.pay(order);
  assert.equal((await reveal(buyer, order.id)).code, 'wrong_state', 'it was not proved yet');
  assert.equal((await m.act(buyer, 'orders/:id/look', order.id)).code, 'waiver_needed');
  assert.equal(
    (await m.act(buyer, 'orders/:id/waive', order.id, { version: 9 })).code,
    'waiver_needed',
  );
  const guess = '01a20621-ad00-7a41-bc25-72ddb0a81990';
  for (const what of ['look', 'reveal', 'confirm', 'extend', 'cancel'])
    for (const [as, id] of [
      [stranger, order.id],
      [buyer, guess],
    ] as const)
      assert.equal((await m.act(as, `orders/:id/${what}`, id)).status, 404, what);
  for (const what of ['look', 'reveal', 'confirm'])
    assert.equal(
      (await m.act(seller, `orders/:id/${what}`, order.id)).status,
      404,
      `seller ${what}`,
    );
  assert.equal((await m.http(stranger, 'GET', `/v1/market/orders/${order.id}`)).status, 404);
  const secret = await m.see(buyer, order);
  assert.equal((await reveal(buyer, order.id)).code, 'already_revealed');
  const headers = await m.http(buyer, 'POST', `/v1/market/orders/${order.id}/reveal`, {});
  assert.equal(headers.headers['cache-control'], 'no-store');
  const everything = m.logged.join('\n');
  for (const number of [card.number, secret.number]) assert.ok(!everything.includes(number));
});

/** Luhn, as printed on every card of this product. */
function withCheckDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

test('one card in two places, numbers in a row, and too many listings a day', async (t) => {
  const m = await openMarket(t);
  const [seller, other] = [await m.seller(), await m.seller()];
  const { card } = await m.list(seller);
  const again = await m.act(other, 'listings', '', await m.body('weihe-gift'));
  const { number, pin } = card;
  assert.equal(
    (await m.act(other, 'listings/:id/card', again.id, { number, pin })).code,
    'card_already_here',
  );
  const { order } = await m.sell(other, { card });
  assert.equal(order.code, 'card_already_here', 'buyback says the same');

  const scripted = await m.seller();
  const said: string[] = [];
  const one = makeCard('zhengliu-ecard', { state: 'good', faceFen: 5_000n });
  for (let running = 10; running < 16; running++) {
    const draft = await m.act(scripted, 'listings', '', await m.body('zhengliu-ecard'));
    const sealed = await m.act(scripted, 'listings/:id/card', draft.id, {
      number: withCheckDigit(`${one.number.slice(0, -3)}${running}`),
      ...(one.pin !== undefined && { pin: one.pin }),
    });
    said.push(sealed.code ?? sealed.state);
  }
  assert.deepEqual(said.slice(0, 5), Array(5).fill('checking'));
  assert.equal(said[5], 'numbers_in_series');
  const body = await m.body('weihe-gift', { delivery: 'seller' });
  let refused: string | undefined;
  for (let i = 0; i < 60 && !refused; i++)
    refused = (await m.act(other, 'listings', '', body)).code;
  assert.equal(refused, 'too_many_listings');
  await m.forward(DAY + 1);
  assert.equal((await m.act(other, 'listings', '', body)).status, 201);
});

test('what is being bought is not changed; what is not theirs is not seen', async (t) => {
  const m = await openMarket(t);
  const [seller, buyer] = [await m.seller(), await m.seller()];
  const { listing } = await m.list(seller);
  assert.equal(
    (await m.act(buyer, 'listings/:id/edit', listing.id, { priceFen: '1' })).status,
    404,
  );
  assert.equal((await m.act(seller, 'listings/:id/pause', listing.id)).state, 'paused');
  assert.equal((await m.buy(buyer, listing)).code, 'listing_gone');
  assert.equal((await m.act(seller, 'listings/:id/resume', listing.id)).state, 'live');
  await m.buy(buyer, listing);
  for (const [what, body] of [
    ['edit', { priceFen: '5000' }],
    ['withdraw', {}],
    ['pause', {}],
  ] as const)
    assert.equal(
      (await m.act(seller, `listings/:id/${what}`, listing.id, body)).code,
      'wrong_state',
      what,
    );
});
