/** Calls to the outside (issuers, bank, SMS), typed by what the caller may conclude from the answer. */

/**
 * `retry`: it certainly did not happen, try again later. `ask`: it may have happened, ask by request number.
 * `reject`: the other side said no for good.
 */
export type WorldKind = 'retry' | 'ask' | 'reject';

export class WorldError extends Error {
  readonly kind: WorldKind;
  readonly code: string;
  constructor(kind: WorldKind, code: string, options?: ErrorOptions) {
    super(`${kind}: ${code}`, options);
    this.name = 'WorldError';
    this.kind = kind;
    this.code = code;
  }
}

export interface WorldReply {
  status: number;
  headers: Headers;
  body: string;
}

/** Nobody who answers one question of ours has more to say. */
const REPLY_BYTES_MAX = 4_000_000;

/**
 * One HTTP call with a deadline, no redirects (they are a way into the inner network) and a bounded reply: what is longer
 * is not read to its end.
 * A refused connection is `retry`; everything that fails after the request may have left is `ask`.
 */
export async function callWorld(
  url: string,
  request: {
    method: string;
    headers?: Record<string, string>;
    body?: string;
    timeoutMs: number;
    replyBytesMax?: number;
  },
): Promise<WorldReply> {
  try {
    const { method, headers, body, replyBytesMax = REPLY_BYTES_MAX } = request;
    const signal = AbortSignal.timeout(request.timeoutMs);
    const reply = await fetch(url, {
      method,
      redirect: 'error',
      signal,
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    });
    const text = await bounded(reply, replyBytesMax);
    return { status: reply.status, headers: reply.headers, body: text };
  } catch (error) {
    if (error instanceof WorldError) throw error;
    const code =
      ((error as Error).cause as { code?: string } | undefined)?.code ?? (error as Error).name;
    throw new WorldError(code === 'ECONNREFUSED' || code === 'ENOTFOUND' ? 'retry' : 'ask', code, {
      cause: error,
    });
  }
}

async function bounded({ body }: Response, bytesMax: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > bytesMax) throw new WorldError('reject', 'reply_too_large');
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}
