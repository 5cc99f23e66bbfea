/** Routes of the two sides of a claim: read it with its reasoning, answer, say, show, settle, withdraw, appeal. */
import assert from 'node:assert/strict';
import type { Static } from 'typebox';
import {
  type App,
  Body,
  type Caller,
  type Clock,
  callerOf,
  type Db,
  Id,
  inTransaction,
  type Live,
  PageQuery,
  Problem,
  pageOf,
  parseFen,
  Refused,
  stream,
  type Tx,
  uploadedPhoto,
} from '#platform';
import {
  acceptSettlement,
  appealClaim,
  offerSettlement,
  ownClaim,
  respondClaim,
  withdrawClaim,
} from './claim.ts';
import type { Execute } from './decide.ts';
import { addPhoto, openPhoto } from './photo.ts';
import { AnswerBody, ClaimView, MyClaimPage, OfferBody, Picture, TextBody } from './schema.ts';
import { addStatement } from './statement.ts';
import { listClaimsOf } from './store.ts';
import { claimView, myRow, type ViewDeps } from './view.ts';

export interface ClaimRoutesDeps extends ViewDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly live: Live;
  /** Moves the money of what ends. */
  readonly execute: Execute;
}

const tags = ['disputes'];
const OnClaim = Body({ id: Id });
const OnPhoto = Body({ id: Id, photoId: Id });
const no = { '4xx': Problem };
const PHOTOS_PER_MINUTE = 12;

export function claimRoutes(app: App, deps: ClaimRoutesDeps): void {
  reads(app, deps);
  acts(app, deps);
  photos(app, deps);
}

function reads(app: App, deps: ClaimRoutesDeps): void {
  const { db, live } = deps;
  app.get(
    '/v1/disputes',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Claims in which I am a side, newest first.',
        querystring: Body(PageQuery),
        response: { 200: MyClaimPage, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { cursor, limit = 20 } = request.query;
      const page = pageOf(await listClaimsOf(db, userId, { cursor, limit }), limit, (row) => row);
      const items = await Promise.all(page.items.map((claim) => myRow(db, claim, userId)));
      return { ...page, items };
    },
  );
  app.get(
    '/v1/disputes/:id',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary:
          'One claim: evidence, both statements, decisions with their reasoning, and what I may do.',
        params: OnClaim,
        response: { 200: ClaimView, ...no },
      },
    },
    async (request) => await ownView(deps, request),
  );
  app.get(
    '/v1/disputes/:id/events',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Server-sent events: the claim now and after each change.',
        params: OnClaim,
        response: no,
      },
    },
    async (request, reply) => {
      await ownView(deps, request);
      const { id } = request.params;
      await stream(request, reply, live, `claim:${id}`, () => ownView(deps, request));
    },
  );
}

/** A request that names a claim. */
interface OnOne {
  readonly params: { readonly id: string };
  readonly caller: Caller | undefined;
}

async function ownView(deps: ClaimRoutesDeps, request: OnOne): Promise<Static<typeof ClaimView>> {
  return await claimView(deps.db, deps, await ownClaim(deps.db, whoIn(request)));
}

function whoIn({ params, caller }: OnOne): { id: string; userId: string } {
  assert(caller, 'the route declares access, so there is a caller');
  return { id: params.id, userId: caller.userId };
}

interface Who {
  readonly id: string;
  readonly userId: string;
  readonly at: Date;
}

function acts(app: App, deps: ClaimRoutesDeps): void {
  const { db, keys, clock, execute } = deps;
  /** One act of one side in one transaction; the answer is the claim as it then is. */
  const act = async (request: OnOne, work: (tx: Tx, who: Who) => Promise<unknown>) => {
    const who = { ...whoIn(request), at: clock.now() };
    await inTransaction(db, (tx) => work(tx, who));
    return await ownView(deps, request);
  };
  const on = (summary: string) => ({
    ...{ tags, summary, params: OnClaim, response: { 200: ClaimView, ...no } },
  });
  const config = { access: 'user' } as const;
  app.post(
    '/v1/disputes/:id/answer',
    { config, schema: { ...on('Agree and pay back, or contest.'), body: AnswerBody } },
    async (request) =>
      await act(request, (tx, who) => respondClaim(tx, execute, { ...who, ...request.body })),
  );
  app.post(
    '/v1/disputes/:id/statements',
    {
      config,
      schema: { ...on('Say how it was; no numbers of cards, no contacts.'), body: TextBody },
    },
    async (request) =>
      await act(request, async (tx, { id, userId, at }) => {
        await ownClaim(tx, { id, userId });
        await addStatement(tx, keys, { id, author: userId, text: request.body.text, at });
      }),
  );
  app.post(
    '/v1/disputes/:id/offer',
    { config, schema: { ...on('Offer to settle on a part.'), body: OfferBody } },
    async (request) =>
      await act(request, (tx, who) => offerSettlement(tx, { ...who, ...amountOf(request.body) })),
  );
  app.post(
    '/v1/disputes/:id/offer/accept',
    { config, schema: { ...on('Accept the other side’s offer of this amount.'), body: OfferBody } },
    async (request) =>
      await act(request, (tx, who) =>
        acceptSettlement(tx, execute, { ...who, ...amountOf(request.body) }),
      ),
  );
  app.post(
    '/v1/disputes/:id/withdraw',
    { config, schema: { ...on('Take my claim back.'), body: Body({}) } },
    async (request) => await act(request, (tx, who) => withdrawClaim(tx, execute, who)),
  );
  app.post(
    '/v1/disputes/:id/appeal',
    { config, schema: { ...on('Appeal, once: another person decides anew.'), body: TextBody } },
    async (request) =>
      await act(request, (tx, who) => appealClaim(tx, { ...who, words: request.body.text, keys })),
  );
}

function amountOf({ refundFen }: { refundFen: string }) {
  const parsed = parseFen(refundFen);
  if (parsed === undefined) throw new Refused('invalid_input');
  return { refundFen: parsed };
}

function photos(app: App, deps: ClaimRoutesDeps): void {
  const { db, keys, clock } = deps;
  app.post(
    '/v1/disputes/:id/photos',
    {
      config: {
        ...{ access: 'user', secret: true },
        rateLimit: { max: PHOTOS_PER_MINUTE, timeWindow: 60_000 },
      },
      schema: {
        tags,
        summary: 'Add one photo (multipart); it is encoded anew without its metadata, and sealed.',
        consumes: ['multipart/form-data'],
        params: OnClaim,
        response: { 200: ClaimView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { id } = request.params;
      // Before a byte is read: strangers do not make us decode pictures.
      await ownClaim(db, { id, userId });
      const photo = await uploadedPhoto(request);
      const at = clock.now();
      await inTransaction(db, (tx) =>
        addPhoto(tx, keys, { claimId: id, author: userId, photo, at }),
      );
      return await ownView(deps, request);
    },
  );
  app.get(
    '/v1/disputes/:id/photos/:photoId',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'One photo of my claim.', params: OnPhoto },
        response: { 200: { content: { 'image/webp': { schema: Picture } } }, ...no },
      },
    },
    async (request, reply) => {
      const { id, photoId } = request.params;
      await ownClaim(db, { id, userId: callerOf(request).userId });
      const picture = await openPhoto(db, keys, { claimId: id, photoId });
      return reply.type('image/webp').send(picture);
    },
  );
}
