/** The books over HTTP, for the console: reading only; nobody posts by hand. */
import { Type } from 'typebox';
import {
  type App,
  addDays,
  type Clock,
  chinaDay,
  chinaInstant,
  type Db,
  languageOf,
  Problem,
  Refused,
  type Role,
} from '#platform';
import { movementsOf, type Statement, statement, trialBalance } from './books.ts';
import { statementCsv } from './csv.ts';
import { listHolds } from './posting_store.ts';
import {
  AccountsQuery,
  AccountsView,
  CodeParams,
  StatementQuery,
  StatementView,
  SubjectQuery,
  TransfersView,
  TrialBalanceView,
} from './schema.ts';
import { findAccount, listAccounts } from './store.ts';

const readers: readonly Role[] = ['finance', 'auditor', 'admin', 'compliance'];
const PERIOD_DAYS = 30;
const tags = ['ledger'];

export function ledgerRoutes(app: App, deps: { db: Db; clock: Clock }): void {
  accountRoutes(app, deps);
  statementRoutes(app, deps);
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
  const statementOf = async (
    code: string,
    days: { from?: string; to?: string },
  ): Promise<{ found: Statement; from: string; to: string }> => {
    const to = days.to ?? chinaDay(clock.now());
    const from = days.from ?? addDays(to, 1 - PERIOD_DAYS);
    if (!isDay(from) || !isDay(to)) throw new Refused('invalid_input');
    const period = { from: chinaInstant(from), to: chinaInstant(addDays(to, 1)) };
    if (period.from >= period.to) throw new Refused('invalid_input');
    if (!(await findAccount(db, code))) throw new Refused('not_found');
    return { found: await statement(db, code, period), from, to };
  };

  app.get(
    '/v1/console/ledger/accounts/:code/statement',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Opening balance, entries with running balance, closing balance.',
        params: CodeParams,
        querystring: StatementQuery,
        response: { 200: StatementView, '4xx': Problem },
      },
    },
    async ({ params: { code }, query }) => {
      const { found, from, to } = await statementOf(code, query);
      return {
        account: code,
        from,
        to,
        openingFen: String(found.opening),
        closingFen: String(found.closing),
        entries: found.entries.map(({ at, amount, balance, ...rest }) => ({
          ...rest,
          at: at.toISOString(),
          amountFen: String(amount),
          balanceFen: String(balance),
        })),
      };
    },
  );

  app.get(
    '/v1/console/ledger/accounts/:code/statement.csv',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'The statement as a table for spreadsheets; amounts in yuan.',
        params: CodeParams,
        querystring: StatementQuery,
        response: {
          200: { content: { 'text/csv': { schema: Type.String() } } },
          '4xx': Problem,
        },
      },
    },
    async ({ params: { code }, query, headers }, reply) => {
      const { found, from, to } = await statementOf(code, query);
      const file = `${code.replace(':', '-')}_${from}_${to}.csv`;
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${file}"`);
      return statementCsv(found, languageOf(headers['accept-language']));
    },
  );
}

/** 31 February has the form of a day; years far off are no day of ours, and no date of the database either. */
const isDay = (day: string): boolean => day >= '2000' && day < '3000' && addDays(day, 0) === day;
