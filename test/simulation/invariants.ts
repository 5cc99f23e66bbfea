/** What must hold after every step of a simulated run: books, promises, states and deadlines, told from the rows. */
import assert from 'node:assert/strict';
import { trialBalance } from '#ledger';
import type { TestHouse } from '#test/house.ts';
import type { Decision, World } from './world.ts';

const ESCROW_STATES = ['verified', 'disputed'];
const HOLD_STATES = ['accepted', 'submitted', 'waiting_issuer', 'manual_review'];
const UNSENT = ['created', 'awaiting_approval', 'approved', 'failed', 'returned', 'frozen'];
const SENT = ['submitting', 'accepted', 'unknown'];
/** Only a person can make these good, so their job fails in plain view. */
const FOR_PEOPLE = /did not give the card back: (not_undoable|window_over)/;

interface OrderRow {
  id: string;
  user_id: string;
  state: string;
  price_fen: bigint;
  net_fen: bigint;
  fees_fen: bigint;
  /** The last one that the seller accepted. */
  quote: QuoteText;
  taken: string[];
  held: bigint | null;
}
interface QuoteText {
  priceFen: string;
  netFen: string;
  feesFen: string;
  grossFen: string;
  lines: { fen: string }[];
}
interface PayoutRow {
  id: string;
  user_id: string;
  subject: string;
  part: string;
  amount_fen: bigint;
  state: string;
}

const rows = async <T>(test: TestHouse, sql: string): Promise<T[]> =>
  (await test.pool.query(sql)).rows as T[];

export async function checkWorld(world: World): Promise<void> {
  const { test } = world;
  await checkRows(test);
  const orders = await rows<OrderRow>(
    test,
    `select o.*,
       (select doc from pricing.quote q where q.accepted_at is not null and q.id = coalesce((
          select (e.data ->> 'quote')::uuid from record.entry e
          where e.subject = o.id::text and e.type = 'buyback.accept_requote'
          order by (e.data ->> 'seq')::int desc limit 1), o.quote_id)) as quote,
       (select array_agg(transition order by seq) from process.step where instance = o.id) as taken,
       (select sum(amount)::int8 from ledger.named_hold h
        where h.subject = o.id::text and h.state = 'pending') as held
     from buyback."order" o order by o.id`,
  );
  for (const { id, state } of orders) world.states.set(id, state);
  const payouts = await rows<PayoutRow>(test, 'select * from settlement.payout');
  const accounts = new Map(
    (
      await rows<{ code: string; balance: bigint; held: bigint }>(
        test,
        'select code, balance, held from ledger.book',
      )
    ).map((row) => [row.code, row]),
  );
  await checkMoney(world, { orders, payouts, accounts });
  await checkQuotes(world);
  const { debit, credit } = await trialBalance(test.db);
  assert.equal(debit, credit, 'trial balance');
}

/** Questions whose right answer is: no rows. */
async function checkRows(test: TestHouse): Promise<void> {
  const none = async (what: string, sql: string): Promise<void> =>
    assert.deepEqual(await rows(test, sql), [], what);
  await none('Σ balances', 'select sum(balance) from ledger.account having sum(balance) <> 0');
  await none(
    'one live promise a card, one live card a number',
    `select card_id::text from cards.encumbrance where ended_at is null group by 1 having count(*) > 1
     union all select hmac::text from cards.fingerprint where ended_at is null group by 1 having count(*) > 1`,
  );
  await none(
    'a card is promised as long as its sale needs it',
    // A card that nobody has seen goes back with all of its money; one that was seen is its buyer's when the sale closes.
    // After a clawback both are right: whether all or a part came back is not in these rows.
    `select o.id, o.state from buyback."order" o where o.card_id is not null
       and not (o.state = 'closed' and exists (
         select from process.step s where s.instance = o.id and s.transition = 'claw_back'))
       and (o.state in ('cancelled', 'returned', 'rejected')
         or (o.state = 'refunded' and o.opened_at is null)
         or (o.state = 'closed' and o.opened_at is not null)) = exists (
       select from cards.encumbrance e where e.card_id = o.card_id and e.ended_at is null)`,
  );
  await none(
    'rows and processes agree',
    `select i.id, i.process, i.state, s.state from process.instance i join (
       select id, state from buyback."order" union all select id, state from settlement.payout
       union all select id, state from settlement.top_up) s on s.id = i.id where s.state <> i.state
     union all select c.id, 'case', i.state, c.open::text from disputes.case c
       join process.instance i on i.id = c.id where c.open = i.terminal`,
  );
  await none(
    'nothing waits for ever',
    'select id, process, state from process.instance where terminal = (due_at is not null)',
  );
  const failed = await rows<{ task_identifier: string; last_error: string }>(
    test,
    'select task_identifier, last_error from graphile_worker.jobs where attempts >= max_attempts',
  );
  const unexplained = failed.filter(
    ({ task_identifier: task, last_error: error }) =>
      task !== 'buyback.let_go' || !FOR_PEOPLE.test(error),
  );
  assert.deepEqual(unexplained, [], 'jobs that failed for good');
}

interface Due {
  owed: bigint;
  fee: bigint;
  wallet: bigint;
  escrow: bigint;
  claimed: bigint;
}

/** What one order has moved, by the quote its seller accepted and what operators decided since. */
export function dueOf(order: OrderRow, decisions: readonly Decision[], wasSent: boolean): Due {
  const { taken, state, quote } = order;
  const [price, net, fees] = [quote.priceFen, quote.netFen, quote.feesFen].map(BigInt);
  assert(price !== undefined && net !== undefined && fees !== undefined);
  const said = [order.price_fen, order.net_fen, order.fees_fen];
  const told = `${order.id} ${state} after ${taken.join(', ')}: ${said} is not ${[price, net, fees]}`;
  assert.deepEqual(said, [price, net, fees], told);
  const due: Due = { owed: 0n, fee: 0n, wallet: 0n, escrow: 0n, claimed: 0n };
  if (ESCROW_STATES.includes(state)) Object.assign(due, { escrow: price, wallet: -price });
  const decided = [...decisions];
  for (const transition of taken) {
    switch (transition) {
      case 'settle':
      case 'release_late':
        Object.assign(due, { owed: net, fee: fees, wallet: -price });
        break;
      case 'release':
        // The clock releases without a decision of a person.
        if (decided[0]?.outcome === 'release') decided.shift();
        Object.assign(due, { owed: net, fee: fees, wallet: -price });
        break;
      case 'settle_part': {
        const refund = decided.shift()?.amountFen ?? 0n;
        const kept = price - refund;
        const fee = (kept * fees) / price;
        Object.assign(due, { owed: kept - fee, fee, wallet: -kept });
        break;
      }
      case 'uphold':
        if (decided[0]?.outcome === 'release') decided.shift();
        break;
      case 'claw_back': {
        const wanted = decided.shift()?.amountFen ?? price;
        const claim = wanted < due.owed ? wanted : due.owed;
        due.wallet += claim;
        if (wasSent) due.claimed = claim;
        else due.owed -= claim;
      }
    }
  }
  return due;
}

async function checkMoney(
  { decisions, test }: World,
  books: {
    orders: OrderRow[];
    payouts: PayoutRow[];
    accounts: Map<string, { balance: bigint; held: bigint }>;
  },
): Promise<void> {
  const { orders, payouts, accounts } = books;
  const balance = (code: string): bigint => accounts.get(code)?.balance ?? 0n;
  const total = { fee: 0n, wallet: 0n, held: 0n };
  const claims = new Map<string, bigint>();
  for (const order of orders) {
    const { id, state } = order;
    const own = payouts.filter(({ subject, part }) => subject === id && !part.endsWith('-late'));
    const main = own.find(({ part }) => part === 'main');
    const due = dueOf(order, decisions.get(id) ?? [], main?.state !== 'cancelled');
    const promised = own
      .filter((payout) => payout.state !== 'cancelled')
      .reduce((sum, { amount_fen: amount }) => sum + amount, 0n);
    assert.equal(promised, due.owed, `${id} ${state}: the quote is what is paid`);
    assert.equal(balance(`ESCROW:${id}`), due.escrow, `${id} ${state}: escrow`);
    const held = HOLD_STATES.includes(state) ? order.price_fen : 0n;
    assert.equal(order.held ?? 0n, held, `${id} ${state}: hold`);
    total.fee += due.fee;
    total.wallet += due.wallet;
    total.held += held;
    claims.set(order.user_id, (claims.get(order.user_id) ?? 0n) + due.claimed);
  }
  const received = await rows<{ sum: bigint }>(
    test,
    `select coalesce(sum(amount_fen), 0)::int8 as sum from settlement.top_up where state = 'received'`,
  );
  assert.equal(balance('WALLET:house'), (received[0]?.sum ?? 0n) + total.wallet, 'wallet');
  assert.equal(accounts.get('WALLET:house')?.held ?? 0n, total.held, 'held in the wallet');
  assert.equal(balance('FEE'), total.fee, 'fees');
  checkPayouts(payouts, accounts);
  for (const [user, claim] of claims)
    assert.equal(balance(`RECEIVABLE:${user}`), -claim, `what ${user} has to give back`);
}

function checkPayouts(
  payouts: readonly PayoutRow[],
  accounts: ReadonlyMap<string, { balance: bigint }>,
): void {
  const wanted = new Map<string, bigint>();
  for (const { id, user_id: user, amount_fen: amount, state } of payouts) {
    if (SENT.includes(state)) wanted.set(`IN_FLIGHT:${id}`, amount);
    const payable = `PAYABLE:${user}`;
    if (UNSENT.includes(state)) wanted.set(payable, (wanted.get(payable) ?? 0n) + amount);
  }
  for (const [code, { balance }] of accounts)
    if (/^(IN_FLIGHT|PAYABLE):/.test(code))
      assert.equal(balance, wanted.get(code) ?? 0n, `${code}: what is owed or on its way`);
  for (const code of wanted.keys()) assert(accounts.has(code), `${code} is in the books`);
}

/** gross + Σ lines = net in every quote that was ever stored. */
async function checkQuotes({ test, quotesSeen }: World): Promise<void> {
  const quotes = await rows<{ id: string; doc: QuoteText }>(
    test,
    'select id, doc from pricing.quote',
  );
  for (const { id, doc } of quotes) {
    if (quotesSeen.has(id)) continue;
    quotesSeen.add(id);
    const sum = doc.lines.reduce((so, { fen }) => so + BigInt(fen), BigInt(doc.grossFen));
    assert.equal(sum, BigInt(doc.netFen), `lines of ${id}`);
    assert.equal(BigInt(doc.netFen) + BigInt(doc.feesFen), BigInt(doc.priceFen), `price of ${id}`);
  }
}
