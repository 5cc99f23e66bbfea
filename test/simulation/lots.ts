/** What bulk lots must come to, told from what people did and from the rows of cards alone; compared with the ledger. */
import assert from 'node:assert/strict';
import { reconcile } from '#ledger';
import { type Fen, fen, ZERO } from '#platform';
import { currentTable, feesOf } from '#pricing';
import type { TestHouse } from '#test/house.ts';

export interface Heard {
  /** Money that came in for each company. */
  readonly filled: Map<string, bigint>;
  /** Bids that were taken, in the order of their answers. */
  readonly bids: { lotId: string; part: number; bidder: string; priceFen: bigint }[];
  /** Rows that were named as failing in time, by tranche. */
  readonly failing: Map<string, ReadonlySet<number>>;
  /** Card numbers by whoever was given them: buyers and, of what came back, sellers. */
  readonly given: Map<string, string>;
}

interface DealRow {
  id: string;
  lot_id: string;
  part_no: number;
  seller_id: string;
  buyer_id: string;
  price_fen: bigint;
}
interface TrancheRow {
  id: string;
  deal_id: string;
  state: string;
  price_fen: bigint;
  paid_fen: bigint;
  fee_fen: bigint;
}
interface CardRow {
  no: number;
  tranche_id: string;
  state: string;
  price_fen: bigint;
}

const all = async <T>({ pool }: TestHouse, sql: string): Promise<T[]> =>
  (await pool.query(sql)).rows as T[];

/** Questions whose right answer is: no rows. */
const NEVER: readonly (readonly [string, string])[] = [
  ['books in balance', 'select sum(balance) from ledger.account having sum(balance) <> 0'],
  [
    'a card in two rows that are sold',
    `select card_id from lots.row where tranche_id is not null group by 1 having count(*) > 1`,
  ],
  [
    'a card with two promises, or a number with two cards',
    `select card_id::text from cards.encumbrance where ended_at is null group by 1 having count(*) > 1
     union all select hmac::text from cards.fingerprint where ended_at is null group by 1 having count(*) > 1`,
  ],
  [
    'a card that is the buyer’s without its money, or not promised while it is for sale',
    `select r.no, r.state, t.state, c.custody, e.kind from lots.row as r
     join cards.card as c on c.id = r.card_id left join lots.tranche as t on t.id = r.tranche_id
     left join cards.encumbrance as e on e.card_id = c.id and e.ended_at is null
     where (c.custody = 'buyer' and (t.state is null or t.state in ('reserved', 'cancelled')))
        or (r.state in ('sealed', 'good') and (e.kind is distinct from 'lot' or e.ref <> r.lot_id::text))
        or (r.state in ('sold', 'paid', 'disputed', 'refunded', 'returned') and e.kind is not null)`,
  ],
  [
    'rows and processes that differ',
    `select i.id, i.process, i.state, s.state from process.instance as i join (
       select id, state from lots.lot union all select id, state from lots.deal
       union all select id, state from lots.tranche) as s on s.id = i.id where s.state <> i.state`,
  ],
];

export async function checkLots(house: TestHouse, heard: Heard): Promise<void> {
  assert.deepEqual(await reconcile(house.db), []);
  for (const [what, sql] of NEVER) assert.deepEqual(await all(house, sql), [], what);
  const deals = await all<DealRow>(house, 'select * from lots.deal');
  const tranches = await all<TrancheRow>(house, 'select * from lots.tranche');
  await rightWinners(house, heard, deals);
  const expected = await accounts(house, { heard, deals, tranches });
  const stood = await all<{ code: string; balance: bigint; held: bigint }>(
    house,
    `select code, balance, held from ledger.book
     where code ~ '^(ESCROW|FEE|WALLET)' and code <> 'WALLET:house' and (balance, held) <> (0, 0)`,
  );
  const listed = stood.map(({ code, balance, held }) => `${code} ${balance} held ${held}`);
  const told = [...expected]
    .filter(([, { balance, held }]) => balance !== 0n || held !== 0n)
    .map(([code, { balance, held }]) => `${code} ${balance} held ${held}`);
  assert.deepEqual(listed.sort(), told.sort());
}

/** The highest bid that was taken, one of those that came first as far as anybody could see. */
async function rightWinners(house: TestHouse, heard: Heard, deals: readonly DealRow[]) {
  const reserves = await all<{ lot_id: string; no: number; reserve_fen: bigint | null }>(
    house,
    'select lot_id, no, reserve_fen from lots.part',
  );
  for (const deal of deals) {
    const bids = heard.bids.filter(
      ({ lotId, part }) => lotId === deal.lot_id && part === deal.part_no,
    );
    const top = bids.reduce((most, { priceFen }) => (priceFen > most ? priceFen : most), 0n);
    assert.equal(deal.price_fen, top, 'the highest bid won, at its own price');
    const best = bids.filter(({ priceFen }) => priceFen === top).map(({ bidder }) => bidder);
    assert(best.includes(deal.buyer_id));
    const part = reserves.find(({ lot_id, no }) => lot_id === deal.lot_id && no === deal.part_no);
    assert(part && top >= (part.reserve_fen ?? 0n), 'nobody wins below the reserve');
  }
}

interface Stand {
  balance: bigint;
  held: bigint;
}

async function accounts(
  house: TestHouse,
  of: { heard: Heard; deals: readonly DealRow[]; tranches: readonly TrancheRow[] },
): Promise<Map<string, Stand>> {
  const { heard, deals, tranches } = of;
  const book = new Map<string, Stand>();
  const at = (code: string): Stand => {
    const stand = book.get(code) ?? { balance: 0n, held: 0n };
    book.set(code, stand);
    return stand;
  };
  for (const [company, sum] of heard.filled) at(`WALLET:${company}`).balance += sum;
  for (const { bidder, priceFen } of await openBids(house, heard))
    at(`WALLET:${bidder}`).held += priceFen;
  const { table } = await currentTable(house.db, house.clock.now());
  const cards = Map.groupBy(
    await all<CardRow>(
      house,
      'select no, tranche_id, state, price_fen from lots.row where tranche_id is not null',
    ),
    ({ tranche_id }) => tranche_id,
  );
  for (const tranche of tranches) {
    const deal = deals.find(({ id }) => id === tranche.deal_id);
    assert(deal);
    const own = cards.get(tranche.id) ?? [];
    assert.equal(sumOf(own), tranche.price_fen, 'the prices of its cards are its price');
    const buyer = at(`WALLET:${deal.buyer_id}`);
    if (tranche.state === 'reserved') buyer.held += tranche.price_fen;
    if (tranche.state === 'reserved' || tranche.state === 'cancelled') continue;
    const end = standOf(tranche, own, {
      failing: heard.failing.get(tranche.id) ?? new Set(),
      feeOf: (amount) => {
        const fee = amount > 0n ? feesOf(table, amount) : ZERO;
        return fee > amount ? amount : fee;
      },
    });
    assert.deepEqual([tranche.paid_fen, tranche.fee_fen], [end.paid, end.fee], tranche.state);
    buyer.balance += end.refunded - tranche.price_fen;
    at(`WALLET:${deal.seller_id}`).balance += end.paid;
    at('FEE').balance += end.fee;
    at(`ESCROW:${tranche.id}`).balance += tranche.price_fen - end.refunded - end.paid - end.fee;
  }
  return book;
}

const sumOf = (rows: readonly { price_fen: bigint }[]): bigint =>
  rows.reduce((total, { price_fen }) => total + price_fen, 0n);

/** Of an open lot all, after its deadline the best of each part, until the seller has said which. */
async function openBids(house: TestHouse, heard: Heard): Promise<Heard['bids']> {
  const lots = await all<{ id: string; state: string; no: number; reserve_fen: bigint | null }>(
    house,
    `select l.id, l.state, p.no, p.reserve_fen from lots.lot as l join lots.part as p on p.lot_id = l.id
     where l.state in ('open', 'choosing')`,
  );
  return lots.flatMap(({ id, state, no }) => {
    const bids = heard.bids.filter(({ lotId, part }) => lotId === id && part === no);
    if (state === 'open' || bids.length === 0) return bids;
    const top = bids.reduce((most, one) => (one.priceFen > most.priceFen ? one : most));
    return [top];
  });
}

/** Where a tranche's money is, by what each of its cards came to: good ones are paid but for a tenth, rounded down. */
function standOf(
  { state, price_fen: price }: TrancheRow,
  cards: readonly CardRow[],
  on: { failing: ReadonlySet<number>; feeOf: (amount: Fen) => Fen },
): { paid: bigint; fee: bigint; refunded: bigint } {
  if (state === 'delivered') return { paid: 0n, fee: 0n, refunded: 0n };
  const failed = cards.filter(({ no }) => on.failing.has(no));
  const refunded = cards.filter((card) => card.state === 'refunded');
  const isIn = (set: readonly CardRow[], { no }: CardRow) => set.some((one) => one.no === no);
  const good = price - sumOf(failed);
  const back = good / 10n;
  const parts = [good - back];
  if (state !== 'disputed') parts.push(sumOf(failed.filter((card) => !isIn(refunded, card))));
  if (state === 'settled') parts.push(back - sumOf(refunded.filter((card) => !isIn(failed, card))));
  let fee = 0n;
  for (const part of parts) fee += on.feeOf(fen(part));
  const paid = parts.reduce((total, part) => total + part, 0n) - fee;
  return { paid, fee, refunded: sumOf(refunded) };
}
