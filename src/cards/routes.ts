/** Cards over HTTP: the catalogue for everybody, the scan for sellers, four-eyes reveals for the operator. */
import type { MultipartFile } from '@fastify/multipart';
import { type Static, Type } from 'typebox';
import {
  type App,
  Body,
  type Clock,
  callerOf,
  type Db,
  Id,
  inTransaction,
  type Keys,
  Page,
  PageQuery,
  Problem,
  pageOf,
  Refused,
  type Role,
  type Tx,
  UPLOAD_BYTES_MAX,
} from '#platform';
import { findProduct, listProducts, productView } from './catalogue.ts';
import {
  approveReveal,
  openReveal,
  requestReveal,
  revealState,
  SHOW_SECONDS,
} from './reveal/reveal.ts';
import { listReveals, lockReveal, type RevealRow } from './reveal/store.ts';
import { photoTooLarge, scanPhoto } from './scan.ts';
import {
  CATEGORIES,
  OpenedView,
  ProductView,
  REVEAL_REASONS,
  RevealView,
  ScanView,
} from './schema.ts';

export interface CardsRoutesDeps {
  readonly db: Db;
  readonly keys: Keys;
  readonly clock: Clock;
}

const tags = ['cards'];
const Sku = Type.String({ pattern: '^[a-z][a-z0-9-]{2,40}$' });
/** Scans unpack photos, the dearest thing a stranger can make us do. */
const SCANS_PER_MINUTE = 30;
const PRODUCTS_MAX = 100;

export function cardsRoutes(app: App, deps: CardsRoutesDeps): void {
  productRoutes(app, deps);
  scanRoute(app, deps);
  revealRoutes(app, deps);
}

function productRoutes(app: App, { db }: CardsRoutesDeps): void {
  app.get(
    '/v1/products',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'The cards we know, by category or by words of their names.',
        querystring: Body({
          category: Type.Optional(Type.Enum(CATEGORIES)),
          q: Type.Optional(Type.String({ maxLength: 60 })),
          cursor: Type.Optional(Sku),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PRODUCTS_MAX })),
        }),
        response: { 200: Page(ProductView), '4xx': Problem },
      },
    },
    async ({ query: { cursor = '', limit = PRODUCTS_MAX, ...filter } }) => {
      // The whole catalogue is a few hundred rows and sits in the database's cache: cut here, not there.
      const rest = (await listProducts(db, filter))
        .filter(({ sku }) => sku > cursor)
        .sort((a, b) => (a.sku < b.sku ? -1 : 1));
      const items = rest.slice(0, limit).map(productView);
      const last = items.at(-1);
      return { items, ...(rest.length > limit && last && { next: last.sku }) };
    },
  );

  app.get(
    '/v1/products/:sku',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'One card: values, restrictions, and what its numbers look like.',
        params: Body({ sku: Sku }),
        response: { 200: ProductView, '4xx': Problem },
      },
    },
    async ({ params }) => {
      const product = await findProduct(db, params.sku);
      if (!product) throw new Refused('unknown_product');
      return productView(product);
    },
  );
}

function scanRoute(app: App, { db }: CardsRoutesDeps): void {
  app.post(
    '/v1/scan',
    {
      config: {
        access: 'user',
        secret: true,
        rateLimit: { max: SCANS_PER_MINUTE, timeWindow: 60_000 },
      },
      schema: {
        tags,
        summary:
          'Reads the code on a photo of a card (multipart, one file); the photo is not kept.',
        consumes: ['multipart/form-data'],
        querystring: Body({ sku: Sku }),
        response: { 200: ScanView, '4xx': Problem },
      },
    },
    async (request) => {
      const product = await findProduct(db, request.query.sku);
      if (!product) throw new Refused('unknown_product');
      if (!request.isMultipart()) throw new Refused('image_not_supported');
      const file = await request.file({ limits: { fileSize: UPLOAD_BYTES_MAX } });
      if (!file) throw new Refused('image_unreadable');
      return await scanPhoto(await bytesOf(file), product);
    },
  );
}

async function bytesOf(file: MultipartFile): Promise<Buffer> {
  try {
    const bytes = await file.toBuffer();
    // The library looks at the limit chunk by chunk and misses one that is reached with the last.
    if (file.file.truncated) throw photoTooLarge();
    return bytes;
  } catch (error) {
    if ((error as { code?: string }).code === 'FST_REQ_FILE_TOO_LARGE') throw photoTooLarge();
    throw error;
  }
}

const ASKERS: readonly Role[] = ['support', 'risk'];
const APPROVERS: readonly Role[] = ['risk', 'compliance', 'admin'];
const READERS: readonly Role[] = ['support', 'risk', 'compliance', 'auditor', 'admin'];

function revealRoutes(app: App, deps: CardsRoutesDeps): void {
  const { db, clock } = deps;
  app.get(
    '/v1/console/reveals',
    {
      config: { access: READERS },
      schema: {
        tags,
        summary: 'Who asked to see which secret, who approved, what was opened; newest first.',
        querystring: Body({ ...PageQuery, cursor: Type.Optional(Id) }),
        response: { 200: Page(RevealView), '4xx': Problem },
      },
    },
    async ({ query: { cursor, limit = 20 } }) => {
      const rows = await listReveals(db, { before: cursor, limit });
      const now = clock.now();
      return pageOf(rows, limit, (row) => viewOf(row, now));
    },
  );

  app.post(
    '/v1/console/reveals',
    {
      config: { access: ASKERS, stepUp: true },
      schema: {
        tags,
        summary: 'Asks to see the secret of one card, for one reason; somebody else must approve.',
        body: Body({
          cardId: Id,
          orderRef: Type.String({ minLength: 1, maxLength: 80 }),
          reasonCode: Type.Enum(REVEAL_REASONS),
          note: Type.String({ minLength: 5, maxLength: 500 }),
        }),
        response: { 201: RevealView, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const at = clock.now();
      const by = callerOf(request).userId;
      const view = await inTransaction(db, async (tx) => {
        const { revealId } = await requestReveal(tx, { ...request.body, by, at });
        return await look(tx, revealId, at);
      });
      return reply.code(201).send(view);
    },
  );
  approvalRoutes(app, deps);
}

function approvalRoutes(app: App, { db, keys, clock }: CardsRoutesDeps): void {
  app.post(
    '/v1/console/reveals/:id/approve',
    {
      config: { access: APPROVERS, stepUp: true },
      schema: {
        tags,
        summary: 'A second person approves; the requester then has one minute to open it.',
        params: Body({ id: Id }),
        body: Body({}),
        response: { 200: RevealView, '4xx': Problem },
      },
    },
    async (request) => {
      const at = clock.now();
      const by = callerOf(request).userId;
      return await inTransaction(db, async (tx) => {
        await approveReveal(tx, { revealId: request.params.id, by, at });
        return await look(tx, request.params.id, at);
      });
    },
  );

  app.post(
    '/v1/console/reveals/:id/open',
    {
      config: { access: ASKERS, stepUp: true, secret: true },
      schema: {
        tags,
        summary: 'Shows the secret to the requester, once; the record of it is written first.',
        params: Body({ id: Id }),
        body: Body({}),
        response: { 200: OpenedView, '4xx': Problem },
      },
    },
    async (request): Promise<Static<typeof OpenedView>> => {
      const { id } = request.params;
      const by = callerOf(request).userId;
      const { number, pin } = await openReveal({ db, keys }, { revealId: id, by, at: clock.now() });
      return {
        id,
        number: number.reveal(),
        ...(pin && { pin: pin.reveal() }),
        showSeconds: SHOW_SECONDS,
      };
    },
  );
}

async function look(tx: Tx, id: string, now: Date): Promise<RevealView> {
  const row = await lockReveal(tx, id);
  if (!row) throw new Refused('not_found');
  return viewOf(row, now);
}

const viewOf = (row: RevealRow, now: Date): RevealView => ({
  id: row.id,
  cardId: row.cardId,
  last4: row.last4,
  sku: row.sku,
  orderRef: row.orderRef,
  reasonCode: row.reasonCode as RevealView['reasonCode'],
  note: row.note,
  state: revealState(row, now),
  requestedBy: row.requestedBy,
  requestedAt: row.requestedAt.toISOString(),
  requestExpiresAt: row.requestExpiresAt.toISOString(),
  ...(row.approvedBy && { approvedBy: row.approvedBy }),
  ...(row.approvedAt && { approvedAt: row.approvedAt.toISOString() }),
  ...(row.approvalExpiresAt && { approvalExpiresAt: row.approvalExpiresAt.toISOString() }),
  ...(row.openedAt && { openedAt: row.openedAt.toISOString() }),
});
