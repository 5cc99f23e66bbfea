/** The publisher of watch lists in the simulator: an index with digests, and each list as it was published. */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

interface List {
  version: string;
  entries: unknown[];
}
const KINDS = ['terror', 'un_sanctions', 'pboc_risk', 'police'];

/** Every list starts empty; `/control/watch` publishes one, and `digest` there makes the index lie. */
export function watchLists(app: FastifyInstance): void {
  const lists = new Map<string, List>(KINDS.map((kind) => [kind, { version: '0', entries: [] }]));
  let wrongDigest = false;
  const bodyOf = (kind: string): string => {
    const { version = '', entries = [] } = lists.get(kind) ?? {};
    return JSON.stringify({ kind, version, entries });
  };
  app.get('/watch/lists', async () => ({
    lists: KINDS.map((kind) => ({
      kind,
      version: lists.get(kind)?.version,
      sha256: createHash('sha256')
        .update(wrongDigest ? 'another' : bodyOf(kind))
        .digest('hex'),
    })),
  }));
  app.get('/watch/lists/:kind', async (request, reply) => {
    const { kind } = request.params as { kind: string };
    if (!lists.has(kind)) return reply.code(404).send({ error: 'unknown' });
    return reply.type('application/json').send(bodyOf(kind));
  });
  /** {kind, version, entries, digest?: 'wrong'}: publishes a list. */
  app.post('/control/watch', { bodyLimit: 40_000_000 }, async (request) => {
    const { kind, version, entries, digest } = request.body as List & {
      kind: string;
      digest?: string;
    };
    lists.set(kind, { version, entries });
    wrongDigest = digest === 'wrong';
    return { kind, version, entries: entries.length };
  });
}
