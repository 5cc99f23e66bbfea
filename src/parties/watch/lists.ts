/** The publisher of watch lists over HTTP: what it has now, and a list whose bytes are those of its digest. */
import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { callWorld, WorldError } from '#platform';
import { type Entry, LISTS, type ListKind } from './domain.ts';

const TIMEOUT_MS = 60_000;
/** 100,000 entries of 300 bytes; a common one has 120. */
const LIST_BYTES_MAX = 30_000_000;

const Name = Type.String({ minLength: 1, maxLength: 200 });
const EntryShape = Type.Object({
  ref: Type.String({ minLength: 1, maxLength: 64 }),
  type: Type.Enum(['person', 'entity']),
  names: Type.Array(Name, { minItems: 1, maxItems: 50 }),
  idNumber: Type.Optional(Type.String({ pattern: '^([0-9]{15}|[0-9]{17}[0-9Xx])$' })),
  creditCode: Type.Optional(Type.String({ pattern: '^[0-9A-Z]{18}$' })),
  bornOn: Type.Optional(Type.String({ pattern: '^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$' })),
  region: Type.Optional(Type.String({ pattern: '^[0-9]{2,6}$' })),
});
const Index = Type.Object({
  lists: Type.Array(
    Type.Object({
      kind: Type.Enum([...LISTS]),
      version: Type.String({ minLength: 1, maxLength: 64 }),
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    }),
    { maxItems: LISTS.length },
  ),
});
const List = Type.Object({
  kind: Type.Enum([...LISTS]),
  version: Type.String(),
  entries: Type.Array(EntryShape, { maxItems: 100_000 }),
});

export interface Published {
  readonly kind: ListKind;
  readonly version: string;
  /** SHA-256 of the list, as hex. */
  readonly sha256: string;
}

export interface Publisher {
  index(): Promise<readonly Published[]>;
  /** Its text and what it says; refuses bytes that are not those of the digest. */
  read(of: Published): Promise<{ text: string; entries: readonly Entry[] }>;
}

export const openPublisher = (url: string): Publisher => ({
  index: async () => {
    const value = parsed(await get(`${url}/watch/lists`));
    if (!Value.Check(Index, value)) throw new WorldError('ask', 'watch_index_unreadable');
    return value.lists as readonly Published[];
  },
  read: async ({ kind, version, sha256 }) => {
    const text = await get(`${url}/watch/lists/${kind}`);
    if (createHash('sha256').update(text).digest('hex') !== sha256)
      throw new WorldError('ask', 'watch_digest_differs');
    const entries = entriesIn(text);
    const value = parsed(text) as { kind: string; version: string };
    if (value.kind !== kind || value.version !== version)
      throw new WorldError('ask', 'watch_list_unreadable');
    return { text, entries };
  },
});

/** The entries of a list as it was published; also of one that was kept. */
export function entriesIn(text: string): readonly Entry[] {
  const value = parsed(text);
  if (!Value.Check(List, value)) throw new WorldError('ask', 'watch_list_unreadable');
  return value.entries as readonly Entry[];
}

async function get(url: string): Promise<string> {
  const bounds = { timeoutMs: TIMEOUT_MS, replyBytesMax: LIST_BYTES_MAX };
  const { status, body } = await callWorld(url, { method: 'GET', ...bounds });
  if (status !== 200) throw new WorldError('ask', `watch_${status}`);
  return body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
