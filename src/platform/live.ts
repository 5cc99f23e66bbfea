/** News for open pages: a topic is notified in the transaction that changed it, and heard by every api process. */
import { sql } from 'kysely';
import pg from 'pg';
import { afterCommit, type Db, type Tx } from './db.ts';

const CHANNEL = 'huiquan_live';
const RECONNECT_MS = 1_000;

/**
 * Topics are `thing:id`; listeners get no content, they look again. Said right after the commit, not in it: PostgreSQL
 * lets transactions with news commit only one after another, each waiting for the disk alone. A process that dies in
 * between says nothing, so whoever listens looks again now and then by itself.
 */
export function notify(tx: Tx, topic: string): void {
  afterCommit(tx, (db) => say(db, topic));
}

const toSay = new WeakMap<Db, Set<string>>();

/** What comes while a sentence is being said goes into the next one. */
function say(db: Db, topic: string): void {
  const waiting = toSay.get(db);
  if (waiting) {
    waiting.add(topic);
    return;
  }
  const first = new Set([topic]);
  toSay.set(db, first);
  void sayAll(db, first);
}

async function sayAll(db: Db, topics: Set<string>): Promise<void> {
  while (topics.size > 0) {
    const now = [...topics];
    topics.clear();
    await sql`select pg_notify(${CHANNEL}, topic) from unnest(${now}::text[]) as topic`
      .execute(db)
      .catch(() => undefined);
  }
  toSay.delete(db);
}

export interface Live {
  /** Calls `hear` after each change of `topic`; returns how to stop. */
  subscribe(topic: string, hear: () => void): () => void;
  close(): Promise<void>;
}

export async function openLive(url: string): Promise<Live> {
  const hearers = new Map<string, Set<() => void>>();
  let closed = false;
  let client: pg.Client;
  const connect = async (): Promise<void> => {
    client = new pg.Client({ connectionString: url, application_name: 'huiquan-live' });
    client.on('notification', ({ payload }) => {
      for (const hear of hearers.get(payload ?? '') ?? []) hear();
    });
    client.on('error', () => undefined);
    client.on('end', () => {
      if (!closed)
        setTimeout(() => void connect().catch(() => client.emit('end')), RECONNECT_MS).unref();
    });
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    // What was said while we were away is lost: everybody looks again.
    for (const set of hearers.values()) for (const hear of set) hear();
  };
  await connect();
  return {
    subscribe(topic, hear) {
      const set = hearers.get(topic) ?? new Set();
      hearers.set(topic, set.add(hear));
      return () => {
        set.delete(hear);
        if (set.size === 0) hearers.delete(topic);
      };
    },
    async close() {
      closed = true;
      await client.end();
    },
  };
}
