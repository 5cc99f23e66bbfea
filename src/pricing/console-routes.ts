/** The price-table editor over HTTP: finance and admin change, the auditor reads. */
import { Type } from 'typebox';
import {
  type App,
  callerOf,
  chinaDay,
  inTransaction,
  Problem,
  pageOf,
  Refused,
  type Role,
} from '#platform';
import { Body, Id, Page, PageQuery } from '#platform/schema';
import {
  approveTable,
  createDraft,
  editDraft,
  headView,
  NOTICE_DAYS,
  previewTable,
  statesAt,
  submitTable,
  tableView,
  withdrawTable,
} from './publish.ts';
import type { PricingDeps } from './routes.ts';
import { Preview, PriceTableData, PriceTableHead, PriceTableView } from './schema.ts';
import { findTable, listTables } from './store.ts';

const readers: readonly Role[] = ['finance', 'admin', 'auditor'];
const editors: readonly Role[] = ['finance', 'admin'];
const tags = ['pricing'];
const params = Body({ id: Id });
/** No leap second: a Date cannot hold one. */
const When = Type.String({ format: 'date-time', pattern: '^20[^.]{15}[0-5][0-9]', maxLength: 40 });
const Title = Type.String({ minLength: 1, maxLength: 80 });
const Note = Type.String({ maxLength: 2_000 });

export function consoleRoutes(app: App, deps: PricingDeps): void {
  readRoutes(app, deps);
  draftRoutes(app, deps);
  decideRoutes(app, deps);
}

/** All these bodies may be empty, so none at all is the same. */
const preValidation = async (request: { body: unknown }): Promise<void> => {
  if (request.body === undefined) request.body = {};
};

/** The table as it is after what was just done to it. */
async function show({ db, clock, listProducts }: PricingDeps, id: string): Promise<PriceTableView> {
  const row = await findTable(db, id);
  if (!row) throw new Refused('not_found');
  const state = await statesAt(db, clock.now());
  return tableView(row, state(row), await listProducts());
}

function readRoutes(app: App, deps: PricingDeps): void {
  const { db, clock } = deps;
  app.get(
    '/v1/console/price-tables',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'All price tables, newest first.',
        querystring: Body(PageQuery),
        response: { 200: Page(PriceTableHead), '4xx': Problem },
      },
    },
    async ({ query: { cursor, limit = 20 } }) => {
      const rows = await listTables(db, { before: cursor, limit: limit + 1 });
      const state = await statesAt(db, clock.now());
      return pageOf(rows, limit, (row) => headView(row, state(row)));
    },
  );
  app.get(
    '/v1/console/price-tables/:id',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'One price table with its rates and what is wrong with them.',
        params,
        response: { 200: PriceTableView, '4xx': Problem },
      },
    },
    async ({ params: { id } }) => show(deps, id),
  );
}

function draftRoutes(app: App, deps: PricingDeps): void {
  const { db, clock } = deps;
  app.post(
    '/v1/console/price-tables',
    {
      config: { access: editors },
      schema: {
        tags,
        summary: 'A new draft, copied from a table or from the one in force.',
        body: Body({ title: Title, note: Type.Optional(Note), from: Type.Optional(Id) }),
        response: { 201: PriceTableView, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { title, note = '', from } = request.body;
      const act = { by: callerOf(request).userId, at: clock.now() };
      const id = await inTransaction(db, (tx) => createDraft(tx, { title, note, from, ...act }));
      return reply.code(201).send(await show(deps, id));
    },
  );
  app.put(
    '/v1/console/price-tables/:id',
    {
      config: { access: editors },
      schema: {
        tags,
        summary: 'Changes a draft; problems with it are listed, not refused.',
        params,
        body: Body({
          title: Type.Optional(Title),
          note: Type.Optional(Note),
          data: Type.Optional(PriceTableData),
        }),
        response: { 200: PriceTableView, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const act = { id, by: callerOf(request).userId, at: clock.now() };
      await inTransaction(db, (tx) => editDraft(tx, { ...act, ...request.body }));
      return await show(deps, id);
    },
  );
  app.post(
    '/v1/console/price-tables/:id/preview',
    {
      preValidation,
      config: { access: readers },
      schema: {
        tags,
        summary: 'What the table would change for every product and face.',
        params,
        body: Body({ at: Type.Optional(When) }),
        response: { 200: Preview, '4xx': Problem },
      },
    },
    async ({ params: { id }, body }) => {
      const now = clock.now();
      return await previewTable(db, {
        id,
        now,
        at: body.at === undefined ? now : new Date(body.at),
        products: await deps.listProducts(),
        noticeDays: await noticeDays(deps, now),
      });
    },
  );
}

const noticeDays = async (deps: PricingDeps, at: Date): Promise<number> =>
  (await deps.noticeDays?.(chinaDay(at))) ?? NOTICE_DAYS;

function decideRoutes(app: App, deps: PricingDeps): void {
  const { db, clock, listProducts } = deps;
  app.post(
    '/v1/console/price-tables/:id/submit',
    {
      preValidation,
      config: { access: editors },
      schema: {
        tags,
        summary: 'Hands a draft to a colleague for approval.',
        params,
        body: Body({ effectiveFrom: Type.Optional(When) }),
        response: { 200: PriceTableView, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { effectiveFrom: from } = request.body;
      const products = await listProducts();
      const act = { id, by: callerOf(request).userId, at: clock.now(), products };
      const effectiveFrom = from === undefined ? undefined : new Date(from);
      await inTransaction(db, (tx) => submitTable(tx, { ...act, effectiveFrom }));
      return await show(deps, id);
    },
  );
  app.post(
    '/v1/console/price-tables/:id/approve',
    {
      preValidation,
      config: { access: editors },
      schema: {
        tags,
        summary: 'Publishes a submitted table; never by one who had a hand in it.',
        params,
        body: Body({ digest: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })) }),
        response: { 200: PriceTableView, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const at = clock.now();
      const act = { id, by: callerOf(request).userId, at, digest: request.body.digest };
      const law = { products: await listProducts(), noticeDays: await noticeDays(deps, at) };
      await inTransaction(db, (tx) => approveTable(tx, { ...act, ...law }));
      return await show(deps, id);
    },
  );
  app.post(
    '/v1/console/price-tables/:id/withdraw',
    {
      preValidation,
      config: { access: editors },
      schema: {
        tags,
        summary: 'Takes a submitted table back to its draft, or ends a draft.',
        params,
        body: Body({}),
        response: { 200: PriceTableView, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const act = { id, by: callerOf(request).userId, at: clock.now() };
      await inTransaction(db, (tx) => withdrawTable(tx, act));
      return await show(deps, id);
    },
  );
}
