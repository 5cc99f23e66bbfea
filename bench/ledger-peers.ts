/**
 * What the ledger is measured against, in the same database and the same run: the bare rows, one row a transaction,
 * and an honest ledger that posts one transfer a transaction. Nothing here is handicapped: no foreign keys, the
 * fewest indexes, one round trip, prepared statements.
 */
import pg from 'pg';
import { newId } from '#platform';
import type { Load } from './ledger-load.ts';

export const USERS = 10_000;
export const BATCH = 1_000;
export type Shape = 'hot' | 'spread' | 'striped';

/**
 * One transfer a call: both rows locked in the order of their ids, both updated, transfer and two entries written.
 * 0 posted, 1 posted before, 3 not enough money.
 */
const PLAIN = `
create schema plain;
create table plain.account (
  id bigint primary key,
  min_balance bigint,
  balance bigint not null default 0,
  version bigint not null default 0,
  check (min_balance is null or balance >= min_balance)
) with (fillfactor = 50);
create table plain.transfer (
  id uuid primary key,
  debit bigint not null,
  credit bigint not null check (credit <> debit),
  amount bigint not null check (amount > 0),
  at timestamptz not null
);
create table plain.entry (
  account bigint not null,
  version bigint not null,
  transfer_id uuid not null,
  amount bigint not null,
  balance_after bigint not null,
  primary key (account, version)
);
create function plain.post(p_id uuid, p_debit bigint, p_credit bigint, p_amount bigint)
returns smallint language plpgsql as $$
declare
  d plain.account; c plain.account;
begin
  perform from plain.account where id in (p_debit, p_credit) order by id for no key update;
  select * into d from plain.account where id = p_debit;
  if d.balance - p_amount < d.min_balance then return 3; end if;
  insert into plain.transfer values (p_id, p_debit, p_credit, p_amount, clock_timestamp())
    on conflict do nothing;
  if not found then return 1; end if;
  update plain.account set balance = balance - p_amount, version = version + 1
    where id = p_debit returning * into d;
  update plain.account set balance = balance + p_amount, version = version + 1
    where id = p_credit returning * into c;
  insert into plain.entry values
    (p_debit, d.version, p_id, -p_amount, d.balance), (p_credit, c.version, p_id, p_amount, c.balance);
  return 0;
end $$;
`;

/** Account 0 is the hub; from 1 on come the users, each with more money than the run can move. */
const ACCOUNTS = `
insert into plain.account (id, min_balance, balance)
select n, case when n > 0 then 0 end, case when n > 0 then 1000000000000 else 0 end
from generate_series(0, ${USERS}) as n`;

export interface Peers {
  plain(shape: Shape, clients: number): Load;
  oneRow(clients: number): Load;
  bareRows(shape: Shape): Load;
  close(): Promise<void>;
}

export const randomUser = (): number => 1 + Math.floor(Math.random() * USERS);

/** Two accounts of a shape: the hub is number 0. */
export function pairOf(shape: Shape): { debit: number; credit: number } {
  const debit = randomUser();
  if (shape !== 'spread') return { debit, credit: 0 };
  let credit = randomUser();
  while (credit === debit) credit = randomUser();
  return { debit, credit };
}

export async function openPeers(url: string): Promise<Peers> {
  const clients: pg.Client[] = [];
  const client = async (index: number): Promise<pg.Client> => {
    for (let at = clients.length; at <= index; at++) {
      const opened = new pg.Client({ connectionString: url, application_name: 'bench peer' });
      await opened.connect();
      clients.push(opened);
    }
    return clients[index] as pg.Client;
  };
  const first = await client(15);
  await first.query(PLAIN);
  await first.query(ACCOUNTS);
  await first.query('vacuum analyze plain.account');
  await first.query(
    'create schema bare; create table bare.transfer (like ledger.transfer including all)',
  );
  return {
    plain: (shape, callers) => ({
      name: `plain ledger, ${shape}`,
      callers,
      once: async (caller) => postPlain(await client(caller), pairOf(shape)),
    }),
    oneRow: (callers) => ({
      name: 'one-row INSERT',
      callers,
      once: async (caller) => insertRows(await client(caller), 'spread', 1),
    }),
    bareRows: (shape) => ({
      name: `bare INSERT, ${shape}`,
      callers: 1,
      each: BATCH,
      once: async () => insertRows(first, shape, BATCH),
    }),
    close: async () => {
      for (const opened of clients) await opened.end();
    },
  };
}

async function postPlain(
  client: pg.Client,
  { debit, credit }: { debit: number; credit: number },
): Promise<void> {
  const { rows } = await client.query<{ code: number }>({
    name: 'plain',
    text: 'select plain.post($1, $2, $3, $4) as code',
    values: [newId(), debit, credit, 1 + Math.floor(Math.random() * 100)],
  });
  if (rows[0]?.code !== 0) throw new Error(`the plain ledger answered ${rows[0]?.code}`);
}

const COLUMNS =
  'id, kind, code, debit, credit, amount, debit_version, credit_version, debit_balance, credit_balance, batch, at, mark';
const INSERT = `insert into bare.transfer (${COLUMNS})
  select id, 0, 1, debit, credit, amount, debit_version, credit_version, 1, 1, 1, now(), 1
  from unnest($1::text::uuid[], $2::text::bigint[], $3::text::bigint[], $4::text::bigint[],
    $5::text::bigint[], $6::text::bigint[])
    as row(id, debit, credit, amount, debit_version, credit_version)`;

/** The versions that a ledger would have given: each account counts its own transfers. */
const versions = new Map<number, number>();
function nextVersion(account: number): number {
  const next = (versions.get(account) ?? 0) + 1;
  versions.set(account, next);
  return next;
}

async function insertRows(client: pg.Client, shape: Shape, count: number): Promise<void> {
  const pairs = Array.from({ length: count }, () => pairOf(shape));
  const columns: (string | number)[][] = [
    pairs.map(() => newId()),
    pairs.map(({ debit }) => debit),
    pairs.map(({ credit }) => credit),
    pairs.map(() => 1 + Math.floor(Math.random() * 100)),
    pairs.map(({ debit }) => nextVersion(debit)),
    pairs.map(({ credit }) => nextVersion(credit)),
  ];
  const values = columns.map((column) => `{${column.join()}}`);
  await client.query({ name: 'bare', text: INSERT, values });
}
