/** An issuer tells by itself that a card was used, reported stolen or blocked: believed when signed, fresh and new; kept once. */
import type { IncomingHttpHeaders } from 'node:http';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import {
  type Clock,
  type Db,
  hmac,
  inTransaction,
  type Keys,
  type Log,
  Refused,
  Secret,
  sameBytes,
  sha256,
  signedBy,
  type Tx,
} from '#platform';
import { append } from '#record';
import { findProduct } from '../catalogue.ts';
import { normalise } from '../number.ts';
import { ISSUER_EVENTS, type IssuerEventKind } from '../schema.ts';
import { type AtOnce, type ToldReason, tell } from '../stop/told.ts';
import { fingerprintOf } from '../vault/envelope.ts';
import { listPrints, liveCardBy } from '../vault/store.ts';
import { type GatewayOptions, gatewayKey } from './gateway.ts';
import { insertIssuerEvent, issuerEvent } from './store.ts';

export interface IssuerEventDeps {
  readonly db: Db;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly log: Log;
  readonly gateway: GatewayOptions;
  readonly atOnce: AtOnce;
}

const REASONS: Readonly<Record<IssuerEventKind, ToldReason>> = {
  used: 'ISSUER_USED',
  stolen: 'ISSUER_STOLEN',
  blocked: 'ISSUER_BLOCKED',
};
/** As the gateway measures our own requests: in real time, whatever clock the business runs on. */
const SKEW_SECONDS_MAX = 300;
const Envelope = Type.Object({
  /** JSON text of `Facts`, the signed part. */
  facts: Type.String({ maxLength: 2_000 }),
  signature: Type.Optional(Type.String({ maxLength: 200 })),
});
const Facts = Type.Object({
  eventId: Type.String({ pattern: '^[0-9A-Za-z_-]{8,64}$' }),
  issuer: Type.String({ maxLength: 40 }),
  what: Type.Enum(ISSUER_EVENTS),
  sku: Type.String({ maxLength: 60 }),
  number: Type.String({ minLength: 4, maxLength: 64 }),
});

interface Heard {
  readonly issuerId: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Refused issuer_event_forged for what is not signed, not fresh, not of this issuer, or was told differently before. */
export async function hearIssuer(deps: IssuerEventDeps, heard: Heard): Promise<void> {
  const { db, keys, log } = deps;
  const at = deps.clock.now();
  const refuse = (reason: string): Refused => {
    log.warn({ issuer: heard.issuerId, reason }, 'an event of an issuer was refused');
    return new Refused('issuer_event_forged');
  };
  if (!isAuthentic(deps.gateway, heard)) throw refuse('signature');
  const envelope = parsed(Envelope, heard.body.toString());
  const facts = envelope && parsed(Facts, envelope.facts);
  if (!envelope || !facts || facts.issuer !== heard.issuerId) throw refuse('malformed');
  const product = await findProduct(db, facts.sku);
  if (product?.issuerId !== heard.issuerId) throw refuse('other_issuer');
  if (product.issuerCaps.includes('signed') && !(await isSigned(deps.gateway, envelope)))
    throw refuse('issuer_signature');
  const { eventId, what } = facts;
  const print = fingerprintOf(keys, heard.issuerId, new Secret(normalise(facts.number)));
  const digest = keys.fingerprint('issuer-event', envelope.facts);
  await inTransaction(db, async (tx) => {
    const cardId = await cardHere(tx, print);
    const event = { issuer_id: heard.issuerId, event_id: eventId, what, digest, at };
    if (!(await insertIssuerEvent(tx, { ...event, card_id: cardId ?? null }))) {
      const before = await issuerEvent(tx, { issuerId: heard.issuerId, eventId });
      if (before && sameBytes(before.digest, digest)) return;
      throw refuse('changed');
    }
    // A number that is not here is answered alike, and nobody learns which cards we keep.
    if (cardId === undefined) return;
    const data = { issuer: heard.issuerId, eventId, what };
    await append(tx, { subject: cardId, type: 'card.told', data, at });
    await tell(tx, { cardId, reason: REASONS[what] }, { atOnce: deps.atOnce, at });
  });
}

/** Of a card that was re-issued only the newest number counts: the issuer itself has ended the others. */
async function cardHere(tx: Tx, print: Buffer): Promise<string | undefined> {
  const cardId = await liveCardBy(tx, print);
  const newest = cardId === undefined ? undefined : (await listPrints(tx, cardId)).at(-1);
  return newest && sameBytes(newest, print) ? cardId : undefined;
}

function isAuthentic({ secret }: GatewayOptions, { path, headers, body }: Heard): boolean {
  const timestamp = String(headers['x-timestamp'] ?? '');
  const given = Buffer.from(String(headers['x-signature'] ?? ''), 'hex');
  const mac = hmac(secret, `${timestamp}\nPOST\n${path}\n${sha256(body).toString('hex')}`);
  const skew = Math.abs(Date.now() / 1_000 - Number(timestamp));
  return sameBytes(given, mac) && skew < SKEW_SECONDS_MAX;
}

async function isSigned(
  gateway: GatewayOptions,
  { facts, signature = '' }: Static<typeof Envelope>,
): Promise<boolean> {
  const key = await gatewayKey(gateway)();
  return signedBy(key, Buffer.from(facts), Buffer.from(signature, 'base64'));
}

function parsed<T extends typeof Envelope | typeof Facts>(
  schema: T,
  text: string,
): Static<T> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(schema, value) ? (value as Static<T>) : undefined;
  } catch {
    return undefined;
  }
}
