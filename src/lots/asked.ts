/** What the routes of a company's lots share: who asks about which lot, and what is answered. */
import type { FastifyRequest } from 'fastify';
import { callerOf, Problem } from '#platform';
import type { LotRoutesDeps } from './deps.ts';
import { lotFor } from './lot.ts';
import type { LotView } from './schema.ts';
import { lotView } from './view.ts';

export const tags = ['lots'];
export const no = { '4xx': Problem };

export type Asked = FastifyRequest<{ Params: { id: string; lotId: string } }>;
export const whoOn = (request: Asked) => ({
  companyId: request.params.id,
  lotId: request.params.lotId,
  userId: callerOf(request).userId,
});

export const viewFor = async (
  { db }: LotRoutesDeps,
  who: ReturnType<typeof whoOn>,
): Promise<LotView> => await lotView(db, await lotFor(db, who), who.userId);
