/** Routes of compliance about notices: enter one, see what it found, decide, and a reply to whoever sent it. */
import { Type } from 'typebox';
import {
  type App,
  Body,
  type Clock,
  callerOf,
  type Keys,
  Page,
  PageQuery,
  Problem,
  pageOf,
  type Reader,
  Refused,
  type Role,
  Secret,
  type Tx,
} from '#platform';
import { findProduct } from '../catalogue.ts';
import {
  decideNotice,
  letterOf,
  type Named,
  type NoticeAct,
  type NoticeDeps,
  receiveNotice,
} from './notice.ts';
import { replyText } from './reply.ts';
import { ById, NewNotice, NoticeReason, NoticeRow, NoticeState, NoticeView } from './schema.ts';
import {
  cardsNamed,
  findNotice,
  listNotices,
  matchesOf,
  type Notice,
  promisesOf,
} from './store.ts';

export interface NoticeRoutesDeps extends NoticeDeps {
  readonly clock: Clock;
  /** In the commit that confirms a notice. */
  readonly onConfirmed: (tx: Tx, by: { actor: string; why: string; at: Date }) => Promise<void>;
}

/** An investigation is nobody else's business. */
const access: readonly Role[] = ['compliance'];
const tags = ['console'];
const no = { '4xx': Problem };

export function noticeRoutes(app: App, deps: NoticeRoutesDeps): void {
  reads(app, deps);
  entry(app, deps);
  decision(app, deps, 'confirm', 'The cards are a crime’s; what is held stays held.');
  decision(app, deps, 'propose_lift', 'Propose to lift it; a second person has to agree.');
  decision(app, deps, 'lift', 'Lift it: cards and money are free again.');
  decision(app, deps, 'keep', 'Do not lift it.');
}

function reads(app: App, { db, keys, clock }: NoticeRoutesDeps): void {
  app.get(
    '/v1/console/notices',
    {
      config: { access },
      schema: {
        ...{ tags, summary: 'Notices about cards, newest first.' },
        querystring: Body({ ...PageQuery, state: Type.Optional(NoticeState) }),
        response: { 200: Page(NoticeRow), ...no },
      },
    },
    async ({ query: { cursor, limit = 20, state } }) =>
      pageOf(await listNotices(db, { cursor, limit, state }), limit, (row) => rowView(row, row)),
  );
  app.get(
    '/v1/console/notices/:id',
    {
      config: { access },
      schema: {
        ...{
          tags,
          summary: 'A notice: its letter, the cards it names, and what was found of them.',
        },
        params: ById,
        response: { 200: NoticeView, ...no },
      },
    },
    async ({ params: { id } }) => await noticeView(db, keys, id),
  );
  app.get(
    '/v1/console/notices/:id/reply',
    {
      config: { access },
      schema: {
        ...{ tags, summary: 'The reply to whoever sent it, to be signed and sent by a person.' },
        params: ById,
        response: { 200: Type.Object({ text: Type.String() }), ...no },
      },
    },
    async ({ params: { id } }) => {
      const shown = await noticeView(db, keys, id);
      const names = new Map<string, string>();
      for (const { sku } of shown.named) {
        const product = await findProduct(db, sku);
        if (product) names.set(sku, product.name.zh);
      }
      const nameOf = (sku: string): string => names.get(sku) ?? sku;
      return { text: replyText(shown, { at: clock.now(), nameOf }) };
    },
  );
}

function entry(app: App, { clock, ...deps }: NoticeRoutesDeps): void {
  app.post(
    '/v1/console/notices',
    {
      config: { access, stepUp: true, secret: true },
      schema: {
        tags,
        summary: 'Keep a notice: the cards it names are stopped at once, here and when they come.',
        body: NewNotice,
        response: { 200: NoticeView, ...no },
      },
    },
    async (request) => {
      const { source, receivedOn, cards, note = '', victim = '', ...words } = request.body;
      const id = await receiveNotice(deps, {
        ...{ source, receivedOn, letter: { ...words, note, victim } },
        ...{ cards: cards.map(named), by: callerOf(request).userId, at: clock.now() },
      });
      return await noticeView(deps.db, deps.keys, id);
    },
  );
}

const named = (card: { sku: string; number: string } | { cardId: string }): Named =>
  'cardId' in card ? card : { sku: card.sku, number: new Secret(card.number) };

function decision(
  app: App,
  { db, keys, clock, onConfirmed }: NoticeRoutesDeps,
  act: NoticeAct,
  summary: string,
): void {
  app.post(
    `/v1/console/notices/:id/${act.replace('_', '-')}`,
    {
      config: { access, stepUp: true },
      schema: {
        ...{ tags, summary, params: ById, body: NoticeReason },
        response: { 200: NoticeView, ...no },
      },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      const { reason } = request.body as { reason: string };
      const { userId: by } = callerOf(request);
      const at = clock.now();
      await decideNotice({ db }, { id, act, reason, by, at }, async (tx) => {
        if (act === 'confirm') await onConfirmed(tx, { actor: by, why: reason, at });
      });
      return await noticeView(db, keys, id);
    },
  );
}

const rowView = (of: Notice, counts: { cards: number; matches: number }) => ({
  ...{ id: of.id, source: of.source, state: of.state, receivedOn: of.receivedOn },
  ...{ enteredAt: of.enteredAt.toISOString(), enteredBy: of.enteredBy },
  ...{ cards: counts.cards, matches: counts.matches },
});

async function noticeView(reader: Reader, keys: Keys, id: string) {
  const notice = await findNotice(reader, id);
  if (!notice) throw new Refused('not_found');
  const cards = await cardsNamed(reader, id);
  const found = await matchesOf(reader, id);
  const promises = await promisesOf(
    reader,
    found.flatMap(({ cardId }) => (cardId === undefined ? [] : [cardId])),
  );
  return {
    ...rowView(notice, { cards: cards.length, matches: found.length }),
    ...letterOf(keys, notice),
    ...(notice.proposedBy !== undefined && { proposedBy: notice.proposedBy }),
    ...(notice.decidedBy !== undefined && { decidedBy: notice.decidedBy }),
    ...(notice.decidedAt && { decidedAt: notice.decidedAt.toISOString() }),
    ...(notice.reason !== undefined && { reason: notice.reason }),
    named: cards.map(({ sku, last4 }) => ({ sku, last4 })),
    found: found.map(({ how, cardId, personId, sku, last4, at }) => ({
      ...{ how, personId, sku, last4, at: at.toISOString() },
      ...(cardId !== undefined && { cardId }),
      promises: promises
        .filter((one) => one.cardId === cardId)
        .map(({ kind, ref, since, until }) => ({
          ...{ kind, ref, since: since.toISOString() },
          ...(until && { until: until.toISOString() }),
        })),
    })),
  };
}
export type NoticeShown = Awaited<ReturnType<typeof noticeView>>;
