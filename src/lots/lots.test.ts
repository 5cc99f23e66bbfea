// Goal: a company sells cards in bulk to the last fen: file, papers, checks, sample, sealed bids, contract, tranches, a
// dispute over failing cards only. Method: the whole house with its simulators; what people see, the ledger and the vault.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balanceOf, reconcile } from '#ledger';
import { DAY, fen, HOUR, plus } from '#platform';
import { entriesOf } from '#record';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import {
  addPapers,
  bid,
  cardsOf,
  company,
  csvOf,
  type DealBody,
  dealFor,
  dealOf,
  dealPath,
  type LotBody,
  lotPath,
  newLot,
  openFor,
  readyLot,
  sign,
  takeCards,
  upload,
} from '#test/lots.ts';
import { commitSeed, drawSample } from './sampling.ts';

const money = async ({ db }: TestHouse, code: string) => await balanceOf(db, code);

test('a lot from file to statement', async (t) => {
  const house = await openTestHouse(t);
  const seller = await company(house);
  const buyer = await company(house, { legalName: '模拟回收甲有限公司', walletFen: '1000000' });
  const rival = await company(house, { legalName: '模拟回收乙有限公司', walletFen: '1000000' });
  const staff = await house.staff('risk');
  const good = cardsOf('luyu-ecard', 38);
  const bad = cardsOf('luyu-ecard', 2, { state: 'used' });
  const lotId = await readyLot(house, seller, staff, [...good, ...bad]);
  const path = lotPath(seller, lotId);

  await t.test(
    'bad cards are known and not sold; the sample is drawn by the seed of before',
    async () => {
      const { body } = await house.http<LotBody>(seller.maker, 'GET', path);
      assert.deepEqual([body.progress.checkedGood, body.progress.checkedBad], [38, 2]);
      const entries = await entriesOf(house.db, lotId);
      const began = entries.find(({ type }) => type === 'lot.start')?.data as {
        commitment: string;
      };
      const uploaded = entries.find(({ type }) => type === 'lot.upload')?.data as {
        fileDigest: string;
      };
      const drawn = entries.find(({ type }) => type === 'lots.sample_drawn')?.data as {
        seed: string;
        sample: number[];
      };
      assert.equal(commitSeed(drawn.seed), began.commitment);
      const rows = good.map((_, index) => index + 2);
      const again = drawSample({
        ...{ seed: drawn.seed, fileDigest: uploaded.fileDigest, rows, size: drawn.sample.length },
      });
      assert.deepEqual(again, drawn.sample);
    },
  );

  await t.test('bids are sealed, whole in the wallet, one each, in time', async () => {
    await openFor(house, seller, lotId);
    const offer = await house.http(
      buyer.maker,
      'GET',
      `/v1/recyclers/${buyer.id}/lot-offers/${lotId}`,
    );
    assert.equal(offer.status, 200, offer.text);
    for (const hidden of [seller.id, '模拟福利', '年货礼品卡'])
      assert(!offer.text.includes(hidden), hidden);
    assert.equal((await bid(house, buyer, lotId, '300000')).status, 201);
    assert.equal((await money(house, `WALLET:${buyer.id}`)).held, 300_000n);
    assert.equal((await bid(house, buyer, lotId, '310000')).body.code, 'lot_one_bid');
    assert.equal((await bid(house, seller, lotId, '300000')).body.code, 'own_lot');
    assert.equal((await bid(house, rival, lotId, '380001')).body.code, 'lot_price_unsound');
    assert.equal((await bid(house, rival, lotId, '290000')).status, 201);
    const seen = await house.http(seller.maker, 'GET', path);
    assert(!seen.text.includes('300000') && !seen.text.includes('290000'), 'sealed to the seller');
    const back = await house.http(seller.maker, 'POST', `${path}/take-back`);
    assert.equal(back.body.code, 'auction_has_bids');
    await house.forward(2 * DAY);
    assert.equal((await bid(house, rival, lotId, '350000')).body.code, 'lot_not_open');
    assert.equal((await money(house, `WALLET:${rival.id}`)).held, 0n, 'losers are free at once');
  });

  let dealId = '';
  await t.test('the seller takes the best; the money stays held into the tranches', async () => {
    await house.prove(seller.checker);
    const { body } = await house.http<LotBody>(seller.checker, 'POST', `${path}/award`, {
      parts: [1],
    });
    assert.equal(body.state, 'awarded');
    dealId = body.parts[0]?.dealId ?? '';
    assert.equal(body.parts[0]?.bestFen, '300000');
    assert.equal((await money(house, `WALLET:${buyer.id}`)).held, 300_000n);
    const stranger = await house.http(rival.maker, 'GET', dealPath(rival, dealId));
    assert.equal(stranger.status, 404);
  });

  await t.test('nobody signs twice, nor another text', async () => {
    const { contractHash } = await dealOf(house, buyer, dealId);
    await house.prove(buyer.maker);
    const signPath = `${dealPath(buyer, dealId)}/sign`;
    const other = await house.http(buyer.maker, 'POST', signPath, { contractHash: 'a'.repeat(64) });
    assert.equal(other.body.code, 'lot_contract_changed');
    await house.http(buyer.maker, 'POST', signPath, { contractHash });
    const twice = await house.http(buyer.maker, 'POST', signPath, { contractHash });
    assert.equal(twice.body.code, 'second_person_needed');
    const early = await takeCards(house, buyer, dealId, 1);
    assert.equal(early.body.code, 'wrong_state');
    await house.prove(buyer.checker);
    await house.http(buyer.checker, 'POST', signPath, { contractHash });
    await sign(house, [seller], dealId);
    await house.settle();
    const deal = await dealOf(house, buyer, dealId);
    assert.deepEqual(
      deal.tranches.map(({ state }) => state),
      ['delivered', 'reserved'],
    );
  });

  await t.test(
    'one person takes the numbers, recorded first; a failing card is disputed alone',
    async () => {
      const sheet = await takeCards(house, buyer, dealId, 1);
      assert.equal(sheet.status, 200, sheet.text);
      const lines = sheet.text.trim().split('\r\n').slice(1);
      assert.equal(lines.length, 19);
      assert.equal(
        (await takeCards(house, buyer, dealId, 1, buyer.checker)).body.code,
        'already_revealed',
      );
      assert.equal((await takeCards(house, seller, dealId, 1)).body.code, 'not_your_turn');
      await house.settle();
      const [row = '', sku = '', , number = ''] = lines[0]?.split(',') ?? [];
      await house.control('issuer', '/control/cards', {
        sku,
        number,
        state: 'used',
        balanceFen: '0',
      });
      const reportPath = `${dealPath(buyer, dealId)}/tranches/1/report`;
      const wrong = await house.http(buyer.maker, 'POST', reportPath, {
        rows: [{ row: 99_999, failing: 'USED_OR_VOID' }],
      });
      assert.equal(wrong.body.code, 'lot_rows_unknown');
      const told = await house.http<DealBody>(buyer.maker, 'POST', reportPath, {
        rows: [{ row: Number(row), failing: 'USED_OR_VOID' }],
      });
      assert.equal(told.status, 200, told.text);
      assert.equal(told.body.state, 'paused', 'one of 19 is more than 3 %');
      await house.settle();
      const [first] = (await dealOf(house, buyer, dealId)).tranches;
      assert(first);
      const all = [first.paidFen, first.feeFen, first.backFen, first.failingFen].map(BigInt);
      assert.equal(String(all.reduce((a, b) => a + b)), first.priceFen);
      assert.equal(first.disputed[0]?.probed, 'USED_OR_VOID');
      const resumed = await house.http(buyer.maker, 'POST', `${dealPath(buyer, dealId)}/resume`);
      assert.equal(resumed.body.state, 'delivering', resumed.text);
    },
  );

  await t.test(
    'silence decides by what the issuer says and accepts the rest; all ends by itself',
    async () => {
      await house.forward(3 * DAY + HOUR);
      await house.forward(3 * DAY + HOUR);
      await house.forward(8 * DAY);
      const deal = await dealOf(house, seller, dealId);
      assert.deepEqual(
        [deal.state, ...deal.tranches.map(({ state }) => state)],
        ['settled', 'settled', 'settled'],
      );
      const sum = (pick: (one: DealBody['tranches'][number]) => string): bigint =>
        deal.tranches.reduce((total, one) => total + BigInt(pick(one)), 0n);
      assert.equal(
        sum((one) => one.paidFen) + sum((one) => one.feeFen) + sum((one) => one.refundFen),
        300_000n,
      );
      assert.equal(
        (await money(house, `WALLET:${seller.id}`)).balance,
        fen(sum((one) => one.paidFen)),
      );
      const buyers = await money(house, `WALLET:${buyer.id}`);
      assert.deepEqual([buyers.balance, buyers.held], [700_000n + sum((one) => one.refundFen), 0n]);
      assert(
        sum((one) => one.refundFen) > 0n,
        'a locked card that is empty is the seller’s to bear',
      );
      assert.deepEqual(await reconcile(house.db), []);
    },
  );

  await t.test('the statement has every card, and the record its hash', async () => {
    const { text } = await house.http(seller.maker, 'GET', `${path}/statement.csv`);
    const lines = text.trim().split('\r\n');
    assert.equal(lines.length, 1 + 40 + 3);
    assert.match(lines.at(-1) ?? '', /成交 \+ 退款 = 合同价,,,,,3000\.00/);
    assert.equal((await house.http<LotBody>(seller.maker, 'GET', path)).body.state, 'closed');
    const entries = await entriesOf(house.db, lotId);
    assert(entries.some(({ type }) => type === 'lots.statement'));
    const { rows } = await house.pool.query(
      `select count(*)::int as n from cards.card where owner_id = $1 and custody = 'seller'`,
      [seller.id],
    );
    assert.equal(rows[0].n, 3, 'bad cards and the refunded one are destroyed here');
  });
});

test('an auction by product awards by itself; a part without a bid goes back', async (t) => {
  const house = await openTestHouse(t);
  const seller = await company(house);
  const buyer = await company(house, { legalName: '模拟回收甲有限公司', walletFen: '1000000' });
  const staff = await house.staff('risk');
  const cards = [...cardsOf('luyu-ecard', 5), ...cardsOf('weihe-ecard', 5, { faceFen: 10_000n })];
  const lotId = await readyLot(house, seller, staff, cards);
  const reserves = [
    { part: 'luyu-ecard', reserveFen: '30000' },
    { part: 'weihe-ecard', reserveFen: '30000' },
  ];
  const closesAt = plus(house.clock.now(), DAY).toISOString();
  const body = { kind: 'auction', split: 'product', tranches: 1, closesAt, reserves: [] };
  const without = await house.http(seller.maker, 'POST', `${lotPath(seller, lotId)}/open`, body);
  assert.equal(without.body.code, 'lot_reserve_unsound');
  await openFor(house, seller, lotId, { kind: 'auction', split: 'product', tranches: 1, reserves });
  assert.equal(
    (await bid(house, buyer, lotId, '29999', 2)).status,
    201,
    'below the reserve is a bid',
  );
  assert.equal((await bid(house, buyer, lotId, '40000', 1)).status, 201);
  await house.forward(2 * DAY + HOUR);
  const { body: lot } = await house.http<LotBody>(seller.maker, 'GET', lotPath(seller, lotId));
  assert.equal(lot.state, 'awarded');
  const [luyu, weihe] = lot.parts;
  assert(luyu?.dealId && !weihe?.dealId);
  assert.equal((await money(house, `WALLET:${buyer.id}`)).held, 40_000n);
  const { rows } = await house.pool.query(
    `select sku, count(*)::int as n from lots.row where state = 'returned' group by sku`,
  );
  assert.deepEqual(rows, [{ sku: 'weihe-ecard', n: 5 }]);
  // They were re-issued for the check, which cannot be undone any more: their owner takes the new numbers.
  await house.prove(seller.maker);
  const back = await house.http(
    ...([seller.maker, 'POST', `${lotPath(seller, lotId)}/returned-cards.csv`] as const),
  );
  assert.equal(back.text.trim().split('\r\n').length, 1 + 5, back.text);
  await house.prove(seller.checker);
  const second = await house.http(
    ...([seller.checker, 'POST', `${lotPath(seller, lotId)}/returned-cards.csv`] as const),
  );
  assert.equal(second.status, 404);
  await house.forward(4 * DAY);
  const deal = await dealOf(house, buyer, luyu.dealId);
  assert.equal(deal.state, 'lapsed', 'nobody signed');
  assert.equal((await money(house, `WALLET:${buyer.id}`)).held, 0n);
  const ended = await house.http<LotBody>(seller.maker, 'GET', lotPath(seller, lotId));
  assert.equal(ended.body.state, 'closed');
});

test('files and people that are refused', async (t) => {
  const house = await openTestHouse(t);
  const seller = await company(house);
  const stranger = await company(house, { legalName: '模拟旁人有限公司' });
  const lotId = await newLot(house, seller, { rows: 3 });
  const path = lotPath(seller, lotId);
  const [one, two, three] = cardsOf('luyu-ecard', 3);
  assert(one && two && three);
  const look = async (): Promise<LotBody> =>
    (await house.http<LotBody>(seller.maker, 'GET', path)).body;

  await t.test('a company sees its own lots only', async () => {
    assert.equal((await house.http(stranger.maker, 'GET', path)).status, 404);
    assert.equal((await house.http(stranger.maker, 'GET', lotPath(stranger, lotId))).status, 404);
    const bytes = { 'content-type': 'application/octet-stream' };
    const put = await house.http(stranger.maker, 'PUT', `${path}/file/0`, Buffer.from('x'), bytes);
    assert.equal(put.status, 404);
  });

  await t.test('a row count that is not true', async () => {
    await upload(house, seller, lotId, csvOf([one, two]));
    await house.settle();
    const lot = await look();
    assert.deepEqual([lot.state, lot.refused?.code], ['draft', 'lot_rows_differ']);
    const { rows } = await house.pool.query(
      `select count(*)::int as n from cards.card where custody = 'vault'`,
    );
    assert.equal(rows[0].n, 0, 'what was sealed went back');
  });

  await t.test('a file in which no row is right', async () => {
    const wrong = await newLot(house, seller, { rows: 3 });
    const at = lotPath(seller, wrong);
    const cards = cardsOf('luyu-ecard', 3).map((card) => ({ ...card, faceFen: '12300' }));
    await upload(house, seller, wrong, csvOf(cards));
    await house.settle();
    const { body: lot } = await house.http<LotBody>(seller.maker, 'GET', at);
    assert.deepEqual([lot.state, lot.progress.good], ['papers', 0]);
    assert.deepEqual(
      lot.faults.map(({ fault, firstRow }) => [fault, firstRow]),
      [['face_not_offered', 2]],
    );
    await addPapers(house, seller, wrong);
    const told = await house.http(seller.checker, 'POST', `${at}/submit`);
    assert.deepEqual([told.status, told.body.code], [422, 'lot_no_good_rows']);
    assert.equal((await house.http(seller.maker, 'POST', `${at}/again`)).body.state, 'draft');
  });

  await t.test('a part of a file', async () => {
    await house.http(seller.maker, 'PUT', `${path}/file/0`, Buffer.from('abc'), {
      'content-type': 'application/octet-stream',
    });
    const told = await house.http(seller.maker, 'POST', `${path}/file`, { bytes: 4 });
    assert.deepEqual([told.status, told.body.code], [409, 'lot_file_incomplete']);
  });

  await t.test(
    'doubles, in the file and of cards that are here; faults with their rows',
    async () => {
      await house.sell(await house.seller(), { card: two });
      const text = csvOf([one, two, one]);
      await upload(house, seller, lotId, text);
      await house.settle();
      const lot = await look();
      assert.equal(lot.state, 'papers');
      assert.deepEqual(
        lot.faults.map(({ fault, firstRow }) => [fault, firstRow]),
        [
          ['already_here', 3],
          ['double_in_file', 4],
        ],
      );
      const { text: result } = await house.http(seller.maker, 'GET', `${path}/result.csv`);
      assert(result.includes('与本文件前面的卡重复'));
      for (const { number, pin = '' } of [one, two])
        assert(!result.includes(number) && !result.includes(`,${pin},`));
      const other = await newLot(house, seller, { rows: 3 });
      const twice = await upload(house, seller, other, text);
      assert.equal(twice.body.code, 'lot_file_known');
    },
  );

  await t.test(
    'the maker is not the checker; papers come first; a better file replaces the first',
    async () => {
      const submit = (as: Person) => house.http(as, 'POST', `${path}/submit`);
      assert.equal((await submit(seller.maker)).body.code, 'second_person_needed');
      assert.equal((await submit(seller.checker)).body.code, 'lot_papers_missing');
      await addPapers(house, seller, lotId);
      assert.equal((await house.http(seller.maker, 'POST', `${path}/again`)).body.state, 'draft');
      await upload(house, seller, lotId, csvOf([one, three, ...cardsOf('luyu-ecard', 1)]));
      await house.settle();
      assert.equal((await look()).progress.good, 3, 'the same numbers may come again');
      assert.equal((await submit(seller.checker)).body.state, 'kyb_pending');
      const approve = `/v1/console/lots/${lotId}/approve`;
      assert.equal((await house.http(seller.checker, 'POST', approve)).status, 403);
    },
  );

  await t.test('numbers that are tried are not asked on', async () => {
    const guess = await newLot(house, stranger, { rows: 60 });
    const made = cardsOf('zhengliu-ecard', 60, { state: 'used' });
    await upload(house, stranger, guess, csvOf(made));
    await house.settle();
    await addPapers(house, stranger, guess);
    await house.http(stranger.checker, 'POST', `${lotPath(stranger, guess)}/submit`);
    const staff = await house.staff('compliance');
    await house.prove(staff);
    await house.http(staff, 'POST', `/v1/console/lots/${guess}/approve`);
    await house.settle();
    const { body } = await house.http<LotBody & { reason: string }>(
      ...([stranger.maker, 'GET', lotPath(stranger, guess)] as const),
    );
    assert.deepEqual([body.state, body.reason], ['terminated', 'too_many_bad']);
    const { rows } = await house.pool.query(
      `select count(*)::int as n from cards.card where owner_id = $1 and custody = 'vault'`,
      [stranger.id],
    );
    assert.equal(rows[0].n, 0);
  });
});

test('silence accepts nothing that could not be looked at', async (t) => {
  const house = await openTestHouse(t);
  const seller = await company(house);
  const buyer = await company(house, { legalName: '模拟回收甲有限公司', walletFen: '1000000' });
  const staff = await house.staff('risk');
  const lotId = await readyLot(house, seller, staff, cardsOf('luyu-ecard', 8));
  const dealId = await dealFor(house, { seller, buyer, lotId, priceFen: '60000' });
  // The job that hands over has run out of tries.
  await house.pool.query(
    `select graphile_worker.permanently_fail_jobs(array_agg(id)) from graphile_worker.jobs
     where task_identifier = 'lots.hand_over'`,
  );
  const rows = async () =>
    (
      await house.pool.query(
        'select state, count(*)::int as n from lots.row where lot_id = $1 group by 1 order by 1',
        [lotId],
      )
    ).rows;
  const early = await house.http(
    ...([buyer.maker, 'POST', `${dealPath(buyer, dealId)}/tranches/1/accept`, {}] as const),
  );
  assert.equal(early.body.code, 'lot_handing_over');
  assert.deepEqual(await rows(), [{ state: 'good', n: 8 }]);
  await house.forward(2 * DAY + HOUR);
  const [tranche] = (await dealOf(house, buyer, dealId)).tranches;
  assert.deepEqual([tranche?.state, tranche?.paidFen], ['delivered', '0']);
  assert.deepEqual(await rows(), [{ state: 'sold', n: 8 }], 'the clock does what the job did not');
  await house.forward(2 * DAY - 2 * HOUR);
  assert.equal((await dealOf(house, buyer, dealId)).tranches[0]?.state, 'delivered');
  await house.forward(3 * HOUR);
  assert.equal((await dealOf(house, buyer, dealId)).tranches[0]?.state, 'kept');
  assert.deepEqual(await rows(), [{ state: 'paid', n: 8 }]);
  assert.deepEqual(await reconcile(house.db), []);
});
