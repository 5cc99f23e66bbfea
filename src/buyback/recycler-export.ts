/** What a recycler bought, as a file for spreadsheets; nothing of whom it bought from. */
import { Type } from 'typebox';
import type { Recyclers } from '#auctions';
import { findProduct } from '#cards';
import { MEDIA, type SheetColumn, sendFile, sheetFile } from '#ledger';
import {
  type App,
  Body,
  callerOf,
  chinaMinute,
  type Db,
  Id,
  type Language,
  languageOf,
  Problem,
  type Reader,
} from '#platform';
import { buyback } from './life.ts';
import { listOrders, type Order } from './store.ts';

const ORDERS_MAX = 50_000;
const heads: Record<Language, readonly string[]> = {
  zh: [
    '下单时间（北京）',
    '订单',
    '卡种',
    '面值（元）',
    '价款（元）',
    '到期日',
    '核验等级',
    '状态',
  ],
  en: [
    'Ordered (China)',
    'Order',
    'Product',
    'Face (yuan)',
    'Price (yuan)',
    'Expires',
    'Grade',
    'State',
  ],
};

/** Newest first. */
export function orderExport(app: App, { db, recyclers }: { db: Db; recyclers: Recyclers }): void {
  for (const format of ['csv', 'xlsx'] as const)
    app.get(
      `/v1/recyclers/:id/orders.${format}`,
      {
        config: { access: 'user', scope: 'read' },
        schema: {
          tags: ['recyclers'],
          summary: `The last ${ORDERS_MAX} cards that were bought, as ${format.toUpperCase()}.`,
          params: Body({ id: Id }),
          response: {
            200: { content: { [MEDIA[format]]: { schema: Type.String() } } },
            '4xx': Problem,
          },
        },
      },
      async (request, reply) => {
        const { id: recycler } = request.params as { id: string };
        const { userId } = callerOf(request);
        await recyclers.requireMember(db, { recyclerId: recycler, userId });
        const rows = (await listOrders(db, { recycler, limit: ORDERS_MAX })).slice(0, ORDERS_MAX);
        const language = languageOf(request.headers['accept-language']);
        const columns = await columnsOf(db, rows, language);
        const file = await sheetFile({ name: 'orders', columns, rows }, format);
        return sendFile(reply, { format, name: 'orders', file });
      },
    );
}

async function columnsOf(
  reader: Reader,
  orders: readonly Order[],
  language: Language,
): Promise<SheetColumn<Order>[]> {
  const names = new Map<string, string>();
  for (const sku of new Set(orders.map((order) => order.sku)))
    names.set(sku, (await findProduct(reader, sku))?.name[language] ?? sku);
  const cells: SheetColumn<Order>['of'][] = [
    (order) => chinaMinute(order.created_at),
    (order) => order.id,
    (order) => names.get(order.sku),
    (order) => order.face_fen,
    (order) => order.price_fen,
    (order) => order.expires_on ?? undefined,
    (order) => order.grade ?? undefined,
    (order) => buyback.states[order.state]?.[language],
  ];
  return cells.map((of, index) => ({ head: heads[language][index] ?? '', of }));
}
