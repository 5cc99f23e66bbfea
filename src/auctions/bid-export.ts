/** Standing bids of a recycler as a file for spreadsheets, a line for each step of a curve. */
import { Type } from 'typebox';
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
} from '#platform';
import type { Step } from './domain.ts';
import type { Recyclers } from './recyclers.ts';
import { bidsOf, type StandingBid } from './store.ts';

const BIDS_MAX = 5_000;
const heads: Record<Language, readonly string[]> = {
  zh: [
    ...['挂单时间（北京）', '挂单', '商品编号', '最低面值（元）', '最高面值（元）'],
    ...['每日预算（元）', '最低核验等级', '价格（面值%）', '张数', '停止时间（北京）'],
  ],
  en: [
    ...['Placed (China)', 'Bid', 'Product', 'Least face (yuan)', 'Most face (yuan)'],
    ...['Daily budget (yuan)', 'Weakest grade', 'Price (% of face)', 'Cards', 'Stopped (China)'],
  ],
};

interface Line {
  readonly bid: StandingBid;
  readonly step: Step;
}
const cells: readonly SheetColumn<Line>['of'][] = [
  ({ bid }) => chinaMinute(bid.createdAt),
  ({ bid }) => bid.id,
  ({ bid }) => bid.terms.sku,
  ({ bid }) => bid.terms.faceMinFen,
  ({ bid }) => bid.terms.faceMaxFen,
  ({ bid }) => bid.terms.dailyBudgetFen,
  ({ bid }) => bid.terms.gradeMin,
  ({ step }) => (step.rateBps / 100).toFixed(2),
  ({ step }) => String(step.quantity),
  ({ bid }) => bid.stoppedAt && chinaMinute(bid.stoppedAt),
];

/** Live ones first. */
export function bidExport(app: App, { db, recyclers }: { db: Db; recyclers: Recyclers }): void {
  for (const format of ['csv', 'xlsx'] as const)
    app.get(
      `/v1/recyclers/:id/bids.${format}`,
      {
        config: { access: 'user', scope: 'read' },
        schema: {
          tags: ['recyclers'],
          summary: `Standing bids, live and stopped, as ${format.toUpperCase()}.`,
          params: Body({ id: Id }),
          response: {
            200: { content: { [MEDIA[format]]: { schema: Type.String() } } },
            '4xx': Problem,
          },
        },
      },
      async (request, reply) => {
        const { id: recyclerId } = request.params as { id: string };
        const { userId } = callerOf(request);
        await recyclers.requireMember(db, { recyclerId, userId });
        const bids = await bidsOf(db, { recyclerId, limit: BIDS_MAX });
        const rows = bids.flatMap((bid) => bid.terms.curve.map((step) => ({ bid, step })));
        const language = languageOf(request.headers['accept-language']);
        const columns = cells.map((of, index) => ({ head: heads[language][index] ?? '', of }));
        const file = await sheetFile({ name: 'bids', columns, rows }, format);
        return sendFile(reply, { format, name: 'bids', file });
      },
    );
}
