/** What the desk sees of sales by re-issue: those that ended, or may end, otherwise than they should. */
import type { Static } from 'typebox';
import { type App, Problem, type Reader } from '#platform';
import type { ChainDeps } from './deps.ts';
import { ReissueDeskList, type ReissueDeskView } from './reissue-schema.ts';
import { type Reissue, troubled } from './reissue-store.ts';
import { findToken } from './store.ts';

const tags = ['exchange'];
const no = { '4xx': Problem };
const READERS = ['compliance', 'risk', 'auditor', 'admin'] as const;
const SHOWN = 50;

export function reissueRoutes(app: App, { db }: ChainDeps): void {
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
