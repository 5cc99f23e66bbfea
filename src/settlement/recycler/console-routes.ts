/** Routes of staff about a recycler's deposit: a default is proposed by one person and decided by another. */
import { findRecycler } from '#parties';
import { type App, callerOf, fen, inTransaction, Problem, Refused, type Role } from '#platform';
import type { SettlementDeps } from '../step.ts';
import { proposeDefault, settleDefault } from './act.ts';
import { ById, DefaultBody, DepositDefaults, OnDefault } from './schema.ts';
import { defaultsView } from './view.ts';

const readers: readonly Role[] = ['risk', 'finance', 'compliance', 'auditor', 'admin'];
const makers: readonly Role[] = ['risk', 'finance', 'admin'];
const tags = ['console'];

export function recyclerMoneyConsole(app: App, { db, clock }: SettlementDeps): void {
  const on = (summary: string) => ({
    ...{ tags, summary, response: { 200: DepositDefaults, '4xx': Problem } },
  });
  app.get(
    '/v1/console/recyclers/:id/defaults',
    {
      config: { access: readers },
      schema: { ...on('Defaults taken or proposed on a recycler’s deposit.'), params: ById },
    },
    async ({ params: { id } }) => {
      if (!(await findRecycler(db, id))) throw new Refused('not_found');
      return await defaultsView(db, id);
    },
  );
  app.post(
    '/v1/console/recyclers/:id/defaults',
    {
      config: { access: makers, stepUp: true },
      schema: {
        ...on('Propose to make an order good out of the deposit.'),
        ...{ params: ById, body: DefaultBody },
      },
    },
    async (request) => {
      const { id: recycler } = request.params;
      const { amountFen, ...rest } = request.body;
      const amount = fen(BigInt(amountFen));
      const { userId: proposedBy } = callerOf(request);
      const ask = { ...rest, recycler, amount, proposedBy, at: clock.now() };
      await inTransaction(db, (tx) => proposeDefault(tx, ask));
      return await defaultsView(db, recycler);
    },
  );
  const acts = {
    approve: 'Pay it to the seller: a second person does.',
    drop: 'Let it go.',
  } as const;
  for (const act of ['approve', 'drop'] as const)
    app.post(
      `/v1/console/recyclers/:id/defaults/:defaultId/${act}`,
      {
        config: { access: makers, stepUp: true },
        schema: { ...on(acts[act]), params: OnDefault },
      },
      async (request) => {
        const { id: recycler, defaultId: id } = request.params;
        const { userId: actor } = callerOf(request);
        const at = clock.now();
        await inTransaction(db, (tx) => settleDefault(tx, { id, recycler, act, actor, at }));
        return await defaultsView(db, recycler);
      },
    );
}
