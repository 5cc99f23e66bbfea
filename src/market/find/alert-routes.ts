/** Routes of saved searches and alerts: everybody sees and ends their own. */
import { type App, Body, callerOf, Id, Problem } from '#platform';
import { dropSaved, hitsOfSaved, listSaved, saveSearch, sawSaved, setAlert } from './alerts.ts';
import type { FindDeps } from './routes.ts';
import { AlertBody, AlertHits, SaveBody, SavedList } from './schema.ts';

const tags = ['market'];
const no = { '4xx': Problem };
const OnOne = Body({ id: Id });

export function alertRoutes(app: App, { db, clock }: FindDeps): void {
  app.get(
    '/v1/market/searches',
    {
      config: { access: 'user' },
      schema: { tags, summary: 'My saved searches.', response: { 200: SavedList, ...no } },
    },
    async (request) => ({ items: await listSaved(db, callerOf(request).userId) }),
  );
  app.post(
    '/v1/market/searches',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Saves a search; with an alert, a text comes for each new listing that fits.',
        body: SaveBody,
        response: { 201: SavedList, ...no },
      },
    },
    async (request, reply) => {
      const { userId: personId } = callerOf(request);
      const { name, filter, alert, days = 90 } = request.body;
      await saveSearch(db, { personId, name, filter, alert, days, at: clock.now() });
      return reply.code(201).send({ items: await listSaved(db, personId) });
    },
  );
  app.delete(
    '/v1/market/searches/:id',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Ends a saved search and its alert.',
        params: OnOne,
        response: { 200: SavedList, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      await dropSaved(db, request.params.id, userId);
      return { items: await listSaved(db, userId) };
    },
  );
  hitRoutes(app, { db, clock });
}

function hitRoutes(app: App, { db, clock }: FindDeps): void {
  app.post(
    '/v1/market/searches/:id/alert',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Turns the alert of a saved search on or off.',
        params: OnOne,
        body: AlertBody,
        response: { 200: SavedList, ...no },
      },
    },
    async (request) => {
      const { userId: personId } = callerOf(request);
      await setAlert(db, { id: request.params.id, personId, alert: request.body.alert });
      return { items: await listSaved(db, personId) };
    },
  );
  app.post(
    '/v1/market/searches/:id/seen',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'I have looked at what a saved search found: nothing of it is new any more.',
        params: OnOne,
        body: Body({}),
        response: { 200: SavedList, ...no },
      },
    },
    async (request) => {
      const { userId: personId } = callerOf(request);
      await sawSaved(db, { id: request.params.id, personId, at: clock.now() });
      return { items: await listSaved(db, personId) };
    },
  );
  app.get(
    '/v1/market/searches/:id/hits',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Listings that an alert has told of, the newest first.',
        params: OnOne,
        response: { 200: AlertHits, ...no },
      },
    },
    async (request) => ({
      items: await hitsOfSaved(db, request.params.id, callerOf(request).userId),
    }),
  );
}
