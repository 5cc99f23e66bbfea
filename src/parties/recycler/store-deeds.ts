/** SQL of deeds: facts about how a recycler kept its word, written once each. */
import { sql } from 'kysely';
import { fen, type Reader, type Tx } from '#platform';
import type { DeedKind, Deeds } from './score.ts';

/** False when this fact is known already. */
export async function insertDeed(
  tx: Tx,
  deed: {
    id: string;
    recycler: string;
    kind: DeedKind;
    subject: string;
    value: bigint;
    at: Date;
  },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('parties.recycler_deed')
    .values(deed)
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Its deeds from then on, summed up. */
export async function deedsSince(
  reader: Reader,
  { recycler, since }: { recycler: string; since: Date },
): Promise<Deeds> {
  const { rows } = await sql<{
    kind: DeedKind;
    count: bigint;
    total: bigint;
    median: number | null;
  }>`
    select kind, count(*) as count, sum(value)::int8 as total,
           percentile_disc(0.5) within group (order by value)::float8 as median
    from parties.recycler_deed as deed
    where recycler = ${recycler} and at >= ${since}
      -- What was believed at first and found false later was never true.
      and not (kind = 'report_true' and exists (
        select from parties.recycler_deed as lie
        where lie.recycler = deed.recycler and lie.kind = 'report_false'
          and lie.subject = deed.subject))
    group by kind`.execute(reader);
  const of = new Map(rows.map((row) => [row.kind, row]));
  const count = (kind: DeedKind): number => Number(of.get(kind)?.count ?? 0);
  return {
    settled: count('settled'),
    settledFen: fen(of.get('settled')?.total ?? 0n),
    reports: count('reported'),
    trueReports: count('report_true'),
    falseReports: count('report_false'),
    disputesLost: count('dispute_lost'),
    defaults: count('defaulted'),
    reportMinutes: of.get('reported')?.median ?? undefined,
  };
}
