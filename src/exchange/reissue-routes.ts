/** What the desk sees of sales by re-issue that ended, or may end, otherwise than they should, and what it can do. */
import type { Static } from 'typebox';
import { type App, Body, callerOf, Id, Problem, type Reader } from '#platform';
import { handOver } from './case.ts';
import { ThawBody } from './case-schema.ts';
import type { ChainDeps } from './deps.ts';
import { askMore } from './reissue.ts';
import { ReissueDeskList, type ReissueDeskView } from './reissue-schema.ts';
import { type Reissue, troubled } from './reissue-store.ts';
import { findToken } from './store.ts';

const tags = ['exchange'];
const no = { '4xx': Problem };
const READERS = ['compliance', 'risk', 'auditor', 'admin'] as const;
const SHOWN = 50;

export function reissueRoutes(app: App, deps: ChainDeps): void {
  const { db, clock } = deps;
  app.get(
    '/v1/console/exchange/reissues',
    {
      config: { access: READERS },
      schema: {
        ...{ tags, summary: 'Sales by re-issue that people should look at, newest first.' },
        response: { 200: ReissueDeskList, ...no },
      },
    },
    async () => {
      const rows = await troubled(db, SHOWN);
      return { items: await Promise.all(rows.map((row) => view(db, row))) };
    },
  );
  app.post(
    '/v1/console/exchange/reissues/:id/ask',
    {
      config: { access: ['compliance', 'risk'] },
      schema: {
        ...{ tags, summary: 'Ask an issuer that never answered what became of a re-issue.' },
        ...{ params: Body({ id: Id }), body: Body({}), response: { 200: Body({}), ...no } },
      },
    },
    async (request) => {
      const { userId: by } = callerOf(request);
      await askMore(deps, { id: request.params.id, by, at: clock.now() });
      return {};
    },
  );
  app.post(
    '/v1/console/exchange/reissues/:id/hand-over',
    {
      config: { access: ['compliance'], stepUp: true },
      schema: {
        ...{ tags, summary: 'Hand a re-issued card that the contract kept to its buyer.' },
        ...{ params: Body({ id: Id }), body: ThawBody, response: { 200: Body({}), ...no } },
      },
    },
    async (request) => {
      const { userId: by } = callerOf(request);
      const { params, body } = request;
      await handOver(deps, { id: params.id, by, reason: body.reason, at: clock.now() });
      return {};
    },
  );
}

async function view(reader: Reader, of: Reissue): Promise<Static<typeof ReissueDeskView>> {
  const token = await findToken(reader, of.token_ref);
  return {
    ...{ id: of.id, state: of.state, priceFen: String(of.price_fen) },
    product: { zh: token?.product_zh ?? '', en: token?.product_en ?? '' },
    last4: token?.last4 ?? '',
    ...{ until: of.until.toISOString(), at: of.created_at.toISOString() },
    ...(of.reason !== null && { reason: of.reason }),
  };
}
