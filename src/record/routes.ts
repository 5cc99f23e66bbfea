/** The record over HTTP, for the console: reading and checking, never writing. */
import { type App, type Clock, type Db, Problem, type Role } from '#platform';
import { RecordQuery, RecordView, VerdictView } from './schema.ts';
import { type EntryRow, listEntries } from './store.ts';
import { verifyRecord } from './verify.ts';

const readers: readonly Role[] = ['compliance', 'auditor', 'admin', 'risk', 'finance', 'support'];
const tags = ['record'];

export function recordRoutes(app: App, { db }: { db: Db; clock: Clock }): void {
  app.get(
    '/v1/console/record',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'What happened to a subject, or to all, newest first.',
        querystring: RecordQuery,
        response: { 200: RecordView, '4xx': Problem },
      },
    },
    async ({ query: { subject, cursor, limit = 20 } }) => {
      const before = cursor === undefined ? undefined : BigInt(cursor);
      const rows = await listEntries(db, { subject, before, limit: limit + 1 });
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map(viewOf),
        ...(rows.length > limit && last && { next: String(last.no) }),
      };
    },
  );

  app.get(
    '/v1/console/record/verify',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Walks the whole chain and names the first broken place.',
        response: { 200: VerdictView, '4xx': Problem },
      },
    },
    async () => {
      const verdict = await verifyRecord(db);
      if (verdict.ok) return verdict;
      const { seq, entryId, reason } = verdict;
      return {
        ok: false,
        broken: { reason, ...(seq !== null && { seq }), ...(entryId !== null && { entryId }) },
      };
    },
  );
}

function viewOf({ id, subject, type, data, at, seq, hash }: EntryRow) {
  return {
    id,
    subject,
    type,
    data: data as Record<string, unknown>,
    at: at.toISOString(),
    ...(seq !== null &&
      hash !== null && { sealed: { seq: Number(seq), hash: hash.toString('hex') } }),
  };
}
