/** Routes of a recycler's people: join, correct the licence, open, look, leave; and the licence for everybody. */
import type { FastifyRequest } from 'fastify';
import {
  type App,
  callerOf,
  inTransaction,
  Problem,
  parseFen,
  Refused,
  type Tx,
  uploadedPhoto,
} from '#platform';
import { consoleRecyclerRoutes } from './console-routes.ts';
import { scorecardOf } from './deed.ts';
import type { TeamRole } from './domain.ts';
import { addLicencePhoto, applyAsRecycler, correctLicence, openLicencePhoto } from './licence.ts';
import { requireMemberRow } from './recycler.ts';
import { type RecyclerRoutesDeps, whoIn } from './route-deps.ts';
import {
  AlertBody,
  ApplyBody,
  ById,
  LicenceBody,
  LicenceView,
  Picture,
  RecyclerList,
  RecyclerView,
  ScorecardView,
  TierBody,
} from './schema.ts';
import { beginBusiness, changeTier, leaveBusiness } from './standing.ts';
import { readRecycler, recyclersOf, roleIn } from './store.ts';
import { keyRoutes, teamRoutes } from './team-routes.ts';
import { setAlert } from './tell.ts';
import { licenceView, recyclerSummary, recyclerView, scorecardView, tierViews } from './view.ts';

const tags = ['recyclers'];
const no = { '4xx': Problem };
const PHOTOS_PER_MINUTE = 12;

export function recyclerRoutes(app: App, deps: RecyclerRoutesDeps): void {
  reads(app, deps);
  joining(app, deps);
  acts(app, deps);
  photos(app, deps);
  teamRoutes(app, deps);
  keyRoutes(app, deps);
  consoleRecyclerRoutes(app, deps);
}

async function viewFor(
  { db, keys, money }: RecyclerRoutesDeps,
  { recyclerId, userId }: { recyclerId: string; userId: string },
): Promise<RecyclerView> {
  const row = await requireMemberRow(db, { recyclerId, userId });
  const role = await roleIn(db, { recyclerId, userId });
  if (!role) throw new Refused('not_found');
  return await recyclerView(db, { keys, money }, { ...row, role });
}

function reads(app: App, deps: RecyclerRoutesDeps): void {
  const { db, keys, clock } = deps;
  app.get(
    '/v1/recyclers',
    {
      config: { access: 'user' },
      schema: { tags, summary: 'My shops, newest first.', response: { 200: RecyclerList, ...no } },
    },
    async (request) => ({
      items: (await recyclersOf(db, callerOf(request).userId)).map(recyclerSummary),
      tiers: tierViews,
    }),
  );
  app.get(
    '/v1/recyclers/:id',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'One of my shops: where it stands, what is missing and why, its money and caps.',
        params: ById,
        response: { 200: RecyclerView, ...no },
      },
    },
    async (request) => await viewFor(deps, whoIn(request)),
  );
  app.get(
    '/v1/recyclers/:id/scorecard',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'How this recycler keeps its word: reports, payments, disputes, over half a year.',
        params: ById,
        response: { 200: ScorecardView, ...no },
      },
    },
    async (request) => {
      const { recyclerId, userId } = whoIn(request);
      await requireMemberRow(db, { recyclerId, userId });
      return scorecardView(await scorecardOf(db, { recyclerId, at: clock.now() }));
    },
  );
  app.get(
    '/v1/recyclers/:id/licence',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'The business licence of a recycler, for everybody.',
        params: ById,
        response: { 200: LicenceView, ...no },
      },
    },
    async ({ params: { id } }) => {
      const row = await readRecycler(db, id);
      const view =
        row && licenceView(keys, row, await scorecardOf(db, { recyclerId: id, at: clock.now() }));
      if (!view) throw new Refused('not_found');
      return view;
    },
  );
}

function joining(app: App, deps: RecyclerRoutesDeps): void {
  const { db, keys, clock } = deps;
  app.post(
    '/v1/recyclers',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Sign a company or shop up; the caller becomes its owner, the register is asked.',
        body: ApplyBody,
        response: { 201: RecyclerView, ...no },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const { tier, ...licence } = request.body;
      const recyclerId = await inTransaction(db, (tx) =>
        applyAsRecycler(tx, { keys, userId, tier, licence, at: clock.now() }),
      );
      return reply.code(201).send(await viewFor(deps, { recyclerId, userId }));
    },
  );
}

interface Who {
  readonly recyclerId: string;
  readonly userId: string;
  readonly at: Date;
}

function acts(app: App, deps: RecyclerRoutesDeps): void {
  const { db, keys, clock, money } = deps;
  /** One act of one member in one transaction; the answer is the shop as it then is. */
  const act = async (
    request: FastifyRequest<{ Params: { id: string } }>,
    role: TeamRole,
    work: (tx: Tx, who: Who) => Promise<unknown>,
  ) => {
    const who = { ...whoIn(request), at: clock.now() };
    await inTransaction(db, async (tx) => {
      await requireMemberRow(tx, { ...who, role });
      await work(tx, who);
    });
    return await viewFor(deps, who);
  };
  const on = (summary: string) => ({
    ...{ tags, summary, params: ById, response: { 200: RecyclerView, ...no } },
  });
  app.put(
    '/v1/recyclers/:id/licence',
    {
      config: { access: 'user' },
      schema: { ...on('Correct the licence; the register is asked anew.'), body: LicenceBody },
    },
    async (request) =>
      await act(request, 'owner', (tx, who) =>
        correctLicence(tx, { keys, ...who, licence: request.body }),
      ),
  );
  app.put(
    '/v1/recyclers/:id/tier',
    {
      config: { access: 'user' },
      schema: { ...on('Choose low caps without a deposit, or a deposit.'), body: TierBody },
    },
    async (request) =>
      await act(request, 'owner', (tx, who) => changeTier(tx, { ...who, ...request.body })),
  );
  app.put(
    '/v1/recyclers/:id/alert',
    {
      config: { access: 'user' },
      schema: { ...on('Text the owners when the free wallet falls below.'), body: AlertBody },
    },
    async (request) =>
      await act(request, 'owner', (tx, { recyclerId }) => {
        const { belowFen } = request.body;
        const parsed = belowFen === undefined ? undefined : parseFen(belowFen);
        return setAlert(tx, { recyclerId, belowFen: parsed });
      }),
  );
  app.post(
    '/v1/recyclers/:id/begin',
    {
      config: { access: 'user' },
      schema: on('Open for business, once nothing on the checklist is missing.'),
    },
    async (request) => await act(request, 'owner', (tx, who) => beginBusiness(tx, money, who)),
  );
  app.post(
    '/v1/recyclers/:id/leave',
    {
      config: { access: 'user', stepUp: true },
      schema: on('Stop business for good; the answer states the day the deposit goes back.'),
    },
    async (request) => await act(request, 'owner', (tx, who) => leaveBusiness(tx, money, who)),
  );
}

function photos(app: App, deps: RecyclerRoutesDeps): void {
  const { db, keys, clock } = deps;
  app.post(
    '/v1/recyclers/:id/licence/photo',
    {
      config: {
        ...{ access: 'user', secret: true },
        rateLimit: { max: PHOTOS_PER_MINUTE, timeWindow: 60_000 },
      },
      schema: {
        tags,
        summary:
          'Add the photo of the licence (multipart); it is encoded anew without its metadata, and sealed.',
        consumes: ['multipart/form-data'],
        params: ById,
        response: { 200: RecyclerView, ...no },
      },
    },
    async (request) => {
      const who = whoIn(request);
      // Before a byte is read: strangers do not make us decode pictures.
      await requireMemberRow(db, { ...who, role: 'owner' });
      const photo = await uploadedPhoto(request);
      await inTransaction(db, (tx) =>
        addLicencePhoto(tx, { keys, ...who, photo, at: clock.now() }),
      );
      return await viewFor(deps, who);
    },
  );
  app.get(
    '/v1/recyclers/:id/licence/photo',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'The photo of my shop’s licence.', params: ById },
        response: { 200: { content: { 'image/webp': { schema: Picture } } }, ...no },
      },
    },
    async (request, reply) => {
      const { recyclerId, userId } = whoIn(request);
      await requireMemberRow(db, { recyclerId, userId, role: 'owner' });
      return reply.type('image/webp').send(await openLicencePhoto(db, keys, recyclerId));
    },
  );
}
