/**
 * Server-sent events: the view now, and again after each change of a topic, until the page goes away. Looks once for
 * all who see the same; hides heartbeats, lost news and slow readers.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Live } from './live.ts';

const HEARTBEAT_MS = 15_000;
/** A reader that takes nothing for so long a backlog is let go; its page opens the stream anew. */
const BACKLOG_BYTES_MAX = 256 * 1024;

type Look = () => Promise<unknown>;
/** Undefined: it cannot be seen any more. */
type Hear = (frame: Buffer | undefined) => void;

const frameOf = (json: string): Buffer => Buffer.from(`data: ${json}\n\n`);
const BEAT = Buffer.from(': still here\n\n');

interface Watching {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly live: Live;
  readonly topic: string;
  readonly look: Look;
}

/** One person's view: nobody else may see it, so it is looked at for them alone. */
export async function stream(
  ...[request, reply, live, topic, look]: [FastifyRequest, FastifyReply, Live, string, Look]
): Promise<void> {
  await send({ request, reply }, new Watch({ live, topic, look, left: () => undefined }));
}

const open = new WeakMap<Live, Map<string, Watch>>();

/** What everybody sees alike: however many watch, a change is looked at once and written to each of them. */
export async function broadcast({ request, reply, live, topic, look }: Watching): Promise<void> {
  const watches = open.get(live) ?? new Map<string, Watch>();
  open.set(live, watches);
  const left = (): void => void watches.delete(topic);
  const watch = watches.get(topic) ?? new Watch({ live, topic, look, left });
  watches.set(topic, watch);
  await send({ request, reply }, watch);
}

async function send(
  { request, reply }: Pick<Watching, 'request' | 'reply'>,
  watch: Watch,
): Promise<void> {
  const { raw } = reply;
  let isOpen = false;
  const stop = watch.listen((frame) => {
    // Before the head is written the first view is still to come, and it is the newest.
    if (!isOpen) return;
    if (frame === undefined) raw.end();
    else if (raw.writableLength > BACKLOG_BYTES_MAX) raw.destroy();
    else raw.write(frame);
  });
  request.raw.on('close', () => {
    stop();
    raw.end();
  });
  let first: Buffer;
  try {
    first = await watch.now();
  } catch (error) {
    stop();
    throw error;
  }
  reply.hijack();
  raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  raw.write(watch.last ?? first);
  isOpen = true;
}

/** One thing that is looked at, for one reader or for many. It lives as long as somebody listens. */
class Watch {
  last: Buffer | undefined;
  readonly #of: Pick<Watching, 'live' | 'topic' | 'look'> & { readonly left: () => void };
  readonly #hearers = new Set<Hear>();
  #looking: Promise<void> | undefined;
  #again = false;
  #stop: (() => void) | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(of: Pick<Watching, 'live' | 'topic' | 'look'> & { left: () => void }) {
    this.#of = of;
  }

  /** The view as it is, after `listen`. Throws what looking throws. */
  async now(): Promise<Buffer> {
    if (!this.last) await this.#refresh();
    if (!this.last) throw new Error('whoever looked has seen something');
    return this.last;
  }

  listen(hear: Hear): () => void {
    if (this.#hearers.size === 0) this.#begin();
    this.#hearers.add(hear);
    return () => {
      if (this.#hearers.delete(hear) && this.#hearers.size === 0) this.#end();
    };
  }

  #begin(): void {
    const { live, topic } = this.#of;
    const push = (): void => void this.#refresh().catch(() => this.#tell(undefined));
    this.#stop = live.subscribe(topic, push);
    // News may be lost when a process dies, so every heartbeat looks too.
    this.#beat = setInterval(() => {
      this.#tell(BEAT);
      push();
    }, HEARTBEAT_MS);
  }

  #end(): void {
    this.#stop?.();
    clearInterval(this.#beat);
    this.#of.left();
  }

  #tell(frame: Buffer | undefined): void {
    for (const hear of [...this.#hearers]) hear(frame);
  }

  /** One look at a time. News that comes while we look was perhaps not in what we saw, so we look again. */
  async #refresh(): Promise<void> {
    this.#again = true;
    this.#looking ??= this.#lookUntilStill().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #lookUntilStill(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const seen = frameOf(JSON.stringify(await this.#of.look()));
      if (this.last?.equals(seen)) continue;
      this.last = seen;
      this.#tell(seen);
    }
  }
}
