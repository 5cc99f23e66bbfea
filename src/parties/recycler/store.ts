/** SQL of recyclers, the questions about their licence and its photo. */
import type { Selectable, Updateable } from 'kysely';
import { type Database, type Fen, fen, type Reader, Refused, type Tx, violated } from '#platform';
import type { Reason, RecyclerState, TeamRole, Tier } from './domain.ts';
import type { Rank } from './score.ts';

export interface RecyclerRow {
  readonly id: string;
  readonly creditCode: string;
  readonly legalName: string;
  readonly legalPerson: Buffer;
  readonly operatorIsLegal: boolean;
  readonly tier: Tier;
  readonly state: RecyclerState;
  readonly address: string | undefined;
  readonly licenceUntil: string | undefined;
  readonly verifiedAt: Date | undefined;
  readonly verifiedUntil: Date | undefined;
  readonly openedAt: Date | undefined;
  readonly refundOn: string | undefined;
  readonly reason: Reason | undefined;
  readonly settledFen: Fen;
  readonly settledCount: number;
  readonly rank: Rank;
  /** What it did before no longer restricts it. */
  readonly judgedFrom: Date | undefined;
  readonly alertBelowFen: Fen | undefined;
  readonly alertedAt: Date | undefined;
  readonly createdBy: string;
  readonly createdAt: Date;
}

const toRecycler = (row: Selectable<Database['parties.recycler']>): RecyclerRow => ({
  id: row.id,
  creditCode: row.credit_code,
  legalName: row.legal_name,
  legalPerson: row.legal_person,
  operatorIsLegal: row.operator_is_legal,
  tier: row.tier as Tier,
  state: row.state as RecyclerState,
  address: row.address ?? undefined,
  licenceUntil: row.licence_until ?? undefined,
  verifiedAt: row.verified_at ?? undefined,
  verifiedUntil: row.verified_until ?? undefined,
  openedAt: row.opened_at ?? undefined,
  refundOn: row.refund_on ?? undefined,
  reason: (row.reason ?? undefined) as Reason | undefined,
  settledFen: fen(row.settled_fen),
  settledCount: row.settled_count,
  rank: row.rank as Rank,
  judgedFrom: row.judged_from ?? undefined,
  alertBelowFen: row.alert_below_fen === null ? undefined : fen(row.alert_below_fen),
  alertedAt: row.alerted_at ?? undefined,
  createdBy: row.created_by,
  createdAt: row.created_at,
});

/** Refuses `licence_taken` when another live recycler has this licence: two that race get one yes. */
export async function insertRecycler(
  tx: Tx,
  row: Pick<
    RecyclerRow,
    | 'id'
    | 'creditCode'
    | 'legalName'
    | 'legalPerson'
    | 'operatorIsLegal'
    | 'tier'
    | 'state'
    | 'createdBy'
    | 'createdAt'
  >,
): Promise<void> {
  await takingLicence(() =>
    tx
      .insertInto('parties.recycler')
      .values({
        id: row.id,
        credit_code: row.creditCode,
        legal_name: row.legalName,
        legal_person: row.legalPerson,
        operator_is_legal: row.operatorIsLegal,
        tier: row.tier,
        state: row.state,
        created_by: row.createdBy,
        created_at: row.createdAt,
      })
      .execute(),
  );
}

export async function saveRecycler(
  tx: Tx,
  id: string,
  patch: Updateable<Database['parties.recycler']>,
): Promise<void> {
  await takingLicence(() =>
    tx.updateTable('parties.recycler').set(patch).where('id', '=', id).executeTakeFirstOrThrow(),
  );
}

async function takingLicence(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (violated(error) === 'recycler_one_live') throw new Refused('licence_taken');
    throw error;
  }
}

export async function readRecycler(reader: Reader, id: string): Promise<RecyclerRow | undefined> {
  const row = await reader
    .selectFrom('parties.recycler')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toRecycler(row);
}

/** Locks the recycler until commit: the first lock of everything that changes one. */
export async function lockRecycler(tx: Tx, id: string): Promise<RecyclerRow | undefined> {
  const row = await tx
    .selectFrom('parties.recycler')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toRecycler(row);
}

/** Newest first. */
export async function listRecyclers(
  reader: Reader,
  page: { cursor: string | undefined; limit: number; state?: string | undefined },
): Promise<RecyclerRow[]> {
  const { cursor, limit, state } = page;
  const rows = await reader
    .selectFrom('parties.recycler')
    .selectAll()
    .$if(cursor !== undefined, (query) => query.where('id', '<', cursor ?? ''))
    .$if(state !== undefined, (query) => query.where('state', '=', state ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return rows.map(toRecycler);
}

/** Shops in which the person has a role, newest first. */
export async function recyclersOf(
  reader: Reader,
  personId: string,
): Promise<(RecyclerRow & { role: TeamRole })[]> {
  const rows = await reader
    .selectFrom('parties.membership as m')
    .innerJoin('parties.recycler as r', 'r.id', 'm.organisation_id')
    .selectAll('r')
    .select('m.roles')
    .where('m.person_id', '=', personId)
    .orderBy('r.id', 'desc')
    .execute();
  return rows.map((row) => ({ ...toRecycler(row), role: row.roles[0] as TeamRole }));
}

export async function roleIn(
  reader: Reader,
  { recyclerId, userId }: { recyclerId: string; userId: string },
): Promise<TeamRole | undefined> {
  const row = await reader
    .selectFrom('parties.membership')
    .select('roles')
    .where('organisation_id', '=', recyclerId)
    .where('person_id', '=', userId)
    .executeTakeFirst();
  return row?.roles[0] as TeamRole | undefined;
}

/** Of a shop that is not closed: whoever leaves it would leave nobody behind. */
export async function isLastOwner(reader: Reader, personId: string): Promise<boolean> {
  for (const { id, state, role } of await recyclersOf(reader, personId)) {
    if (state === 'closed' || role !== 'owner') continue;
    const owners = (await membersOf(reader, id)).filter((one) => one.role === 'owner');
    if (owners.length === 1) return true;
  }
  return false;
}

export interface Member {
  readonly userId: string;
  readonly role: TeamRole;
  readonly phoneSealed: Buffer | undefined;
  readonly since: Date;
}

/** In the order in which they came. */
export async function membersOf(reader: Reader, recyclerId: string): Promise<Member[]> {
  const rows = await reader
    .selectFrom('parties.membership as m')
    .innerJoin('parties.person as p', 'p.id', 'm.person_id')
    .select(['m.person_id', 'm.roles', 'm.since', 'p.phone_sealed'])
    .where('m.organisation_id', '=', recyclerId)
    .orderBy('m.since')
    .orderBy('m.person_id')
    .execute();
  return rows.map((row) => ({
    userId: row.person_id,
    role: row.roles[0] as TeamRole,
    phoneSealed: row.phone_sealed ?? undefined,
    since: row.since,
  }));
}

/** A closed shop and the one that came after it have one licence. */
export async function sharesLicence(
  reader: Reader,
  { recyclerId, userId }: { recyclerId: string; userId: string },
): Promise<boolean> {
  const row = await reader
    .selectFrom('parties.recycler as r')
    .innerJoin('parties.recycler as o', 'o.credit_code', 'r.credit_code')
    .leftJoin('parties.membership as m', 'm.organisation_id', 'o.id')
    .select('o.id')
    .where('r.id', '=', recyclerId)
    .where(({ or, eb }) => or([eb('m.person_id', '=', userId), eb('o.created_by', '=', userId)]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function lastSeen(reader: Reader, userId: string): Promise<Date | undefined> {
  const row = await reader
    .selectFrom('parties.session')
    .select(({ fn }) => fn.max('seen_at').as('at'))
    .where('person_id', '=', userId)
    .executeTakeFirst();
  return row?.at ?? undefined;
}

/** Open for business, confirmed by the register long ago, and not being asked about now. */
export async function dueForRecheck(
  reader: Reader,
  { before, limit }: { before: Date; limit: number },
): Promise<RecyclerRow[]> {
  const rows = await reader
    .selectFrom('parties.recycler as r')
    .selectAll('r')
    .where('r.state', 'in', ['probation', 'active', 'restricted'])
    .where('r.verified_until', '<', before)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('parties.licence_check as c')
            .select('c.id')
            .whereRef('c.recycler_id', '=', 'r.id')
            .where('c.state', '=', 'pending'),
        ),
      ),
    )
    .orderBy('r.verified_until')
    .limit(limit)
    .execute();
  return rows.map(toRecycler);
}

/** Shops that want to hear of a low wallet. */
export async function watchedWallets(reader: Reader): Promise<string[]> {
  const rows = await reader
    .selectFrom('parties.recycler')
    .select('id')
    .where('alert_below_fen', 'is not', null)
    .where('state', 'not in', ['exiting', 'closed'])
    .execute();
  return rows.map(({ id }) => id);
}
