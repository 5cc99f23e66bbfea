/**
 * How many bids a second, each with its bond held in the ledger and its entry in the record, durably, beside a plain
 * insert of one row into the same database in the same run; what a bid costs behind a long log; and how long a batch of 100,000 orders takes to clear.
 * `node bench/auctions.ts [seconds]` prints a table, then JSON.
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { type AuctionHouse, bidMax, clearBatch, commitBid, type Recyclers } from '#auctions';
import { post } from '#ledger';
import {
  type Db,
  fen,
  fileKeys,
  inTransaction,
  migrate,
  newId,
  openDatabase,
  openPool,
  plus,
  systemClock,
} from '#platform';
import { startPostgres } from '../src/platform/postgres.ts';

const SECONDS = Number(process.argv[2] ?? 4);
const SIDE_BY_SIDE = 16;
const AUCTIONS = 400;
const BIDDERS = 64;
const ORDERS = 100_000;
const BATCH_ROUNDS = 5;
const LOG_BIDS = 200;

const directory = join(tmpdir(), `huiquan-bench-auctions-${process.pid}`);
const postgres = await startPostgres({ directory, durable: true });
const pool = openPool(postgres.url, { max: SIDE_BY_SIDE });
try {
  await migrate(pool);
  const db = openDatabase(pool);
  const house = await aHouse(db);
  const ids = await openAuctions(db);
  await sql`create table plain (id uuid primary key, at timestamptz not null)`.execute(db);
  const bidders = Array.from({ length: BIDDERS }, (_, n) => `recycler-${n}`);
  const at = new Date();
  const plain = async () =>
    void (await sql`insert into plain values (${newId()}, ${new Date()})`.execute(db));
  // Neighbours in time are other bidders, whose wallets are locked apart; no bidder comes to an auction twice.
  const bidderOf = (turn: number): string =>
    bidders[(turn + Math.floor(turn / AUCTIONS)) % BIDDERS] ?? '';
  let n = 0;
  const envelope = async (): Promise<void> => {
    const turn = n++;
    const auctionId = ids.sealed[turn % AUCTIONS] ?? '';
    const recyclerId = bidderOf(turn);
    const commitment = newId().replaceAll('-', '').padStart(64, '0');
    await commitBid(house, { auctionId, recyclerId, userId: newId(), at, commitment });
  };
  let m = 0;
  const maximum = async (): Promise<void> => {
    const turn = m++;
    const auctionId = ids.english[turn % AUCTIONS] ?? '';
    const recyclerId = bidderOf(turn);
    const maxFen = fen(100_000 + Math.floor(turn / AUCTIONS) * 2_000);
    await bidMax(house, { auctionId, recyclerId, userId: newId(), at, maxFen });
  };
  let h = 0;
  const oneWallet = async (): Promise<void> => {
    const commitment = newId().replaceAll('-', '').padStart(64, '0');
    const auctionId = ids.hot[h++ % AUCTIONS] ?? '';
    const recyclerId = bidders[Math.floor(h / AUCTIONS) % BIDDERS] ?? '';
    await commitBid(house, { auctionId, recyclerId, userId: newId(), at, commitment });
  };
  const rows = [
    await rate('one plain row', plain),
    await rate('a sealed bid with its bond', envelope),
    await rate('an English bid with its bond', maximum),
    await rate('sealed bids of one wallet after the other', oneWallet),
  ];
  const perPlain = rows[0]?.perSecond ?? 1;
  console.table(
    rows.map(({ what, perSecond }) => ({
      what,
      'per second': Math.round(perSecond),
      'plain rows each': (perPlain / perSecond).toFixed(1),
    })),
  );
  const log = await logs(db, house, ids.english[0] ?? '');
  console.table(log);
  const batch = batchMs();
  console.table([{ orders: ORDERS, 'median ms': batch.median, 'worst ms': batch.worst }]);
  console.log(JSON.stringify({ rows, log, batch, orders: ORDERS, sideBySide: SIDE_BY_SIDE }));
} finally {
  await pool.end();
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}

/** The house without its outside: a bid asks neither issuer nor bank. */
async function aHouse(db: Db): Promise<AuctionHouse> {
  const capFen = fen(10n ** 14n);
  const view = (id: string) => ({ id, name: id, capFen, isHouse: false });
  const recyclers: Recyclers = {
    find: async (_reader, id) => view(id),
    requireMember: async (_reader, { recyclerId }) => view(recyclerId),
    requireBidder: async (_reader, { recyclerId }) => view(recyclerId),
    isRelated: async () => false,
    tell: async () => undefined,
  };
  const at = new Date();
  await inTransaction(db, async (tx) => {
    for (let n = 0; n < BIDDERS; n++) {
      const legs = [{ from: 'CUSTODY:bench', to: `WALLET:recycler-${n}`, amount: fen(10n ** 12n) }];
      await post(tx, { kind: 'bench', ref: `${n}`, subject: 'bench', at, legs });
    }
  });
  const keys = fileKeys(join(directory, 'keys.json'));
  const never = async (): Promise<never> => {
    throw new Error('a bid asks nobody outside');
  };
  return {
    ...{ db, keys, recyclers, clock: systemClock, feesOf: never, createPayout: never },
    ...{ hasPayoutAccount: never, ownPrice: never, cards: { db, keys, issuers: never as never } },
    ...{ fulfil: never, orderOf: never, openWon: never, onDefault: never },
  };
}

async function openAuctions(
  db: Db,
): Promise<{ sealed: string[]; english: string[]; hot: string[] }> {
  const make = async (kind: string): Promise<string[]> => {
    const ids = Array.from({ length: AUCTIONS }, () => newId());
    const now = new Date();
    const ends = plus(now, 86_400_000);
    await sql`
      insert into auctions.auction (id, kind, seller_id, sku, face_fen, card_id, card_last4, state,
        reserve_fen, bond_fen, opens_at, closes_at, ends_at, created_at)
      select id, ${kind}, gen_random_uuid(), 'bench', 100000000, gen_random_uuid(), '0000', 'open',
        1000, 5000, ${plus(now, -1_000)}, ${ends}, ${ends}, ${now}
      from unnest(${ids}::uuid[]) as id`.execute(db);
    return ids;
  };
  const [sealed, hot] = [await make('second_price'), await make('first_price')];
  return { sealed, hot, english: await make('english') };
}

async function rate(what: string, once: () => Promise<void>) {
  const until = performance.now() + SECONDS * 1_000;
  const began = performance.now();
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      await once();
      done++;
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
  return { what, perSecond: done / ((performance.now() - began) / 1_000), done };
}

/** What one English bid costs, one after the other, behind logs of different lengths. */
async function logs(db: Db, house: AuctionHouse, auctionId: string) {
  let bids = 0;
  let raise = 0;
  const found: { 'bids before': number; 'ms a bid': string }[] = [];
  for (const length of [1_000, 10_000, 100_000]) {
    await sql`
      insert into auctions.bid (id, no, auction_id, recycler_id, by, at, max_ct, shown_fen)
      select gen_random_uuid(), nextval('auctions.bid_no'), ${auctionId}, 'recycler-0',
        gen_random_uuid(), now(), '\\x00', 1000
      from generate_series(1, ${length - bids})`.execute(db);
    bids = length;
    const began = performance.now();
    for (let n = 0; n < LOG_BIDS; n++, bids++) {
      const recyclerId = `recycler-${n % 2}`;
      const maxFen = fen(1_000_000 + ++raise * 20_000);
      await bidMax(house, { auctionId, recyclerId, userId: newId(), at: new Date(), maxFen });
    }
    const each = (performance.now() - began) / LOG_BIDS;
    found.push({ 'bids before': length, 'ms a bid': each.toFixed(1) });
  }
  return found;
}

/** Half buyers, half sellers, a few thousand prices: the books cross deep and the margin is shared. */
function batchMs(): { median: number; worst: number } {
  let seed = 20_261_125;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed % below;
  };
  const side = (name: string, least: number) =>
    Array.from({ length: ORDERS / 2 }, (_, no) => ({
      ...{ id: `${name}${no}`, no, quantity: 1 + random(20) },
      limitFen: fen(least + random(3_000)),
    }));
  const times = Array.from({ length: BATCH_ROUNDS }, () => {
    const [buys, sells] = [side('b', 7_000), side('s', 6_500)];
    const began = performance.now();
    if (!clearBatch(buys, sells)) throw new Error('the books cross');
    return Math.round(performance.now() - began);
  }).sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)] ?? 0, worst: times.at(-1) ?? 0 };
}
