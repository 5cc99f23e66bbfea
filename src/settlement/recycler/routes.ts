/** Routes of a recycler's money for its people: wallet, top-ups, withdrawals, the bank account, statements. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { statement, statementFile } from '#ledger';
import { requireMember, type TeamRole } from '#parties';
import {
  type App,
  addDays,
  callerOf,
  chinaDay,
  chinaInstant,
  type Fen,
  inTransaction,
  languageOf,
  Problem,
  parseFen,
  Refused,
} from '#platform';
import type { SettlementDeps } from '../step.ts';
import { askTopUp, putCompanyAccount, withdraw } from './act.ts';
import { recyclerMoneyConsole } from './console-routes.ts';
import { depositOf, walletOf } from './money.ts';
import {
  ById,
  CompanyAccountBody,
  RecyclerStatement,
  StatementQuery,
  TopUpBody,
  WalletView,
  WithdrawBody,
} from './schema.ts';
import { walletView } from './view.ts';

const tags = ['recyclers'];
const no = { '4xx': Problem };
/** A statement covers a year at most. */
const DAYS_MAX = 366;

type Request = FastifyRequest<{ Params: { id: string } }>;

export function recyclerMoneyRoutes(app: App, deps: SettlementDeps): void {
  walletRoutes(app, deps);
  statementRoutes(app, deps);
  recyclerMoneyConsole(app, deps);
}

/** Refuses `not_found` to strangers. */
async function memberIn({ db }: SettlementDeps, request: Request, role: TeamRole) {
  const who = { recyclerId: request.params.id, userId: callerOf(request).userId };
  return { ...who, shop: await requireMember(db, { ...who, role }) };
}

function amountIn(text: string): Fen {
  const amount = parseFen(text);
  if (amount === undefined || amount <= 0n) throw new Refused('invalid_input');
  return amount;
}

function walletRoutes(app: App, deps: SettlementDeps): void {
  const { db, clock } = deps;
  const on = (summary: string) => ({
    ...{ tags, summary, params: ById, response: { 200: WalletView, ...no } },
  });
  app.get(
    '/v1/recyclers/:id/wallet',
    {
      config: { access: 'user', scope: 'read' },
      schema: on('Free and held money, open holds, the deposit, top-ups and payouts.'),
    },
    async (request) => {
      const { recyclerId } = await memberIn(deps, request, 'viewer');
      return await walletView(deps, recyclerId);
    },
  );
  app.post(
    '/v1/recyclers/:id/top-ups',
    {
      config: { access: 'user', scope: 'top_up' },
      schema: {
        ...on('Ask the custody bank for money into the wallet or the deposit.'),
        body: TopUpBody,
      },
    },
    async (request) => {
      const { target } = request.body;
      const role = target === 'deposit' ? 'owner' : 'buyer';
      const { recyclerId, userId } = await memberIn(deps, request, role);
      const ask = { recyclerId, userId, target, amountFen: amountIn(request.body.amountFen) };
      await inTransaction(db, (tx) => askTopUp(tx, { ...ask, at: clock.now() }));
      return await walletView(deps, recyclerId);
    },
  );
  app.post(
    '/v1/recyclers/:id/withdrawals',
    {
      config: { access: 'user', stepUp: true },
      schema: { ...on('Free wallet money to the company’s own account.'), body: WithdrawBody },
    },
    async (request) => {
      const { recyclerId, userId } = await memberIn(deps, request, 'owner');
      const amountFen = amountIn(request.body.amountFen);
      await inTransaction(db, (tx) =>
        withdraw(tx, { recyclerId, userId, amountFen, at: clock.now() }),
      );
      return await walletView(deps, recyclerId);
    },
  );
  app.put(
    '/v1/recyclers/:id/payout-account',
    {
      // `secret`: neither the number nor the answer is kept for a replay.
      config: { access: 'user', stepUp: true, secret: true },
      schema: {
        ...on('Sets the account that money goes back to; it is in the company’s name.'),
        body: CompanyAccountBody,
      },
    },
    async (request) => {
      const { recyclerId, shop } = await memberIn(deps, request, 'owner');
      if (shop.state === 'applied') throw new Refused('wrong_state', { state: shop.state });
      const at = clock.now();
      await putCompanyAccount(deps, { recyclerId, name: shop.name, at, ...request.body });
      return await walletView(deps, recyclerId);
    },
  );
}

function statementRoutes(app: App, deps: SettlementDeps): void {
  const { db, clock } = deps;
  const asked = async (
    request: Request & { query: { from?: string; to?: string; of?: 'wallet' | 'deposit' } },
  ) => {
    const { recyclerId } = await memberIn(deps, request, 'viewer');
    const { of = 'wallet', to = chinaDay(clock.now()), from = to } = request.query;
    if (!isDay(from) || !isDay(to)) throw new Refused('invalid_input');
    const period = { from: chinaInstant(from), to: chinaInstant(addDays(to, 1)) };
    if (period.from >= period.to || addDays(from, DAYS_MAX) < to)
      throw new Refused('invalid_input');
    const code = of === 'wallet' ? walletOf(recyclerId) : depositOf(recyclerId);
    return { of, from, to, period, code, recyclerId };
  };
  app.get(
    '/v1/recyclers/:id/statement',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'Opening balance, entries with the balance after each, closing balance.',
        params: ById,
        querystring: StatementQuery,
        response: { 200: RecyclerStatement, ...no },
      },
    },
    async (request) => {
      const { of, from, to, period, code } = await asked(request);
      const { opening, closing, entries } = await statement(db, code, period);
      return {
        ...{ of, from, to, openingFen: String(opening), closingFen: String(closing) },
        entries: entries.map(({ at, kind, subject, amount, balance }) => ({
          ...{ at: at.toISOString(), kind, subject },
          ...{ amountFen: String(amount), balanceFen: String(balance) },
        })),
      };
    },
  );
  for (const format of ['csv', 'xlsx'] as const)
    app.get(
      `/v1/recyclers/:id/statement.${format}`,
      {
        config: { access: 'user' },
        schema: {
          tags,
          summary:
            'The statement for spreadsheets, in yuan; ends with opening + amounts = closing.',
          params: ById,
          querystring: StatementQuery,
          response: { 200: { content: { [MEDIA[format]]: { schema: Type.String() } } }, ...no },
        },
      },
      async (request, reply) => {
        const { of, from, to, period, code } = await asked(request);
        const language = languageOf(request.headers['accept-language']);
        const file = await statementFile(db, { code, ...period, language, format });
        const answer: FastifyReply = reply;
        return answer
          .type(format === 'csv' ? `${MEDIA.csv}; charset=utf-8` : MEDIA.xlsx)
          .header('content-disposition', `attachment; filename="${of}_${from}_${to}.${format}"`)
          .send(file);
      },
    );
}

const MEDIA = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

/** 31 February has the form of a day; years far off are no day of ours. */
const isDay = (day: string): boolean => day >= '2000' && day < '3000' && addDays(day, 0) === day;
