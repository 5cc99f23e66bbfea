/** The guarantee fund in the console: what it can pay, what it is owed, and how it is filled. */
import { type App, callerOf, fen, inTransaction, Problem, type Role } from '#platform';
import { listTopUps } from './bank_store.ts';
import { reserveFacts } from './reserve.ts';
import { listRecoveries } from './reserve_store.ts';
import { FillReserve, ReserveView, TopUpView } from './schema.ts';
import type { SettlementDeps } from './step.ts';
import { topUp } from './top_up.ts';
import { topUpView } from './views.ts';

const readers: readonly Role[] = ['finance', 'auditor', 'admin'];
const writers: readonly Role[] = ['finance', 'admin'];
const tags = ['settlement'];
const ROWS_MAX = 50;
/** Who the custody bank collects from: the platform's own account. */
const OURSELVES = 'platform';

export function reserveRoutes(app: App, { db, clock }: SettlementDeps): void {
  app.get(
    '/v1/console/reserve',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'What the guarantee fund can pay out now, what others owe it, and its top-ups.',
        response: { 200: ReserveView, '4xx': Problem },
      },
    },
    async () => {
      const { cashFen, claimsFen, lowWaterFen, isLow } = await reserveFacts(db);
      const topUps = await listTopUps(db, ROWS_MAX, 'reserve');
      return {
        ...{ cashFen: String(cashFen), claimsFen: String(claimsFen) },
        ...{ lowWaterFen: String(lowWaterFen), isLow },
        topUps: topUps.map(topUpView),
        claims: (await listRecoveries(db, ROWS_MAX)).map((row) => ({
          ...{ id: row.id, subject: row.subject, reason: row.reason, userId: row.userId },
          ...{ amountFen: String(row.amount), collectedFen: String(row.collected) },
          createdAt: row.createdAt.toISOString(),
        })),
      };
    },
  );

  app.post(
    '/v1/console/reserve/top-ups',
    {
      config: { access: writers, stepUp: true },
      schema: {
        tags,
        summary: 'Collects our own money into the guarantee fund; there when the bank has it.',
        body: FillReserve,
        response: { 200: TopUpView, '4xx': Problem },
      },
    },
    async (request) => {
      const amountFen = fen(BigInt(request.body.amountFen));
      const ask = { recycler: OURSELVES, target: 'reserve', amountFen, at: clock.now() } as const;
      const by = callerOf(request).userId;
      return topUpView(await inTransaction(db, (tx) => topUp(tx, { ...ask, by })));
    },
  );
}
