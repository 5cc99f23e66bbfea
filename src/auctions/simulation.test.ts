// Goal: whatever bids, stops, deadlines and crashes come together, no fen is lost or made and no card is sold twice.
// Method: seeded storms over one house with five formats at once: several people act in the same moment, some calls die
// just before their commit, time jumps; after each storm the books, the bonds, the cards and the replays are looked at.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balanceOf, reconcile } from '#ledger';
import { DAY, fen, inTransaction, isRefusal, MINUTE, plus, SECOND } from '#platform';
import { openTestHouse, type Person } from '#test/house.ts';
import { fill, smallShops } from '#test/shops.ts';
import { chance } from '../demo-people.ts';
import { auctionProcess, OFFER_MS } from './auction-life.ts';
import { bidsIn, findAuction } from './auction-store.ts';
import { bidEnglish, openEnglish } from './english.ts';
import { replayAuction } from './replay.ts';
import { commitTo } from './sealed.ts';
import { englishState, openMax } from './stored-terms.ts';

const SKU = 'weihe-gift';
const SEED = 20_261_125;
const ROUNDS = 3;
const CARDS = 10;
const MONEY = [12_000n, 25_000n, 60_000n];
/** What the house's own wallet begins with. */
const FLOAT_FEN = 50_000_000n;
const KINDS = ['first_price', 'second_price', 'english', 'dutch', 'batch'] as const;

interface Shop {
  readonly id: string;
  readonly boss: Person;
}

test(`${ROUNDS} storms of ${CARDS} auctions: the books balance and every card has one fate`, async (t) => {
  const shops = smallShops();
  const house = await openTestHouse(t, { recyclers: shops.recyclers });
  const { db, clock, pool } = house;
  const dice = chance(SEED);
  const seller = await house.seller();
  const rivals: Shop[] = [];
  // Too little for all that they want: the last money is raced for, and winners fail to pay.
  for (const money of MONEY) {
    const boss = await house.seller();
    const id = shops.admit(`回收商${rivals.length + 1}`, boss);
    await fill(house, id, money);
    rivals.push({ id, boss });
  }
  const total = async (): Promise<bigint> => {
    const { rows } = await pool.query<{ sum: bigint }>(
      `select sum(balance)::int8 as sum from ledger.book`,
    );
    return rows[0]?.sum ?? -1n;
  };
  assert.equal(await total(), 0n);
  const reached = new Set<string>();
  const note = async (): Promise<void> => {
    const { rows } = await pool.query<{ to_state: string }>(
      `select distinct to_state from process.step
       join process.instance on instance.id = step.instance where process = 'auction'`,
    );
    for (const { to_state } of rows) reached.add(to_state);
  };

  for (let round = 0; round < ROUNDS; round++) {
    const ids: string[] = [];
    for (let n = 0; n < CARDS; n++) ids.push(await putUp(KINDS[n % KINDS.length] ?? 'english', n));
    // Once for sure; the others that are taken back race with the first bid.
    ids.push(await putUp('english', CARDS));
    const back = `/v1/auctions/${ids.at(-1)}/withdraw`;
    assert.equal((await house.http(seller, 'POST', back, {})).status, 200);
    await house.settle();
    await house.forward(MINUTE);
    for (let moment = 0; moment < 14; moment++) {
      // In one moment, all at once; a sweep among them.
      const acts = Array.from({ length: 8 }, () => anAct(ids));
      await Promise.all([...acts, house.house.settleDown()]);
      assert.deepEqual(await reconcile(db), [], `seed ${SEED}, storm ${round}, moment ${moment}`);
      clock.advance(dice.within(1, 150) * SECOND);
    }
    for (let late = 0; late < 4; late++) {
      await house.forward(16 * MINUTE);
      await Promise.all(Array.from({ length: 4 }, () => anAct(ids)));
    }
    for (let late = 0; late < 5; late++) {
      await house.forward(20 * MINUTE);
      await Promise.all(Array.from({ length: 3 }, () => anAct(ids)));
    }
    // Who does not answer the last offers has the card back.
    await house.forward(OFFER_MS);
    await house.forward(MINUTE);
    await check(ids);
    await note();
  }
  // Every case has its deadline: in the end no fen is left between two people.
  await house.forward(16 * DAY);
  await house.forward(16 * DAY);
  const { rows: escrow } = await pool.query(
    `select code from ledger.book where code like 'ESCROW:%' and balance <> 0`,
  );
  assert.deepEqual(escrow, []);
  const { rows: open } = await pool.query(
    `select state from buyback."order" where state not in ('closed', 'refunded', 'cancelled')`,
  );
  assert.deepEqual(open, []);
  assert.deepEqual(await reconcile(db), []);
  await everyFen();
  for (const state of auctionProcess.names.states)
    assert(reached.has(state), `never reached: ${state}`);

  /** Every account told from who won what, which sales stood, and whose bond was lost: plain sums, no ledger. */
  async function everyFen(): Promise<void> {
    interface Sale {
      recycler: string;
      price_fen: bigint;
      net_fen: bigint;
      stood: boolean;
    }
    const { rows: sales } = await pool.query<Sale>(
      `select recycler, price_fen, net_fen, state = 'closed' and not exists (
         select from process.step as s where s.instance = o.id and s.transition = 'claw_back') as stood
       from buyback."order" as o`,
    );
    const { rows: lost } = await pool.query<{ recycler: string; fen: bigint; own: bigint }>(
      `select recycler_id as recycler, 500::int8 as fen, 500::int8 as own from auctions.bond
       where state = 'forfeited' union all
       select recycler::text, wallet_fen + deposit_fen + reserve_fen, wallet_fen from settlement.cover`,
    );
    const sum = <T>(rows: readonly T[], of: (row: T) => bigint): bigint =>
      rows.reduce((all, row) => all + of(row), 0n);
    const stood = sales.filter((sale) => sale.stood);
    for (const [index, { id }] of [...rivals, { id: 'house' }].entries()) {
      const paid = sum(
        stood.filter(({ recycler }) => recycler === id),
        (sale) => sale.price_fen,
      );
      const gone = sum(
        lost.filter(({ recycler }) => recycler === id),
        ({ own }) => own,
      );
      const { rows } = await pool.query('select balance, held from ledger.book where code = $1', [
        `WALLET:${id}`,
      ]);
      const had = MONEY[index] ?? FLOAT_FEN;
      assert.deepEqual(rows, [{ balance: had - paid - gone, held: 0n }]);
    }
    const { rows: owed } = await pool.query(
      'select sum(amount_fen)::int8 as fen from settlement.payout where user_id = $1',
      [seller.userId],
    );
    const net = sum(stood, (sale) => sale.net_fen) + sum(lost, ({ fen }) => fen);
    assert.deepEqual(owed, [{ fen: net }]);
    const fee = await balanceOf(db, 'FEE');
    assert.equal(
      fee.balance,
      sum(stood, (sale) => sale.price_fen - sale.net_fen),
    );
  }

  async function putUp(kind: string, n: number): Promise<string> {
    const now = clock.now();
    const card = n === 9 ? house.card(SKU, 'used') : house.card(SKU);
    const body = {
      ...{ kind, sku: SKU, faceFen: '10000', reserveFen: '5000' },
      ...{ number: card.number, pin: card.pin },
      ...{ opensAt: plus(now, MINUTE), closesAt: plus(now, 12 * MINUTE) },
      ...(kind === 'dutch' && { dutch: { startFen: '9900', stepFen: '400', everyMs: 60_000 } }),
    };
    const { status, body: made, text } = await house.http(seller, 'POST', '/v1/auctions', body);
    assert.equal(status, 201, text);
    return made.id;
  }

  /** Refusals are part of the game; anything above 499 is not. */
  async function anAct(ids: readonly string[]): Promise<void> {
    const id = ids[dice.within(0, ids.length - 1)] ?? '';
    const shop = rivals[dice.within(0, rivals.length - 1)] as Shop;
    const price = dice.within(4_500, 9_900);
    const salt = shop.id.replaceAll('-', '').padEnd(64, '0');
    const sealed = fen(5_000 + (parseInt(id.slice(-4) + shop.id.slice(-2), 16) % 4_900));
    const { body: seen } = await house.http(undefined, 'GET', `/v1/auctions/${id}`);
    const base = `/v1/recyclers/${shop.id}/auctions/${id}`;
    const say = async (what: string, body: object) =>
      await house.http(shop.boss, 'POST', `${base}/${what}`, body);
    const roll = dice.within(0, 99);
    const answer = await (async () => {
      if (roll < 3) return await house.http(seller, 'POST', `/v1/auctions/${id}/withdraw`, {});
      if (roll < 8) return await aBid(shop);
      if (roll < 12)
        return await house.http(shop.boss, 'POST', `/v1/recyclers/${shop.id}/bids/stop`, {});
      if (roll < 17) return await crash();
      if (roll < 20) return await say('fund', {});
      if (roll < 28) return await withAWin(shop);
      if (seen.state === 'offered') {
        const answer = roll < 60 ? 'accept' : 'decline';
        return await house.http(seller, 'POST', `/v1/auctions/${id}/offer/${answer}`, {});
      }
      if (seen['kind'] === 'english') return await say('bid', { maxFen: String(price) });
      if (seen['kind'] === 'dutch') {
        const { functionHash } = seen['dutch'] as { functionHash: string };
        return await say('yes', { maxFen: '9900', functionHash });
      }
      // Two of three open what they handed in.
      if (seen.state === 'closing' && shop !== rivals[2])
        return await say('reveal', { priceFen: String(sealed), salt });
      const commitment = commitTo({ lot: id, bidder: shop.id, priceFen: sealed, salt });
      return await say('commit', { commitment });
    })();
    assert(answer.status < 500, answer.text);
  }

  /** What is won is opened, reported, contested or agreed to, in any order. */
  async function withAWin(shop: Shop) {
    const base = `/v1/recyclers/${shop.id}/orders`;
    const { body: own } = await house.http(shop.boss, 'GET', base);
    const one = own.items[dice.within(0, Math.max(0, own.items.length - 1))];
    if (!one) return { status: 200, text: '' };
    const turn = dice.within(0, 3);
    if (turn === 0) return await house.http(shop.boss, 'POST', `${base}/${one.id}/card`, {});
    const reason = turn === 1 ? 'USED_OR_VOID' : 'FACE_MISMATCH_UNBOUND';
    if (turn < 3)
      return await house.http(shop.boss, 'POST', `${base}/${one.id}/report`, {
        ...{ reason, note: '余额不符' },
      });
    const answer = dice.within(0, 1) ? 'agrees' : 'contests';
    return await house.http(seller, 'POST', `/v1/orders/${one.id}/answer`, { answer });
  }

  async function aBid(shop: Shop) {
    return await house.http(shop.boss, 'POST', `/v1/recyclers/${shop.id}/bids`, {
      ...{ sku: SKU, faceMinFen: '10000', faceMaxFen: '10000', gradeMin: 'V4' },
      ...{ weekdays: [0, 1, 2, 3, 4, 5, 6], fromHour: 0, toHour: 24, dailyBudgetFen: '30000' },
      curve: [{ rateBps: dice.within(4_000, 9_000), quantity: dice.within(1, 3) }],
    });
  }

  /** Everything that a bid does, and then the process dies before the commit. */
  async function crash(): Promise<{ status: number; text: string }> {
    await inTransaction(db, async (tx) => {
      await tx
        .updateTable('auctions.auction')
        .set({ extensions: 9, winner: 'nobody', price_fen: 9_000n })
        .execute();
      throw new Error('killed');
    }).catch((error: Error) => assert.equal(error.message, 'killed'));
    return { status: 200, text: '' };
  }

  /** Where an English auction is said to stand is where its log, bid by bid, has come to. */
  async function standsAsItsLog(id: string): Promise<void> {
    const auction = await findAuction(db, id);
    assert(auction);
    const { reserve_fen: reserveFen, opens_at: opensAt, closes_at: closesAt } = auction;
    let state = openEnglish({ reserveFen, opensAt, closesAt });
    for (const row of await bidsIn(db, id)) {
      const next = bidEnglish(state, openMax(house.keys, row));
      assert(!isRefusal(next));
      assert.equal(row.shown_fen, next.priceFen);
      state = next;
    }
    assert.deepEqual(await englishState(db, house, auction), state);
  }

  async function check(ids: readonly string[]): Promise<void> {
    assert.equal(await total(), 0n);
    for (const id of ids) {
      const { body: seen } = await house.http(undefined, 'GET', `/v1/auctions/${id}`);
      assert(auctionProcess.states[seen.state]?.terminal, `${seen.state} ${String(seen['kind'])}`);
      for (const { inputKept, same } of await replayAuction(db, id)) assert(inputKept && same);
      if (seen['kind'] === 'english') await standsAsItsLog(id);
    }
    const count = async (sql: string): Promise<number> =>
      Number((await pool.query<{ n: bigint }>(sql)).rows[0]?.n);
    assert.equal(
      await count(`select count(*) n from auctions.bond where state = 'held'`),
      0,
      'a bond is still held',
    );
    for (const { id } of rivals)
      assert.equal(
        await count(`select coalesce(sum(held), 0) n from ledger.book where code = 'WALLET:${id}'`),
        0,
      );
    // Each settled auction is one order that is paid for, and each card has left the house or is promised to its buyer.
    const paid = await count(`select count(*) n from auctions.auction where state = 'settled'`);
    const orders = await count(
      `select count(*) n from auctions.auction as a join buyback."order" as o on o.auction_id = a.id
       where a.state = 'settled' and o.state in ('settled', 'contested', 'disputed', 'refunded', 'closed')
         and o.recycler = a.winner and o.price_fen = a.price_fen and o.card_id = a.card_id`,
    );
    assert.equal(orders, paid);
    assert.equal(
      await count(
        `select count(*) n from cards.encumbrance as e where ended_at is null and not exists (
           select from buyback."order" as o where o.card_id = e.card_id and e.ref = o.id::text)`,
      ),
      0,
    );
    // Who won and did not pay owes the seller a bond, and somebody has paid it to the fen, or it is written down.
    assert.equal(
      await count(
        `select count(*) n from settlement.cover
         where wallet_fen + deposit_fen + reserve_fen > owed_fen or owed_fen <> 500`,
      ),
      0,
    );
  }
});
