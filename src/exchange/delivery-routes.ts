/** Routes of delivery against payment (M2): bids for a secret, what became of them, and the seller's salt. */
import type { Static } from 'typebox';
import type { Hex } from 'viem';
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
} from '#platform';
import { bidForSecret, saltFor } from './delivery.ts';
import { DeliveryBody, DeliveryPage, DeliveryView, SaltView } from './delivery-schema.ts';
import { type Delivery, findDelivery, listDeliveries } from './delivery-store.ts';
import type { ChainDeps } from './deps.ts';
import { feeOf } from './domain.ts';
import { bondOf } from './schema.ts';
import { findToken } from './store.ts';
import { tokenView } from './view.ts';

const tags = ['exchange'];
const no = { '4xx': Problem };
const OnOne = Body({ id: Id });
const MS_A_SECOND = 1000;
const secondsOf = (at: Date): number => Math.floor(at.getTime() / MS_A_SECOND);

/** The schema has seen to the digits; what is too large for money is refused here. */
export function amountOf(text: string): Fen {
  const amount = parseFen(text);
  if (amount === undefined) throw new Refused('invalid_input');
  return amount;
}

async function viewOf(
  reader: Reader,
  of: Delivery,
  viewer: string,
): Promise<Static<typeof DeliveryView>> {
  const token = await findToken(reader, of.token_ref);
  if (!token) throw new Refused('not_found');
  const { sealed, until } = of;
  return {
    ...{ id: of.id, role: of.seller_id === viewer ? 'seller' : 'buyer', state: of.state },
    token: await tokenView(reader, token, viewer),
    ...{ priceFen: String(of.price_fen), feeFen: String(feeOf(of.price_fen)) },
    ...{ bondFen: String(bondOf(of.price_fen)), seller: of.seller, buyer: of.buyer },
    ...{ publicKey: of.public_key, session: of.session, signature: of.signature },
    secretCommit: token.secret_commit ?? '',
    ...{ nonce: String(of.nonce), epoch: String(of.epoch), deadline: secondsOf(of.deadline) },
    ...(until && { until: secondsOf(until) }),
    ...(sealed && { sealed: { ...sealed, c: [...sealed.c] } }),
    at: of.created_at.toISOString(),
  };
}

export function deliveryRoutes(app: App, deps: ChainDeps): void {
  reads(app, deps);
  const { db, clock } = deps;
  app.post(
    '/v1/exchange/tokens/:id/deliveries',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Bid for a card whose seller delivers the secret to my key.' },
        ...{ params: OnOne, body: DeliveryBody, response: { 201: DeliveryView, ...no } },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const { priceFen, publicKey, epoch, signature, permit, ...rest } = request.body;
      const made = await bidForSecret(deps, {
        ...{ ...rest, userId, tokenRef: request.params.id, at: clock.now() },
        ...{ priceFen: amountOf(priceFen), publicKey: publicKey as Hex, epoch: BigInt(epoch) },
        signature: signature as Hex,
        ...(permit && {
          permit: {
            ...{ valueFen: amountOf(permit.valueFen), deadline: permit.deadline },
            signature: permit.signature as Hex,
          },
        }),
      });
      reply.code(201);
      return await viewOf(db, made, userId);
    },
  );
  app.post(
    '/v1/exchange/tokens/:id/salt',
    {
      config: { access: 'user', secret: true },
      schema: {
        ...{ tags, summary: 'What my card was bound to, so that I can deliver its secret.' },
        ...{ params: OnOne, body: Body({}), response: { 200: SaltView, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      return { salt: await saltFor(deps, { id: request.params.id, userId }) };
    },
  );
}

function reads(app: App, { db }: ChainDeps): void {
  app.get(
    '/v1/exchange/deliveries',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Deliveries against payment of mine, on either side, newest first.' },
        ...{ querystring: Body(PageQuery), response: { 200: DeliveryPage, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { limit = 20, cursor } = request.query;
      const rows = await listDeliveries(db, { userId, cursor, limit });
      const page = pageOf(rows, limit, (row) => row);
      const items = await Promise.all(page.items.map((row) => viewOf(db, row, userId)));
      return { ...page, items };
    },
  );
  app.get(
    '/v1/exchange/deliveries/:id',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'One delivery of mine.', params: OnOne },
        response: { 200: DeliveryView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const found = await findDelivery(db, request.params.id);
      if (found?.seller_id !== userId && found?.buyer_id !== userId) throw new Refused('not_found');
      return await viewOf(db, found, userId);
    },
  );
}
