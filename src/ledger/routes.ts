/** The books over HTTP, for the console: reading only; nobody posts by hand. Periods close in `period_routes.ts`. */
import { Type } from 'typebox';
import {
  type App,
  addDays,
  type Clock,
  chinaDay,
  chinaInstant,
  type Db,
  fen,
  languageOf,
  Problem,
  Refused,
  type Role,
} from '#platform';
import { balanceAt, movementsOf, type PageEnd, statementPage, trialBalance } from './books.ts';
import { MEDIA, sendFile } from './export.ts';
import { type PeriodRoutesDeps, periodRoutes } from './period_routes.ts';
import { listHolds } from './posting_store.ts';
import {
  AccountsQuery,
  AccountsView,
  CodeParams,
  StatementPageQuery,
  StatementQuery,
  StatementView,
  SubjectQuery,
  TransfersView,
  TrialBalanceView,
} from './schema.ts';
import { statementFile } from './statement_file.ts';
import { findAccount, listAccounts } from './store.ts';

const readers: readonly Role[] = ['finance', 'auditor', 'admin', 'compliance'];
const PERIOD_DAYS = 30;
const tags = ['ledger'];

export function ledgerRoutes(app: App, deps: PeriodRoutesDeps): void {
  accountRoutes(app, deps);
  statementRoutes(app, deps);
  periodRoutes(app, deps);
}

function accountRoutes(app: App, { db, clock }: { db: Db; clock: Clock }): void {
  app.get(
    '/v1/console/ledger/accounts',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Accounts whose code begins with a prefix, in the order of their codes.',
        querystring: AccountsQuery,
        response: { 200: AccountsView, '4xx': Problem },
      },
    },
    async ({ query: { prefix = '', cursor = '', limit = 20 } }) => {
      const rows = await listAccounts(db, { prefix, after: cursor, limit: limit + 1 });
      const items = rows.slice(0, limit).map((account) => ({
        code: account.code,
        class: account.class,
        balanceFen: String(account.balance),
        heldFen: String(account.held),
        entries: account.version,
      }));
      const last = items.at(-1);
      return { items, ...(rows.length > limit && last && { next: last.code }) };
    },
  );

  app.get(
    '/v1/console/ledger/transfers',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Every transfer and hold of one subject: an order, a payout.',
        querystring: SubjectQuery,
        response: { 200: TransfersView, '4xx': Problem },
      },
    },
    async ({ query: { subject } }) => {
      const [movements, holds] = await Promise.all([
        movementsOf(db, subject),
        listHolds(db, subject),
      ]);
      return {
        items: movements.map(({ legs, at, ...rest }) => ({
          ...rest,
          at: at.toISOString(),
          legs: legs.map(({ from, to, amount }) => ({ from, to, amountFen: String(amount) })),
        })),
        holds: holds.map(({ amount, at, expiresAt, closedAt, ...rest }) => ({
          ...rest,
          amountFen: String(amount),
          at: at.toISOString(),
          expiresAt: expiresAt.toISOString(),
          ...(closedAt && { closedAt: closedAt.toISOString() }),
        })),
      };
    },
  );

  app.get(
    '/v1/console/ledger/trial-balance',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Totals by class of account; debit and credit must be equal.',
        response: { 200: TrialBalanceView, '4xx': Problem },
      },
    },
    async () => {
      const { classes, debit, credit } = await trialBalance(db);
      return {
        at: clock.now().toISOString(),
        classes: classes.map(({ balance, held, ...rest }) => ({
          ...rest,
          balanceFen: String(balance),
          heldFen: String(held),
        })),
        debitFen: String(debit),
        creditFen: String(credit),
        balanced: debit === credit,
      };
    },
  );
}

function statementRoutes(app: App, { db, clock }: { db: Db; clock: Clock }): void {
  const periodOf = async (code: string, days: { from?: string; to?: string }) => {
    const to = days.to ?? chinaDay(clock.now());
    const from = days.from ?? addDays(to, 1 - PERIOD_DAYS);
    if (!isDay(from) || !isDay(to)) throw new Refused('invalid_input');
    const period = { from: chinaInstant(from), to: chinaInstant(addDays(to, 1)) };
    if (period.from >= period.to) throw new Refused('invalid_input');
    if (!(await findAccount(db, code))) throw new Refused('not_found');
    return { from, to, period };
  };

  app.get(
    '/v1/console/ledger/accounts/:code/statement',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Opening balance, entries with running balance, closing balance.',
        params: CodeParams,
        querystring: StatementPageQuery,
        response: { 200: StatementView, '4xx': Problem },
      },
    },
    async ({ params: { code }, query: { cursor, limit = STATEMENT_PAGE, ...days } }) => {
      const { from, to, period } = await periodOf(code, days);
      const after = cursor === undefined ? undefined : endOfPage(cursor);
      const [page, opening, closing] = await Promise.all([
        statementPage(db, code, { ...period, after, limit }),
        balanceAt(db, code, period.from),
        balanceAt(db, code, period.to),
      ]);
      return {
        account: code,
        ...{ from, to, openingFen: String(opening), closingFen: String(closing) },
        entries: page.entries.map(({ at, amount, balance, ...rest }) => ({
          ...rest,
          at: at.toISOString(),
          amountFen: String(amount),
          balanceFen: String(balance),
        })),
        ...(page.next && { next: cursorOf(page.next) }),
      };
    },
  );

  for (const format of ['csv', 'xlsx'] as const)
    app.get(
      `/v1/console/ledger/accounts/:code/statement.${format}`,
      {
        config: { access: readers },
        schema: {
          tags,
          summary:
            'The whole statement for spreadsheets, in yuan; ends with opening + amounts = closing.',
          params: CodeParams,
          querystring: StatementQuery,
          response: {
            200: { content: { [MEDIA[format]]: { schema: Type.String() } } },
            '4xx': Problem,
          },
        },
      },
      async ({ params: { code }, query, headers }, reply) => {
        const { from, to, period } = await periodOf(code, query);
        const language = languageOf(headers['accept-language']);
        const file = await statementFile(db, { code, ...period, language, format });
        const name = `${code.replace(':', '-')}_${from}_${to}`;
        return sendFile(reply, { format, name, file });
      },
    );
}

const STATEMENT_PAGE = 500;

const cursorOf = ({ at, stripe, version, balance, no }: PageEnd): string =>
  Buffer.from([at.toISOString(), stripe, version, balance, no].join(' ')).toString('base64url');

/** It says only where to go on and what stood there; a made-up one shows its maker wrong balances, nobody else. */
function endOfPage(cursor: string): PageEnd {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, at = '', stripe = '', version = '', balance = '', no = ''] =
    /^(\d{4}-\d\d-\d\dT[\d:.]{12}Z) (\d{1,18}) (\d{1,18}) (-?\d{1,16}) (\d{1,9})$/.exec(text) ?? [];
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) throw new Refused('invalid_input');
  const place = { at: time, stripe: BigInt(stripe), version: BigInt(version) };
  return { ...place, balance: fen(BigInt(balance)), no: Number(no) };
}

/** 31 February has the form of a day; years far off are no day of ours, and no date of the database either. */
const isDay = (day: string): boolean => day >= '2000' && day < '3000' && addDays(day, 0) === day;
