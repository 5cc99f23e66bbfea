/** The few lines that a recycler's program needs to call the API: one key, one shop, errors as values of RFC 9457. */

export interface Access {
  /** Address of the house, without a slash at the end. */
  readonly url: string;
  readonly shop: string;
  readonly key: string;
}

export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(status: number, problem: { code: string; title: string; remedy?: string }) {
    super(`${problem.title} (${problem.code}). ${problem.remedy ?? ''}`);
    this.status = status;
    this.code = problem.code;
  }
}

export type Call = <T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
) => Promise<T>;

/** `path` is below the shop. A POST carries a key of its own, so that a repeat after a lost answer does nothing twice. */
export function callerOf({ url, shop, key }: Access): Call {
  return async <T>(method: string, path: string, body?: object): Promise<T> => {
    const reply = await fetch(`${url}/v1/recyclers/${shop}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        'accept-language': 'en',
        ...(method === 'POST' && {
          'content-type': 'application/json',
          'idempotency-key': crypto.randomUUID(),
        }),
      },
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
    });
    const answer = reply.status === 204 ? undefined : await reply.json();
    if (!reply.ok) throw new ApiError(reply.status, answer as { code: string; title: string });
    return answer as T;
  };
}
