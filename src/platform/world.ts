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

const REPLY_BYTES_MAX = 4_000_000;

/**
 * One HTTP call with a deadline, no redirects (they are a way into the inner network) and a bounded reply.
 * A refused connection is `retry`; everything that fails after the request may have left is `ask`.
 */
export async function callWorld(
  url: string,
  request: { method: string; headers?: Record<string, string>; body?: string; timeoutMs: number },
): Promise<WorldReply> {
  try {
    const { method, headers, body } = request;
    const signal = AbortSignal.timeout(request.timeoutMs);
    const reply = await fetch(url, {
      method,
      redirect: 'error',
      signal,
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    });
    const text = await reply.text();
    if (text.length > REPLY_BYTES_MAX) throw new WorldError('reject', 'reply_too_large');
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
