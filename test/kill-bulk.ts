/** Kills in the middle of what one company does to many cards at once: a lot's import and return, winners who do not pay. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE, plus, SECOND } from '#platform';
import type { Person, TestHouse } from '#test/house.ts';
import { type Company, cardsOf, company, csvOf, lotPath, newLot, upload } from '#test/lots.ts';
import type { Part } from '#test/parts.ts';

/** Five commits of the import, and the kills among them. */
const ROWS = 5_000;
const SHORT = 1_500;
const AUCTIONS = 10;
const FACE_FEN = 10_000n;
const BOND_FEN = 500n;
/** What a dead worker had in hand of deadlines is let go after a minute. */
const CLAIM_MS = 61 * SECOND;
const WAIT_MS_MAX = 120_000;

export interface Bulk {
  readonly seller: Person;
  readonly owner: Company;
  /** Both may bid, and have too little for what they win. */
  readonly rivals: readonly { readonly company: Company; readonly moneyFen: bigint }[];
}

/** People and money, made while nobody dies yet. */
export async function peopleOfBulk(house: TestHouse): Promise<Bulk> {
  const rivals = [];
  for (const [index, moneyFen] of [16_000n, 24_000n].entries())
    rivals.push({
      company: await company(house, {
        ...{ legalName: `模拟回收${'甲乙'[index]}有限公司`, walletFen: String(moneyFen) },
      }),
      moneyFen,
    });
  return { seller: await house.seller(), owner: await company(house), rivals };
}

/** The worker, the house it works for, and how far ahead of this machine both live. */
export interface Scene {
  readonly house: TestHouse;
  readonly worker: Part;
  aheadMs: number;
}

/** The clock of this process goes with theirs. */
const keepPace = ({ house, aheadMs }: Scene): Date =>
  house.clock.moveTo(new Date(Date.now() + aheadMs));

export async function setClocks({ pool, control }: TestHouse, aheadMs: number): Promise<void> {
  await control('psp', '/control/clock', { aheadMs });
  await pool.query(
    `insert into platform.demo_clock (id, ahead_ms) values (true, $1)
     on conflict (id) do update set ahead_ms = excluded.ahead_ms`,
    [aheadMs],
  );
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WAIT_MS_MAX;
  while (!(await isSo())) {
    assert(Date.now() < deadline, `it never came to this: ${what}`);
    await sleep(4);
  }
}

const numberOf = async ({ pool }: TestHouse, sql: string): Promise<number> =>
  Number((await pool.query<{ n: string }>(`select (${sql})::text as n`)).rows[0]?.n);

/** Kills as soon as the count has come to a mark; who comes next lives a minute later. True when work was left half done. */
async function killAt(
  scene: Scene,
  { count, mark, whole }: { count: string; mark: number; whole: number },
): Promise<boolean> {
  const { house } = scene;
  await until(`${mark} of ${count}`, async () => (await numberOf(house, count)) >= mark);
  await jump(scene, CLAIM_MS);
  return (await numberOf(house, count)) < whole;
}

/** A lot is read, and another one refused at its last row; then the first is taken back. Each under kills. */
export async function importUnderKills(scene: Scene, { owner }: Bulk): Promise<void> {
  const { house } = scene;
  keepPace(scene);
  await house.prove(owner.maker);
  const cards = cardsOf('luyu-ecard', ROWS);
  const lotId = await newLot(house, owner, { rows: ROWS });
  const lieId = await newLot(house, owner, { rows: SHORT });
  for (const [id, of] of [
    [lotId, cards],
    [lieId, cardsOf('luyu-ecard', SHORT + 1)],
  ] as const)
    assert.equal((await upload(house, owner, id, csvOf(of))).status, 200);

  // The first that is seen of a batch is its cards: whoever stores anything else later would leave them behind.
  const cardsIn = (custody: string): string =>
    `select count(*) from cards.card where owner_id = '${owner.id}' and custody = '${custody}'`;
  const inVault = { count: cardsIn('vault'), whole: ROWS };
  const early = await killAt(scene, { ...inVault, mark: 1 });
  const later = await killAt(scene, { ...inVault, mark: 2_000 });
  assert(early || later, 'nobody died in the middle of the import');
  const lots = `select count(*) from lots.lot where state in ('papers', 'draft')`;
  await untilAll(scene, lots, 2);
  await everyRowOnce(house, owner, { lotId, lieId, numbers: cards.map(({ number }) => number) });

  keepPace(scene);
  await house.prove(owner.checker);
  const back = await house.http(owner.checker, 'POST', `${lotPath(owner, lotId)}/withdraw`);
  assert.equal(back.status, 200, back.text);
  const before = await numberOf(house, cardsIn('seller'));
  await killAt(scene, { count: cardsIn('seller'), mark: before + 1, whole: before + ROWS });
  const returned = `select count(*) from lots.row where lot_id = '${lotId}' and state = 'returned'`;
  await untilAll(scene, returned, ROWS);
  await nothingOfIt(house, owner);
}

/** No row lost or double, and a card, a live number and a promise for each; nothing of the file that lied. */
async function everyRowOnce(
  house: TestHouse,
  { id: owner }: Company,
  of: { lotId: string; lieId: string; numbers: readonly string[] },
): Promise<void> {
  const { rows } = await house.pool.query(
    `select l.state, l.rows_read, l.rows_good, count(r.no)::int as rows, min(r.no) as first,
       max(r.no) as last, count(distinct c.id)::int as cards, count(distinct f.hmac)::int as numbers,
       count(distinct e.id)::int as promises, md5(string_agg(c.last4, ',' order by r.no)) as last4
     from lots.lot as l left join lots.row as r on r.lot_id = l.id and r.state = 'sealed'
     left join cards.card as c on c.id = r.card_id and c.owner_id = $1 and c.custody = 'vault'
     left join cards.fingerprint as f on f.card_id = c.id and f.ended_at is null
     left join cards.encumbrance as e on e.card_id = c.id and e.ended_at is null and e.ref = l.id::text
     group by l.id order by l.id = $2`,
    [owner, of.lieId],
  );
  const nothing = { state: 'draft', rows_read: 0, rows_good: 0, rows: 0, first: null, last: null };
  const all = { state: 'papers', rows_read: ROWS, rows_good: ROWS, rows: ROWS };
  assert.deepEqual(rows, [
    {
      ...{ ...all, first: 2, last: ROWS + 1, cards: ROWS, numbers: ROWS, promises: ROWS },
      last4: createHash('md5')
        .update(of.numbers.map((one) => one.slice(-4)).join(','))
        .digest('hex'),
    },
    { ...nothing, cards: 0, numbers: 0, promises: 0, last4: null },
  ]);
  const cards = `select count(*) from cards.card where owner_id = '${owner}' and custody = 'vault'`;
  assert.equal(await numberOf(house, cards), ROWS, 'no card by the way');
}

async function nothingOfIt(house: TestHouse, { id: owner }: Company): Promise<void> {
  const left = `select count(*) from cards.card as c where c.owner_id = '${owner}' and (c.custody = 'vault'
    or exists (select from cards.encumbrance where card_id = c.id and ended_at is null)
    or exists (select from cards.fingerprint where card_id = c.id and ended_at is null))`;
  assert.equal(await numberOf(house, left), 0, 'no card stays here or promised');
}

/** English auctions whose winners have spent their money on the first of them, and default, twice; each step under kills. */
export async function defaultsUnderKills(scene: Scene, bulk: Bulk): Promise<void> {
  const { house } = scene;
  await bidAll(scene, bulk, await putUp(scene, bulk.seller));
  const steps = (name: string): string =>
    `select count(*) from process.step as s join process.instance as i on i.id = s.instance
     where i.process = 'auction' and s.transition = '${name}'`;
  // Closed, and paid for by who can; half an hour later the next ones are asked, and after an hour nobody any more.
  await jump(scene, 10 * MINUTE);
  const dead = [await killAt(scene, { count: steps('award'), mark: 1, whole: AUCTIONS })];
  await waitForMoney(scene);
  const first = await numberOf(house, inState('awaiting_settlement'));
  await jump(scene, 31 * MINUTE);
  const mark = Math.floor(first / 2);
  dead.push(await killAt(scene, { count: steps('default'), mark, whole: first }));
  await untilAll(scene, steps('default'), first);
  await waitForMoney(scene);
  const second = await numberOf(house, inState('awaiting_settlement'));
  await jump(scene, 32 * MINUTE);
  dead.push(await killAt(scene, { count: steps('give_up'), mark: 1, whole: second }));
  assert(dead.includes(true), 'nobody died in the middle of a step');
  await untilAll(scene, inState('settled', 'offered'), AUCTIONS);
  assert(first > second && second > 1 && first < AUCTIONS, `${first} and ${second} did not pay`);
  assert.equal(await numberOf(house, steps('default')), first);
  assert.equal(await numberOf(house, steps('give_up')), second);
  await everyCardOnce(house, bulk, { first, second });
}

const inState = (...names: string[]): string =>
  `select count(*) from auctions.auction where state in (${names.map((one) => `'${one}'`)})`;

const untilAll = async ({ house }: Scene, count: string, whole: number): Promise<void> =>
  await until(`${whole} of ${count}`, async () => (await numberOf(house, count)) === whole);

async function bidAll(scene: Scene, { rivals }: Bulk, ids: readonly string[]): Promise<void> {
  const { house } = scene;
  await untilAll(scene, inState('open'), AUCTIONS);
  for (const [index, { company: shop }] of rivals.entries()) {
    await house.prove(shop.maker);
    const maxFen = String([9_000, 8_000][index]);
    for (const id of ids) {
      const path = `/v1/recyclers/${shop.id}/auctions/${id}/bid`;
      const told = await house.http(shop.maker, 'POST', path, { maxFen });
      assert(told.status < 300, told.text);
    }
  }
}

/** Whoever lives now is killed, and who comes next lives later. */
async function jump(scene: Scene, ms: number): Promise<void> {
  scene.aheadMs += ms;
  await setClocks(scene.house, scene.aheadMs);
  await scene.worker.killAndRestart();
  keepPace(scene);
}

async function putUp(scene: Scene, seller: Person): Promise<string[]> {
  const { house } = scene;
  const now = keepPace(scene);
  await house.prove(seller);
  const ids: string[] = [];
  for (let n = 0; n < AUCTIONS; n++) {
    const { number, pin } = house.card('weihe-gift', 'good', FACE_FEN);
    const made = await house.http(seller, 'POST', '/v1/auctions', {
      ...{ kind: 'english', sku: 'weihe-gift', faceFen: String(FACE_FEN), reserveFen: '5000' },
      ...{ number, pin, opensAt: now, closesAt: plus(now, 8 * MINUTE) },
    });
    assert.equal(made.status, 201, made.text);
    ids.push(made.body.id);
  }
  return ids;
}

/** The jobs that try each winner's wallet are over. */
async function waitForMoney({ house }: Scene): Promise<void> {
  const jobs = `select count(*) from graphile_worker.jobs where task_identifier = 'auctions.fund'`;
  const before = `select count(*) from auctions.auction where state in ('open', 'closing', 'cleared')`;
  await until(
    'every wallet was tried',
    async () => (await numberOf(house, before)) + (await numberOf(house, jobs)) === 0,
  );
}

/** A card has one buyer or none, a bond one end, and a wallet is short of what it bought and forfeited, to the fen. */
async function everyCardOnce(
  house: TestHouse,
  { rivals, seller }: Bulk,
  { first, second }: { first: number; second: number },
): Promise<void> {
  const bonds = `select count(*) from auctions.bond where state = `;
  const lost = first + second;
  assert.equal(await numberOf(house, `${bonds}'held'`), 0);
  assert.equal(await numberOf(house, `${bonds}'forfeited'`), lost);
  assert.equal(await numberOf(house, `${bonds}'released'`), 2 * AUCTIONS - lost);
  const { rows: sent } = await house.pool.query(
    `select count(*)::int as n, count(distinct (subject, part))::int as parts, sum(amount_fen)::int8 as fen
     from settlement.payout where user_id = $1 and part like 'bond-%'`,
    [seller.userId],
  );
  assert.deepEqual(sent, [{ n: lost, parts: lost, fen: BigInt(lost) * BOND_FEN }]);
  const { rows: sold } = await house.pool.query<{ winner: string; price: bigint; bonds: bigint }>(
    `select r.id as winner,
       (select coalesce(sum(a.price_fen), 0)::int8 from auctions.auction as a
        join buyback."order" as o on o.auction_id = a.id and o.recycler = a.winner
          and o.card_id = a.card_id and o.price_fen = a.price_fen
        where a.winner = r.id and a.state = 'settled') as price,
       (select count(*) * $2::int8 from auctions.bond where recycler_id = r.id and state = 'forfeited') as bonds
     from unnest($1::text[]) as r(id)`,
    [rivals.map(({ company: { id } }) => id), BOND_FEN],
  );
  for (const { company: shop, moneyFen } of rivals) {
    const own = sold.find(({ winner }) => winner === shop.id);
    assert(own && own.price > 0n && own.bonds > 0n, 'each bought something, and lost a bond');
    const { rows } = await house.pool.query(
      `select balance, held from ledger.book where code = 'WALLET:' || $1`,
      [shop.id],
    );
    assert.deepEqual(rows, [{ balance: moneyFen - own.price - own.bonds, held: 0n }]);
  }
  const settled = `select count(*) from auctions.auction where state = 'settled'`;
  const orders = `select count(*) from buyback."order" where auction_id is not null`;
  assert.equal(await numberOf(house, orders), await numberOf(house, settled));
  assert.equal(await numberOf(house, settled), AUCTIONS - second);
  const promised = `select count(*) from cards.encumbrance as e join auctions.auction as a on a.card_id = e.card_id
    where e.ended_at is null and e.kind <> case a.state when 'settled' then 'order' else 'auction' end`;
  assert.equal(await numberOf(house, promised), 0, 'what was sold is promised to its order');
}
