/** Settlement over HTTP: one's own account and payouts, the published promise, and the bank's callbacks. */
import { Type } from 'typebox';
import { type App, callerOf, PageQuery, Problem, pageOf } from '#platform';
import { type AccountFacts, accountOf, putAccount } from './account.ts';
import { receiveCallback } from './callback.ts';
import { charityRoutes } from './charity/routes.ts';
import { consoleRoutes } from './console_routes.ts';
import { promiseAt } from './domain.ts';
import { payInRoutes } from './payin/routes.ts';
import { recyclerMoneyRoutes } from './recycler/routes.ts';
import { reserveRoutes } from './reserve_routes.ts';
import {
  CallbackAnswer,
  MaybePayoutAccount,
  PAYOUT_POLICY,
  PayoutAccountView,
  PayoutPage,
  PayoutPolicyView,
  PutPayoutAccount,
} from './schema.ts';
import type { SettlementDeps } from './step.ts';
import { listPayouts } from './store.ts';
import { payoutViews } from './views.ts';

const tags = ['settlement'];

export function settlementRoutes(app: App, deps: SettlementDeps): void {
  accountRoutes(app, deps);
  payoutRoutes(app, deps);
  callbackRoute(app, deps);
  consoleRoutes(app, deps);
  payInRoutes(app, deps);
  reserveRoutes(app, deps);
  charityRoutes(app, deps);
  recyclerMoneyRoutes(app, deps);
}

const accountView = ({ since, ...account }: AccountFacts) => ({
  ...account,
  since: since.toISOString(),
});

function accountRoutes(app: App, deps: SettlementDeps): void {
  app.get(
    '/v1/me/payout-account',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'The bank account I am paid to, masked.',
        response: { 200: MaybePayoutAccount, '4xx': Problem },
      },
    },
    async (request) => {
      const account = await accountOf(deps, callerOf(request).userId);
      return account ? { account: accountView(account) } : {};
    },
  );

  app.put(
    '/v1/me/payout-account',
    {
      // `secret`: neither the number nor the answer is kept for a replay.
      config: { access: 'user', stepUp: true, secret: true },
      schema: {
        tags,
        summary: 'Sets the account I am paid to; it must be in my verified name.',
        body: PutPayoutAccount,
        response: { 200: PayoutAccountView, '4xx': Problem },
      },
    },
    async (request) =>
      accountView(await putAccount(deps, { userId: callerOf(request).userId, ...request.body })),
  );
}

function payoutRoutes(app: App, { db, clock }: SettlementDeps): void {
  app.get(
    '/v1/me/payouts',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'My payouts, newest first, each with its promised day.',
        querystring: Type.Object(PageQuery),
        response: { 200: PayoutPage, '4xx': Problem },
      },
    },
    async (request) => {
      const { cursor, limit = 20 } = request.query;
      const { userId } = callerOf(request);
      const rows = await listPayouts(db, { userId, before: cursor, limit });
      return pageOf(rows, limit, await payoutViews(db, rows));
    },
  );

  app.get(
    '/v1/payout-policy',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'When money credited now would be there, and what we pay when it is late.',
        response: { 200: PayoutPolicyView, '4xx': Problem },
      },
    },
    async () => ({
      ...PAYOUT_POLICY,
      compensationMinFenPerDay: String(PAYOUT_POLICY.compensationMinFenPerDay),
      checkFromFen: String(PAYOUT_POLICY.checkFromFen),
      ...promiseAt(clock.now()),
    }),
  );
}

function callbackRoute(app: App, deps: SettlementDeps): void {
  // A scope of its own, since only here the body stays as it came: the signature is over its bytes.
  app.register((scope: App, _options: unknown, registered: () => void) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    scope.post(
      '/v1/psp/callback',
      {
        config: { access: 'public', secret: true },
        schema: {
          tags,
          summary: 'The custody bank tells what became of a transfer or a collection.',
          response: { 200: CallbackAnswer, '4xx': Problem },
        },
      },
      async ({ headers, body }) => {
        const bytes: unknown = body;
        await receiveCallback(deps, {
          headers,
          body: Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0),
        });
        return { received: true };
      },
    );
    registered();
  });
}
