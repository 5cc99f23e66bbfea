/** What the routes of recyclers are given, and whom each of their requests is about. */
import type { FastifyRequest } from 'fastify';
import { type Clock, type Config, callerOf, type Db, type Keys } from '#platform';
import type { RecyclerMoney } from './standing.ts';
import type { RecyclerNews } from './tell.ts';

export interface RecyclerRoutesDeps {
  readonly config: Config;
  readonly db: Db;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly money: RecyclerMoney;
  readonly news: RecyclerNews;
}

export const whoIn = (request: FastifyRequest<{ Params: { id: string } }>) => ({
  recyclerId: request.params.id,
  userId: callerOf(request).userId,
});
