/** Settlement in the console: payouts, runs with a second person, the treasury, the daily comparison. */

import { Type } from 'typebox';
import { balanceOf, trialBalance } from '#ledger';
import {
  type App,
  addDays,
  Body,
  callerOf,
  chinaDay,
  fen,
  Id,
  inTransaction,
  PageQuery,
  Problem,
  pageOf,
  Refused,
  type Role,
  ZERO,
} from '#platform';
import { allowed, historyOf } from '#process';
import { findAccountById } from './account_store.ts';
import { findReconciliation, listItems, listTopUps } from './bank_store.ts';
import { isRecipientsFault, promiseAt } from './domain.ts';
import { listEvents } from './event_store.ts';
import { payoutProcess } from './life.ts';
import { sumRecoveries } from './reserve_store.ts';
import { approveRun, makeRun } from './run.ts';
import { listRuns } from './run_store.ts';
import {
  AskTopUp,
  ConsolePayout,
  ConsolePayoutDetail,
  ConsolePayoutPage,
  ConsolePayoutQuery,
  PayoutRunPage,
  PayoutRunView,
  ReconciliationQuery,
  ReconciliationView,
  TopUpView,
  TreasuryView,
} from './schema.ts';
import { backToCreated, CUSTODY, type SettlementDeps } from './step.ts';
import {
  findPayout,
  listAttempts,
  listPayouts,
  lockPayout,
  type Payout,
  sumCompensation,
  sumWaiting,
} from './store.ts';
import { topUp } from './top_up.ts';
import { consoleViews, runView, topUpView } from './views.ts';

const readers: readonly Role[] = ['finance', 'auditor', 'admin'];
const writers: readonly Role[] = ['finance', 'admin'];
const tags = ['settlement'];
const params = Body({ id: Id });
const ITEMS_MAX = 500;
const TOP_UPS_MAX = 50;

export function consoleRoutes(app: App, deps: SettlementDeps): void {
  payoutRoutes(app, deps);
  runRoutes(app, deps);
  treasuryRoutes(app, deps);
  reconciliationRoute(app, deps);
}

function payoutRoutes(app: App, deps: SettlementDeps): void {
  const { db, clock, changed } = deps;
  app.get(
    '/v1/console/payouts',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Payouts, newest first, of one state or of all.',
        querystring: ConsolePayoutQuery,
        response: { 200: ConsolePayoutPage, '4xx': Problem },
      },
    },
    async ({ query: { cursor, limit = 20, state } }) => {
      const of = state === undefined ? {} : { state };
      const rows = await listPayouts(db, { ...of, before: cursor, limit });
      return pageOf(rows, limit, await consoleViews(db, rows));
    },
  );

  app.get(
    '/v1/console/payouts/:id',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'One payout with its numbers at the bank, what the bank said, and every step.',
        params,
        response: { 200: ConsolePayoutDetail, '4xx': Problem },
      },
    },
    async (request) => {
      const payout = await findPayout(db, request.params.id);
      if (!payout) throw new Refused('not_found');
      return await detailOf(deps, payout);
    },
  );

  app.post(
    '/v1/console/payouts/:id/retry',
    {
      config: { access: writers },
      schema: {
        tags,
        summary: 'A payout that failed or came back waits for the next run again.',
        params,
        body: Body({}),
        response: { 200: ConsolePayout, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { userId: actor } = callerOf(request);
      const at = clock.now();
      await inTransaction(db, async (tx) => {
        const payout = await lockPayout(tx, id);
        if (!payout) throw new Refused('not_found');
        const step = { transition: 'retry', by: 'operator', actor, at } as const;
        const isOurs = !isRecipientsFault(payout.failure);
        await backToCreated(tx, payout, { ...step, to: promiseAt(at), isOurs }, changed);
      });
      return await viewOf(deps, id);
    },
  );
}

async function viewOf({ db }: SettlementDeps, id: string): Promise<ConsolePayout> {
  const payout = await findPayout(db, id);
  if (!payout) throw new Refused('not_found');
  return (await consoleViews(db, [payout]))(payout);
}

async function detailOf({ db }: SettlementDeps, payout: Payout) {
  const attempts = await listAttempts(db, payout.id);
  const accounts = await Promise.all(attempts.map((one) => findAccountById(db, one.accountId)));
  const events = await listEvents(
    db,
    attempts.map(({ outNo }) => outNo),
  );
  const view = await consoleViews(db, [payout]);
  return {
    payout: view(payout),
    allowed: allowed(payoutProcess, payout.state, 'operator'),
    attempts: attempts.map(({ outNo, status, asks, startedAt, knownAt }, index) => ({
      ...{ outNo, status, asks },
      accountLast4: accounts[index]?.last4 ?? '',
      startedAt: startedAt.toISOString(),
      ...(knownAt && { knownAt: knownAt.toISOString() }),
    })),
    events: events.map(({ eventId, status, bankAt, receivedAt, handledAt }) => ({
      ...{ eventId, status },
      bankAt: bankAt.toISOString(),
      receivedAt: receivedAt.toISOString(),
      ...(handledAt && { handledAt: handledAt.toISOString() }),
    })),
    timeline: (await historyOf(db, payout.id)).map(({ at, transition, by, to }) => ({
      ...{ transition, by, to },
      at: at.toISOString(),
    })),
  };
}

function runRoutes(app: App, { db, clock, changed }: SettlementDeps): void {
  app.get(
    '/v1/console/payout-runs',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Payout runs, newest first.',
        querystring: Type.Object(PageQuery),
        response: { 200: PayoutRunPage, '4xx': Problem },
      },
    },
    async ({ query: { cursor, limit = 20 } }) =>
      pageOf(await listRuns(db, { before: cursor, limit }), limit, runView),
  );

  app.post(
    '/v1/console/payout-runs',
    {
      config: { access: writers },
      schema: {
        tags,
        summary: 'Makes a run of everything that waits, ahead of the cut-off.',
        body: Body({}),
        response: { 200: PayoutRunView, '4xx': Problem },
      },
    },
    async (request) => {
      const making = { by: 'maker', actor: callerOf(request).userId, at: clock.now() } as const;
      const run = await inTransaction(db, (tx) => makeRun(tx, making, changed));
      // Whoever has no account was moved to `failed` all the same: that is no reason to roll back.
      if (!run) throw new Refused('nothing_to_pay');
      return runView(run);
    },
  );

  app.post(
    '/v1/console/payout-runs/:id/approve',
    {
      config: { access: writers, stepUp: true },
      schema: {
        tags,
        summary: 'A second person approves the large payouts of a run.',
        params,
        body: Body({}),
        response: { 200: PayoutRunView, '4xx': Problem },
      },
    },
    async (request) => {
      const { id: runId } = request.params;
      const checking = { runId, checker: callerOf(request).userId, at: clock.now() };
      return runView(await inTransaction(db, (tx) => approveRun(tx, checking, changed)));
    },
  );
}

function treasuryRoutes(app: App, { db, clock }: SettlementDeps): void {
  app.get(
    '/v1/console/treasury',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'What the custody bank holds, what is on its way, and the latest top-ups.',
        response: { 200: TreasuryView, '4xx': Problem },
      },
    },
    async () => {
      const custody = await balanceOf(db, CUSTODY);
      const { classes } = await trialBalance(db);
      const inFlight = classes.find((row) => row.class === 'IN_FLIGHT')?.balance ?? ZERO;
      return {
        // An account at a bank is ours to claim: below zero in the books, above zero for people.
        custodyFen: String(fen(-custody.balance)),
        inFlightFen: String(inFlight),
        waitingFen: String(await sumWaiting(db)),
        compensationFen: String(await sumCompensation(db)),
        claimsFen: String(await sumRecoveries(db)),
        topUps: (await listTopUps(db, TOP_UPS_MAX)).map(topUpView),
      };
    },
  );

  app.post(
    '/v1/console/treasury/top-ups',
    {
      config: { access: writers },
      schema: {
        tags,
        summary: 'Collects money of a recycler into custody; credited when the bank has it.',
        body: AskTopUp,
        response: { 200: TopUpView, '4xx': Problem },
      },
    },
    async (request) => {
      const { recycler, amountFen } = request.body;
      const ask = { recycler, amountFen: fen(BigInt(amountFen)), at: clock.now() };
      const by = callerOf(request).userId;
      return topUpView(await inTransaction(db, (tx) => topUp(tx, { ...ask, by })));
    },
  );
}

function reconciliationRoute(app: App, { db, clock }: SettlementDeps): void {
  app.get(
    '/v1/console/reconciliation',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: "A day of the bank's statement beside our books; yesterday unless named.",
        querystring: ReconciliationQuery,
        response: { 200: ReconciliationView, '4xx': Problem },
      },
    },
    async ({ query }) => {
      const day = query.day ?? addDays(chinaDay(clock.now()), -1);
      const done = await findReconciliation(db, day);
      const items = await listItems(db, day, ITEMS_MAX);
      return {
        day,
        state: done ? (done.doneAt ? ('done' as const) : ('queued' as const)) : ('none' as const),
        ...(done?.doneAt && { doneAt: done.doneAt.toISOString() }),
        matched: done?.matched ?? 0,
        findings: done?.findings ?? 0,
        inFen: String(done?.inFen ?? 0n),
        outFen: String(done?.outFen ?? 0n),
        items: items.map(({ kind, ref, result, ours, theirs }) => ({
          ...{ kind, ref, result },
          ...(ours !== undefined && { oursFen: String(ours) }),
          ...(theirs !== undefined && { theirsFen: String(theirs) }),
        })),
      };
    },
  );
}
