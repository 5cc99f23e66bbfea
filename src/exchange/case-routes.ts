/** The console's cards on the chain that are stopped: which and why, and how compliance frees one. */
import type { Static } from 'typebox';
import {
  type App,
  Body,
  callerOf,
  Id,
  Page,
  PageQuery,
  Problem,
  pageOf,
  type Reader,
} from '#platform';
import { thawCard } from './case.ts';
import { FrozenCardView, ThawBody } from './case-schema.ts';
import { casesOf, type FrozenRow, frozenCards } from './case-store.ts';
import type { ChainDeps } from './deps.ts';

const tags = ['exchange'];
const no = { '4xx': Problem };
const READERS = ['compliance', 'risk', 'auditor', 'admin'] as const;

export function caseRoutes(app: App, deps: ChainDeps): void {
  const { db, clock } = deps;
  app.get(
    '/v1/console/exchange/frozen',
    {
      config: { access: READERS },
      schema: {
        ...{ tags, summary: 'Cards on the chain that are stopped, newest first.' },
        querystring: Body(PageQuery),
        response: { 200: Page(FrozenCardView), ...no },
      },
    },
    async ({ query: { limit = 20, cursor } }) => {
      const rows = await frozenCards(db, { cursor, limit: limit + 1 });
      const page = pageOf(rows, limit, (row) => row);
      return { ...page, items: await Promise.all(page.items.map((row) => view(db, row))) };
    },
  );
  app.post(
    '/v1/console/exchange/tokens/:id/thaw',
    {
      config: { access: ['compliance'], stepUp: true },
      schema: {
        ...{ tags, summary: 'Free a stopped card; its issuer is asked again once it is free.' },
        ...{ params: Body({ id: Id }), body: ThawBody, response: { 200: Body({}), ...no } },
      },
    },
    async (request) => {
      const { userId: by } = callerOf(request);
      const { params, body } = request;
      await thawCard(deps, { id: params.id, by, reason: body.reason, at: clock.now() });
      return {};
    },
  );
}

async function view(reader: Reader, row: FrozenRow): Promise<Static<typeof FrozenCardView>> {
  const { id, product_zh: zh, product_en: en, face_fen: faceFen, last4, reason } = row;
  const cases = await casesOf(reader, id);
  return {
    ...{ id, product: { zh, en }, faceFen: String(faceFen), last4 },
    ...(row.token_id !== null && { tokenId: row.token_id }),
    ...(row.owner !== null && { owner: row.owner }),
    ...(row.holding !== null && { holding: row.holding }),
    ...(reason !== null && { reason }),
    cases: cases.map((one) => ({
      ...{ id: one.id, kind: one.kind, reason: one.reason, state: one.state },
      ...{ caseHash: one.case_hash, openedAt: one.opened_at.toISOString() },
    })),
  };
}
