/** A recycler as its members, the public and staff see it. */
import type { Static } from 'typebox';
import { balanceOf } from '#ledger';
import { type Keys, type Reader, ZERO } from '#platform';
import { historyOf, look } from '#process';
import { maskName, maskPhone } from '../domain.ts';
import { openPhone } from '../person.ts';
import {
  capOf,
  DEPOSIT,
  depositOf,
  GRADUATION,
  isComplete,
  nextCap,
  type TeamRole,
  walletOf,
} from './domain.ts';
import { openLegalPerson } from './licence.ts';
import { recyclerAccount } from './life.ts';
import type {
  ConsoleRecycler,
  ConsoleRecyclerRow,
  LicenceView,
  RecyclerSummary,
  RecyclerView,
  ScorecardView,
} from './schema.ts';
import { LIMITS, type Scorecard, WINDOW_DAYS } from './score.ts';
import { checklistOf, type RecyclerMoney } from './standing.ts';
import { membersOf, type RecyclerRow } from './store.ts';
import { hasLicencePhoto } from './store-licence.ts';
import { REASON, WHY } from './words.ts';

interface Looking {
  readonly keys: Keys;
  readonly money: Pick<RecyclerMoney, 'hasPayoutAccount'>;
}

const saidOf = (state: RecyclerRow['state']) => {
  const { zh, en } = recyclerAccount.states[state] ?? { zh: state, en: state };
  return { zh, en };
};

const summaryOf = (row: RecyclerRow) => ({
  id: row.id,
  name: row.legalName,
  creditCode: row.creditCode,
  tier: row.tier,
  state: row.state,
  stateSaid: saidOf(row.state),
  capFen: String(capOf(row)),
  settledFen: String(row.settledFen),
  settledCount: row.settledCount,
  createdAt: row.createdAt.toISOString(),
});

const reasonOf = ({ reason }: RecyclerRow) =>
  reason === undefined ? {} : { reason, reasonSaid: REASON[reason] };

export const tierViews = (['tiny', 'standard'] as const).map((tier) => ({
  tier,
  depositFen: String(DEPOSIT[tier]),
  capFen: String(capOf({ tier, state: 'probation', settledFen: ZERO })),
}));

export const recyclerSummary = (
  row: RecyclerRow & { role: TeamRole },
): Static<typeof RecyclerSummary> => ({ ...summaryOf(row), role: row.role });

async function detailOf(reader: Reader, { keys, money }: Looking, row: RecyclerRow) {
  const { id, tier } = row;
  const items = await checklistOf(reader, money, row);
  const [deposit, wallet, hasPhoto, instance] = await Promise.all([
    balanceOf(reader, depositOf(id)),
    balanceOf(reader, walletOf(id)),
    hasLicencePhoto(reader, id),
    look(reader, id),
  ]);
  const next = nextCap(row);
  const { count, fen } = GRADUATION[tier];
  return {
    ...summaryOf(row),
    ...reasonOf(row),
    ...datesOf(row),
    legalPersonMasked: maskName(openLegalPerson(keys, row)),
    operatorIsLegal: row.operatorIsLegal,
    ...(row.address !== undefined && { address: row.address }),
    checklist: items.map(({ missingFen, ...item }) => ({
      ...item,
      ...(item.why !== undefined && { whySaid: WHY[item.why as keyof typeof WHY] ?? WHY.unknown }),
      ...(missingFen !== undefined && { missingFen: String(missingFen) }),
    })),
    checklistDone: isComplete(items),
    depositFen: String(deposit.balance),
    depositNeededFen: String(DEPOSIT[tier]),
    walletFen: String(wallet.balance - wallet.held),
    heldFen: String(wallet.held),
    ...(next && { nextCap: { fromFen: String(next.fromFen), capFen: String(next.capFen) } }),
    graduation: { count, fen: String(fen) },
    hasPhoto,
    ...(row.alertBelowFen !== undefined && { alertBelowFen: String(row.alertBelowFen) }),
    ...(instance?.dueAt && { dueAt: instance.dueAt.toISOString() }),
    ...(instance?.dueTransition !== undefined && { dueTransition: instance.dueTransition }),
  };
}

const datesOf = (row: RecyclerRow) => ({
  ...(row.licenceUntil !== undefined && { licenceUntil: row.licenceUntil }),
  ...(row.verifiedAt && { verifiedAt: row.verifiedAt.toISOString() }),
  ...(row.verifiedUntil && { verifiedUntil: row.verifiedUntil.toISOString() }),
  ...(row.openedAt && { openedAt: row.openedAt.toISOString() }),
  ...(row.refundOn !== undefined && { refundOn: row.refundOn }),
});

export const recyclerView = async (
  reader: Reader,
  looking: Looking,
  row: RecyclerRow & { role: TeamRole },
): Promise<RecyclerView> => ({ ...(await detailOf(reader, looking, row)), role: row.role });

export const scorecardView = ({ settledFen, ...card }: Scorecard): Static<typeof ScorecardView> => {
  const { reportMinutes, ...figures } = card;
  return {
    ...{ ...figures, settledFen: String(settledFen), windowDays: WINDOW_DAYS, limits: LIMITS },
    ...(reportMinutes !== undefined && { reportMinutes }),
  };
};

/** Below it a score says more of chance than of the shop, and is not published. */
const PUBLISHED_FROM = 10;

/** Undefined before the first day of business. */
export function licenceView(
  keys: Keys,
  row: RecyclerRow,
  { score, settled }: Pick<Scorecard, 'score' | 'settled'>,
): Static<typeof LicenceView> | undefined {
  const { id, verifiedAt, openedAt, address, licenceUntil } = row;
  if (!verifiedAt || !openedAt) return undefined;
  return {
    ...{ id, name: row.legalName, creditCode: row.creditCode },
    legalPerson: openLegalPerson(keys, row),
    ...(address !== undefined && { address }),
    ...(licenceUntil !== undefined && { validUntil: licenceUntil }),
    verifiedAt: verifiedAt.toISOString(),
    stateSaid: saidOf(row.state),
    ...(settled >= PUBLISHED_FROM && { scorecard: { score, settled, windowDays: WINDOW_DAYS } }),
  };
}

export const consoleRow = (row: RecyclerRow): Static<typeof ConsoleRecyclerRow> => ({
  ...summaryOf(row),
  ...reasonOf(row),
});

export async function consoleView(
  reader: Reader,
  looking: Looking,
  row: RecyclerRow,
): Promise<Static<typeof ConsoleRecycler>> {
  const members = await membersOf(reader, row.id);
  const history = await historyOf(reader, row.id);
  const owners = members.flatMap(({ role, userId, phoneSealed, since }) =>
    role === 'owner' && phoneSealed
      ? [
          {
            userId,
            phoneMasked: maskPhone(
              openPhone(looking.keys, { id: userId, phoneSealed, createdAt: since }).reveal(),
            ),
          },
        ]
      : [],
  );
  return {
    ...(await detailOf(reader, looking, row)),
    members: members.length,
    owners,
    history: history.map(({ at, transition, by, to, actor }) => ({
      ...{ at: at.toISOString(), transition, by, to, toSaid: saidOf(to as RecyclerRow['state']) },
      ...(actor !== undefined && { actor }),
    })),
  };
}
