/** Months that close and days that end, over HTTP: two people of finance close a month, all who read the books look. */
import { Type } from 'typebox';
import {
  type App,
  addDays,
  type Clock,
  callerOf,
  type Db,
  inTransaction,
  languageOf,
  Problem,
  Refused,
  type Role,
  type Tx,
} from '#platform';
import { dayFile } from './day_export.ts';
import { MEDIA, sendFile } from './export.ts';
import {
  closePeriod,
  type DayClass,
  type DayView,
  dayEnds,
  type Period,
  periods,
  proposeClose,
  recomputeDay,
  takeDayEnds,
} from './period.ts';
import {
  DayEndPage,
  DayEndsQuery,
  DayEndView,
  DayParams,
  MonthParams,
  PeriodsView,
} from './schema.ts';

export interface PeriodRoutesDeps {
  readonly db: Db;
  readonly clock: Clock;
  /** Writes into the append-only record, in the same commit. */
  readonly noted: (
    tx: Tx,
    entry: { subject: string; type: string; data: { by: string }; at: Date },
  ) => Promise<void>;
}

const readers: readonly Role[] = ['finance', 'auditor', 'admin', 'compliance'];
const closers: readonly Role[] = ['finance', 'admin'];
const tags = ['ledger'];
const DAYS = 31;

export function periodRoutes(app: App, deps: PeriodRoutesDeps): void {
  periodReads(app, deps);
  periodActs(app, deps);
  dayRoutes(app, deps);
  dayFiles(app, deps);
}

const periodView = ({ month, endsAt, proposedBy, proposedAt, closedBy, closedAt }: Period) => ({
  month,
  endsAt: endsAt.toISOString(),
  state: closedAt ? ('closed' as const) : ('proposed' as const),
  proposedBy,
  proposedAt: proposedAt.toISOString(),
  ...(closedBy !== undefined && { closedBy }),
  ...(closedAt && { closedAt: closedAt.toISOString() }),
});

async function periodsView({ db, clock }: PeriodRoutesDeps) {
  const { items, next } = await periods(db, clock.now());
  return {
    items: items.map(periodView),
    ...(next && { next: { ...next, endsAt: next.endsAt.toISOString() } }),
  };
}

function periodReads(app: App, deps: PeriodRoutesDeps): void {
  app.get(
    '/v1/console/ledger/periods',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Months that are closed or proposed, the newest first, and the one that is next.',
        response: { 200: PeriodsView, '4xx': Problem },
      },
    },
    async () => await periodsView(deps),
  );
}

function periodActs(app: App, deps: PeriodRoutesDeps): void {
  const { db, clock, noted } = deps;
  const acts = {
    propose: { act: proposeClose, summary: 'Say that a month that is over is ready to be closed.' },
    close: {
      act: closePeriod,
      summary: 'Close a proposed month for ever: a second person does. It takes no more entries.',
    },
  };
  for (const [name, { act, summary }] of Object.entries(acts))
    app.post(
      `/v1/console/ledger/periods/:month/${name}`,
      {
        config: { access: closers, stepUp: true },
        schema: {
          tags,
          summary,
          params: MonthParams,
          response: { 200: PeriodsView, '4xx': Problem },
        },
      },
      async (request) => {
        const { month } = request.params;
        const { userId: by } = callerOf(request);
        const at = clock.now();
        await inTransaction(db, async (tx) => {
          await act(tx, { month, by, at });
          await noted(tx, { subject: month, type: `ledger.period_${name}`, data: { by }, at });
        });
        // The ends of its days are stored once more, now that nothing can change them; the hourly round does the rest.
        if (name === 'close') await takeDayEnds(db, at);
        return await periodsView(deps);
      },
    );
}

const classView = ({ class: name, accounts, balance }: DayClass) => ({
  class: name,
  accounts,
  balanceFen: String(balance),
});

const dayView = ({ day, takenAt, isFinal, classes, debit, credit }: DayView) => ({
  day,
  takenAt: takenAt.toISOString(),
  isFinal,
  classes: classes.map(classView),
  debitFen: String(debit),
  creditFen: String(credit),
});

function dayRoutes(app: App, { db }: PeriodRoutesDeps): void {
  app.get(
    '/v1/console/ledger/day-ends',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'The trial balance at the end of each day, as stored, the newest first.',
        querystring: DayEndsQuery,
        response: { 200: DayEndPage, '4xx': Problem },
      },
    },
    async ({ query: { cursor, limit = DAYS } }) => {
      if (cursor !== undefined) checkDay(cursor);
      const days = await dayEnds(db, { before: cursor, limit: limit + 1 });
      const items = days.slice(0, limit).map(dayView);
      const last = items.at(-1);
      return { items, ...(days.length > limit && last && { next: last.day }) };
    },
  );

  app.get(
    '/v1/console/ledger/day-ends/:day',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'The stored trial balance of a day beside the one that its entries give now.',
        params: DayParams,
        response: { 200: DayEndView, '4xx': Problem },
      },
    },
    async ({ params: { day } }) => {
      const view = dayView(await storedDay(db, day));
      const recomputed = (await recomputeDay(db, day)).map(classView);
      const matches = JSON.stringify(view.classes) === JSON.stringify(recomputed);
      return { ...view, recomputed, matches };
    },
  );
}

function dayFiles(app: App, { db }: PeriodRoutesDeps): void {
  for (const format of ['csv', 'xlsx'] as const)
    app.get(
      `/v1/console/ledger/day-ends/:day/trial-balance.${format}`,
      {
        config: { access: readers },
        schema: {
          tags,
          summary:
            'The stored trial balance of a day for spreadsheets, in yuan; both sides and their sum.',
          params: DayParams,
          response: {
            200: { content: { [MEDIA[format]]: { schema: Type.String() } } },
            '4xx': Problem,
          },
        },
      },
      async ({ params: { day }, headers }, reply) => {
        const language = languageOf(headers['accept-language']);
        const file = await dayFile(await storedDay(db, day), { language, format });
        return sendFile(reply, { format, name: `trial-balance_${day}`, file });
      },
    );
}

async function storedDay(db: Db, day: string): Promise<DayView> {
  checkDay(day);
  const [stored] = await dayEnds(db, { before: undefined, only: day, limit: 1 });
  if (!stored) throw new Refused('not_found');
  return stored;
}

function checkDay(day: string): void {
  if (day < '2000' || day >= '3000' || addDays(day, 0) !== day) throw new Refused('invalid_input');
}
