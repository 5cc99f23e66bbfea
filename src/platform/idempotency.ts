/** Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): the same command again is the first answer again. */
import type { FastifyRequest } from 'fastify';
import { canonicalJson, sameBytes, sha256 } from './crypto.ts';
import type { App, HttpInput } from './http.ts';
import { Refused } from './refusals.ts';
import { HOUR, plus } from './time.ts';

export const KEEP_HOURS = 24;
/** A call that died without an answer frees its key after this long. */
const STUCK_MS = 60_000;
const claimed = new WeakSet<FastifyRequest>();

/** True when this answer is the stored one of an earlier call. */
export const replayed = 'idempotent-replayed';

export function watchIdempotency(app: App, { db, clock }: HttpInput): void {
  const slot = (request: FastifyRequest) => ({
    key: String(request.headers['idempotency-key']),
    caller: request.caller?.key?.id ?? request.caller?.userId ?? request.ip,
    route: `${request.method} ${request.routeOptions.url}`,
  });
  const applies = (request: FastifyRequest): boolean =>
    request.headers['idempotency-key'] !== undefined &&
    request.method !== 'GET' &&
    request.routeOptions.config.access !== undefined &&
    !request.routeOptions.config.secret;

  app.addHook('preHandler', async (request, reply) => {
    if (!applies(request)) return;
    const { key, caller, route } = slot(request);
    if (key.length < 1 || key.length > 255) throw new Refused('invalid_input');
    const digest = sha256(canonicalJson([request.params, request.body]));
    const now = clock.now();
    const fresh = await db
      .insertInto('platform.idempotency')
      .values({ key, caller, route, input_digest: digest, started_at: now })
      .onConflict((on) =>
        on
          .columns(['caller', 'route', 'key'])
          .doUpdateSet({ input_digest: digest, started_at: now, status: null, body: null })
          .where((eb) =>
            eb.or([
              eb('platform.idempotency.started_at', '<', plus(now, -KEEP_HOURS * HOUR)),
              eb.and([
                eb('platform.idempotency.status', 'is', null),
                eb('platform.idempotency.started_at', '<', plus(now, -STUCK_MS)),
              ]),
            ]),
          ),
      )
      .returning('key')
      .executeTakeFirst();
    if (fresh) {
      claimed.add(request);
      return;
    }
    const first = await db
      .selectFrom('platform.idempotency')
      .select(['input_digest', 'status', 'body'])
      .where('caller', '=', caller)
      .where('route', '=', route)
      .where('key', '=', key)
      .executeTakeFirst();
    if (!first || first.status === null) throw new Refused('in_flight');
    if (!sameBytes(first.input_digest, digest)) throw new Refused('key_reused');
    reply
      .header(replayed, 'true')
      .code(first.status)
      .type(first.status >= 400 ? 'application/problem+json' : 'application/json');
    return reply.send(first.body ?? '');
  });

  app.addHook('onSend', async (request, reply, payload) => {
    if (!claimed.delete(request)) return payload;
    const { key, caller, route } = slot(request);
    const mine = db.updateTable('platform.idempotency');
    // Our own failures are not an answer: the caller may try again with the same key.
    if (reply.statusCode >= 500 || reply.statusCode === 429) {
      await db
        .deleteFrom('platform.idempotency')
        .where('caller', '=', caller)
        .where('route', '=', route)
        .where('key', '=', key)
        .execute();
    } else {
      await mine
        .set({ status: reply.statusCode, body: typeof payload === 'string' ? payload : '' })
        .where('caller', '=', caller)
        .where('route', '=', route)
        .where('key', '=', key)
        .execute();
    }
    return payload;
  });
}
