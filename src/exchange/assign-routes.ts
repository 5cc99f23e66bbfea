/** Routes of assignments: offered to one invited person, agreed, paid at the bank, noticed to the issuer, fetched. */
import {
  type App,
  Body,
  callerOf,
  type Fen,
  Id,
  PageQuery,
  Problem,
  pageOf,
  parseFen,
  type Reader,
  Refused,
  Secret,
} from '#platform';
import { payInOf } from '#settlement';
import {
  agreeAssignment,
  invitedBy,
  offerAssignment,
  openAssigned,
  withdrawAssignment,
} from './assign.ts';
import { type Assignment, documentsOf, findAssignment, listAssignments } from './assign-store.ts';
import type { ExchangeDeps } from './deps.ts';
import {
  AgreeBody,
  AssignmentPage,
  AssignmentView,
  CodeBody,
  DocumentList,
  NewAssignmentView,
  OfferBody,
  settlementDomain,
  TokenSecret,
} from './schema.ts';

const tags = ['exchange'];
const no = { '4xx': Problem };
const OnOne = Body({ id: Id });
const Empty = Body({});
/** A code has 40 bits: tries are few, and each is counted. */
const tries = { rateLimit: { max: 20, timeWindow: 60_000 } };

function amountOf(text: string): Fen {
  const amount = parseFen(text);
  if (amount === undefined) throw new Refused('invalid_input');
  return amount;
}

async function viewOf(reader: Reader, of: Assignment, viewer: string) {
  const role = of.seller_id === viewer ? ('seller' as const) : ('buyer' as const);
  const payIn =
    role === 'buyer' && of.state === 'agreed' ? await payInOf(reader, of.id) : undefined;
  return {
    ...{ id: of.id, role, state: of.state, sku: of.sku, last4: of.last4 },
    product: { zh: of.product_zh, en: of.product_en },
    ...{ faceFen: String(of.face_fen), priceFen: String(of.price_fen), feeFen: String(of.fee_fen) },
    ...(of.balance_fen !== null && { balanceFen: String(of.balance_fen) }),
    ...(of.card_ref && { cardRef: of.card_ref }),
    ...(payIn?.payUrl && { payUrl: payIn.payUrl }),
    ...(of.pay_by && { payBy: of.pay_by.toISOString() }),
    ...(of.reason && { reason: of.reason }),
  };
}

/** Strangers find nothing, whoever was invited and has not agreed included. */
async function mine(reader: Reader, id: string, userId: string): Promise<Assignment> {
  const found = await findAssignment(reader, id);
  if (found?.seller_id !== userId && found?.buyer_id !== userId) throw new Refused('not_found');
  return found;
}

export function assignmentRoutes(app: App, deps: ExchangeDeps): void {
  reads(app, deps);
  acts(app, deps);
}

function reads(app: App, { db }: ExchangeDeps): void {
  app.get(
    '/v1/exchange/assignments',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Assignments of mine, on either side, newest first.' },
        ...{ querystring: Body(PageQuery), response: { 200: AssignmentPage, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { limit = 20, cursor } = request.query;
      const page = pageOf(
        await listAssignments(db, { userId, cursor, limit }),
        limit,
        (row) => row,
      );
      const items = await Promise.all(page.items.map((row) => viewOf(db, row, userId)));
      return { ...page, items };
    },
  );
  app.get(
    '/v1/exchange/assignments/:id',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'One assignment of mine.', params: OnOne },
        response: { 200: AssignmentView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      return await viewOf(db, await mine(db, request.params.id, userId), userId);
    },
  );
  app.get(
    '/v1/exchange/assignments/:id/documents',
    {
      config: { access: 'user' },
      schema: {
        ...{
          tags,
          summary: 'What was signed for it: attestation, order, proof of payment, notice.',
        },
        ...{ params: OnOne, response: { 200: DocumentList, ...no } },
      },
    },
    async (request) => {
      const { id } = await mine(db, request.params.id, callerOf(request).userId);
      const items = (await documentsOf(db, id)).map((one) => ({
        ...one,
        message: one.message as Record<string, string>,
        signedAt: one.signedAt.toISOString(),
      }));
      return { domain: { ...settlementDomain }, items };
    },
  );
}

function acts(app: App, deps: ExchangeDeps): void {
  sellerActs(app, deps);
  buyerActs(app, deps);
}

function sellerActs(app: App, deps: ExchangeDeps): void {
  const { db, clock } = deps;
  app.post(
    '/v1/exchange/assignments',
    {
      config: { access: 'user', secret: true },
      schema: {
        ...{ tags, summary: 'Offer the claim on a card to one person, who is invited by a code.' },
        ...{ body: OfferBody, response: { 201: NewAssignmentView, ...no } },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const { sku, faceFen, priceFen, number, pin } = request.body;
      const { assignment, code } = await offerAssignment(deps, {
        ...{ userId, sku, faceFen: amountOf(faceFen), priceFen: amountOf(priceFen) },
        ...{ number: new Secret(number), pin: pin === undefined ? undefined : new Secret(pin) },
        at: clock.now(),
      });
      reply.code(201);
      return { assignment: await viewOf(db, assignment, userId), code };
    },
  );
  app.post(
    '/v1/exchange/assignments/:id/withdraw',
    {
      config: { access: 'user' },
      schema: {
        ...{
          tags,
          summary: 'Take the offer back; the card comes home.',
          params: OnOne,
          body: Empty,
        },
        response: { 200: AssignmentView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { id } = request.params;
      return await viewOf(
        db,
        await withdrawAssignment(deps, { id, userId, at: clock.now() }),
        userId,
      );
    },
  );
}

function buyerActs(app: App, deps: ExchangeDeps): void {
  const { db, clock } = deps;
  app.post(
    '/v1/exchange/assignments/invited',
    {
      config: { access: 'user', ...tries },
      schema: {
        ...{ tags, summary: 'What a code invites me to.', body: CodeBody },
        response: { 200: AssignmentView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      return await viewOf(db, await invitedBy(deps, { ...request.body, userId }), userId);
    },
  );
  app.post(
    '/v1/exchange/assignments/agree',
    {
      config: { access: 'user', ...tries },
      schema: {
        ...{
          tags,
          summary: 'Agree to take the claim over; then pay at the bank.',
          body: AgreeBody,
        },
        response: { 200: AssignmentView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const at = clock.now();
      const agreed = await agreeAssignment(deps, { ...request.body, userId, at });
      return await viewOf(db, agreed, userId);
    },
  );
  app.post(
    '/v1/exchange/assignments/:id/secret',
    {
      config: { access: 'user', secret: true },
      schema: {
        ...{
          tags,
          summary: 'Fetch the secret of what was assigned to me: once; it pays the seller.',
        },
        ...{ params: OnOne, body: Empty, response: { 200: TokenSecret, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { id } = request.params;
      const { number, pin } = await openAssigned(deps, { id, userId, at: clock.now() });
      return { number: number.reveal(), ...(pin && { pin: pin.reveal() }) };
    },
  );
}
