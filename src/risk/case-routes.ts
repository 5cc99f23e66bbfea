/** Suspicions over HTTP: the queue, each case with its draft, and the decision of it. For compliance alone. */
import { identityOf, maskName } from '#parties';
import {
  type App,
  Body,
  callerOf,
  inTransaction,
  Page,
  PageQuery,
  Problem,
  pageOf,
  Refused,
  type Role,
  type Tx,
} from '#platform';
import { allowed, look } from '#process';
import { clearCase, reportCase, stepCase } from './case.ts';
import { riskCase } from './case-life.ts';
import { type Case, findCase, listCases } from './case-store.ts';
import type { RiskDeps } from './deps.ts';
import { ById, CaseRow, CasesQuery, CaseView, EmptyBody, WhyBody } from './schema.ts';
import { storyOf } from './story.ts';

const readers: readonly Role[] = ['compliance'];
const tags = ['console'];
const no = { '4xx': Problem };

export function caseRoutes(app: App, deps: RiskDeps): void {
  reads(app, deps);
  acts(app, deps);
}

function reads(app: App, deps: RiskDeps): void {
  app.get(
    '/v1/console/aml/cases',
    {
      config: { access: readers },
      schema: {
        ...{ tags, summary: 'Suspicions, newest first.' },
        querystring: Body({ ...PageQuery, ...CasesQuery }),
        response: { 200: Page(CaseRow), ...no },
      },
    },
    async ({ query: { cursor, limit = 20, state } }) =>
      pageOf(await listCases(deps.db, { cursor, limit, state }), limit, rowOf),
  );
  app.get(
    '/v1/console/aml/cases/:id',
    {
      config: { access: readers },
      schema: {
        ...{ tags, summary: 'A suspicion with the draft of its report.', params: ById },
        response: { 200: CaseView, ...no },
      },
    },
    async ({ params: { id } }) => await viewOf(deps, id),
  );
}

function acts(app: App, deps: RiskDeps): void {
  const { db, clock } = deps;
  app.post(
    '/v1/console/aml/cases/:id/draft',
    {
      config: { access: readers, stepUp: true },
      schema: {
        ...{ tags, summary: 'Looked into: it goes on as a draft.', params: ById, body: EmptyBody },
        response: { 200: CaseView, ...no },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { userId: actor } = callerOf(request);
      const step = { id, transition: 'draft', by: 'compliance', actor, at: clock.now() } as const;
      await inTransaction(db, (tx) => stepCase(tx, step));
      return await viewOf(deps, id);
    },
  );
  const decide = {
    report: {
      summary: 'The draft goes to the payment institution.',
      act: (tx: Tx, made: Parameters<typeof clearCase>[1]) => reportCase(tx, deps, made),
    },
    clear: { summary: 'Nothing is behind it.', act: clearCase },
  };
  for (const [what, { summary, act }] of Object.entries(decide))
    app.post(
      `/v1/console/aml/cases/:id/${what}`,
      {
        config: { access: readers, stepUp: true },
        schema: {
          ...{ tags, summary, params: ById, body: WhyBody },
          response: { 200: CaseView, ...no },
        },
      },
      async (request) => {
        const { id } = request.params;
        const { userId: actor } = callerOf(request);
        const { why } = request.body;
        await inTransaction(db, (tx) => act(tx, { id, actor, why, at: clock.now() }));
        return await viewOf(deps, id);
      },
    );
}

const rowOf = (found: Case) => ({
  ...{ id: found.id, kind: found.kind, partyKind: found.partyKind, partyId: found.partyId },
  ...(found.subject !== undefined && { subject: found.subject }),
  ...{ amountFen: String(found.amountFen), reasons: [...found.reasons], facts: found.facts },
  ...{ state: found.state, openedAt: found.openedAt.toISOString() },
  ...(found.decidedBy !== undefined && { decidedBy: found.decidedBy }),
  ...(found.decidedAt && { decidedAt: found.decidedAt.toISOString() }),
  ...(found.decision !== undefined && { decision: found.decision }),
  ...(found.reportId !== undefined && { reportId: found.reportId }),
});

async function viewOf({ db, keys }: RiskDeps, id: string) {
  const found = await findCase(db, id);
  if (!found) throw new Refused('not_found');
  const party = { kind: found.partyKind, id: found.partyId };
  const name = (await identityOf(db, keys, party))?.name.reveal();
  const due = (await look(db, id))?.dueAt;
  return {
    ...rowOf(found),
    ...(due && { deadline: due.toISOString() }),
    ...(name !== undefined && { partyName: party.kind === 'person' ? maskName(name) : name }),
    draft: storyOf(found),
    allowed: allowed(riskCase, found.state, 'compliance'),
  };
}
