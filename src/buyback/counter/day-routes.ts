/** Routes of a till's day: what it took, its close by a person, the closes before it, and a statement of each. */
import { Type } from 'typebox';
import { MEDIA, sendFile, sheetFile } from '#ledger';
import {
  type App,
  Body,
  callerOf,
  chinaDay,
  chinaMinute,
  type Fen,
  fen,
  Id,
  isDay,
  type Language,
  languageOf,
  PageQuery,
  Problem,
  pageOf,
  Refused,
} from '#platform';
import { closeDay, type Line, linesOf } from './close.ts';
import type { CounterRoutesDeps } from './routes.ts';
import { CloseBody, ClosePage, CloseView, DayQuery, DayView, Till } from './schema.ts';
import { type Close, countWaiting, findClose, listCloses } from './store.ts';
import { closeView, lineView } from './view.ts';

const tags = ['counter'];
const no = { '4xx': Problem };
const OnShop = Body({ id: Id });
const OnTill = Body({ id: Id, till: Till });
const OnClose = Body({ id: Id, closeId: Id });
const CLOSES_MAX = 100;

export function dayRoutes(app: App, deps: CounterRoutesDeps): void {
  dayRoute(app, deps);
  closeRoutes(app, deps);
  statementRoutes(app, deps);
}

function dayRoute(app: App, { db, keys, clock, recyclers }: CounterRoutesDeps): void {
  app.get(
    '/v1/recyclers/:id/counter/tills/:till/day',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'What counts on this day at this till, today unless another is named.',
        params: OnTill,
        querystring: DayQuery,
        response: { 200: DayView, ...no },
      },
    },
    async (request) => {
      const { id: recycler, till } = request.params;
      const { userId } = callerOf(request);
      await recyclers.requireMember(db, { recyclerId: recycler, userId });
      const { day = chinaDay(clock.now()) } = request.query;
      if (!isDay(day)) throw new Refused('invalid_input');
      const lines = await linesOf(db, keys, { recycler, till, day });
      const closes = await listCloses(db, { recycler, till, limit: CLOSES_MAX });
      const close = closes.find((one) => one.day === day);
      const kept = lines.filter((line) => !line.isBack);
      const sum = (of: (line: Line) => bigint): string =>
        String(kept.reduce((total, line) => total + of(line), 0n));
      return {
        ...{ till, day, lines: lines.map(lineView), cashFen: '0' },
        ...{ expected: kept.length, returned: lines.length - kept.length },
        waiting: await countWaiting(db, { recycler, till }),
        ...{ faceFen: sum((line) => line.faceFen), netFen: sum((line) => line.netFen) },
        ...(close && { close: closeView(close) }),
      };
    },
  );
}

function closeRoutes(app: App, { db, clock, recyclers }: CounterRoutesDeps): void {
  app.post(
    '/v1/recyclers/:id/counter/closes',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Closes a day of a till: a person counted the drawer and explains what differs.',
        params: OnShop,
        body: CloseBody,
        response: { 201: CloseView, ...no },
      },
    },
    async (request, reply) => {
      const { id: recycler } = request.params;
      const { userId } = callerOf(request);
      await recyclers.requireMember(db, { recyclerId: recycler, userId, role: 'buyer' });
      if (!isDay(request.body.day)) throw new Refused('invalid_input');
      const close = await closeDay(db, { recycler, userId, ...request.body, at: clock.now() });
      return reply.code(201).send(closeView(close));
    },
  );
  app.get(
    '/v1/recyclers/:id/counter/closes',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Closed days, newest first.',
        params: OnShop,
        querystring: Body(PageQuery),
        response: { 200: ClosePage, ...no },
      },
    },
    async (request) => {
      const { id: recycler } = request.params;
      const { userId } = callerOf(request);
      await recyclers.requireMember(db, { recyclerId: recycler, userId });
      const { limit = 20, cursor } = request.query;
      return pageOf(await listCloses(db, { recycler, cursor, limit }), limit, closeView);
    },
  );
}

const words = {
  zh: {
    heads: ['确认时间（北京）', '凭证号', '卡券', '面值（元）', '到手（元）', '状态'],
    kept: '已收',
    back: '已退卡',
    sum: (close: Close) =>
      `应有 ${close.expected} 张，清点 ${close.counted} 张；现金 0.00 元；退卡 ${close.returned} 张`,
    note: '差异说明',
    closed: '日结时间',
  },
  en: {
    heads: ['Agreed (China)', 'Receipt', 'Card', 'Face (yuan)', 'Seller gets (yuan)', 'State'],
    kept: 'bought',
    back: 'given back',
    sum: (close: Close) =>
      `${close.expected} expected, ${close.counted} counted; cash 0.00; ${close.returned} given back`,
    note: 'Difference',
    closed: 'Closed at',
  },
} as const satisfies Record<Language, unknown>;

function statementRoutes(app: App, { db, keys, recyclers }: CounterRoutesDeps): void {
  for (const format of ['csv', 'xlsx'] as const)
    app.get(
      `/v1/recyclers/:id/counter/closes/:closeId/statement.${format}`,
      {
        config: { access: 'user' },
        schema: {
          tags,
          summary: `The statement of a closed day as ${format.toUpperCase()}.`,
          params: OnClose,
          response: { 200: { content: { [MEDIA[format]]: { schema: Type.String() } } }, ...no },
        },
      },
      async (request, reply) => {
        const { id: recycler, closeId } = request.params as { id: string; closeId: string };
        const { userId } = callerOf(request);
        await recyclers.requireMember(db, { recyclerId: recycler, userId });
        const close = await findClose(db, { recycler, id: closeId });
        if (!close) throw new Refused('not_found');
        const lines = await linesOf(db, keys, { recycler, till: close.till, day: close.day });
        const language = languageOf(request.headers['accept-language']);
        const file = await sheetFile(sheetOf(lines, close, language), format);
        return sendFile(reply, { format, name: `counter-${close.day}`, file });
      },
    );
}

function sheetOf(rows: readonly Line[], close: Close, language: Language) {
  const { heads, kept, back, sum, note, closed } = words[language];
  const [at, number, card, face, net, state] = heads;
  const money = (amount: bigint): Fen => fen(amount);
  return {
    name: close.day,
    rows,
    columns: [
      { head: at, of: (line: Line) => chinaMinute(line.at) },
      { head: number, width: 46, of: (line: Line) => line.number },
      { head: card, of: (line: Line) => line.product[language] },
      { head: face, of: (line: Line) => money(line.faceFen) },
      { head: net, of: (line: Line) => money(line.netFen) },
      { head: state, of: (line: Line) => (line.isBack ? back : kept) },
    ],
    notes: [
      [close.till, sum(close)],
      ...(close.note === null ? [] : [[note, close.note] as const]),
      [closed, chinaMinute(close.closed_at)],
    ] as (readonly [string, string])[],
  };
}
