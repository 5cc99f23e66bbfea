/** The typed call of the web, seen through the routes of the console. */

import type { Routes } from '../api.gen.ts';
import { type CallOptions, call } from '../api.ts';

export type Key = keyof Routes;
export type GetKey = Extract<Key, `GET ${string}`>;
export type ActKey = Exclude<Key, GetKey>;
/** What a route does not take must not be given; what may be empty may be left out. */
type Part<K extends Key, P extends 'params' | 'query' | 'body'> = [Routes[K][P]] extends [undefined]
  ? { [_ in P]?: never }
  : Record<string, never> extends Routes[K][P]
    ? { [_ in P]?: Routes[K][P] }
    : { [_ in P]: Routes[K][P] };
export type Input<K extends Key> = Part<K, 'params'> & Part<K, 'query'> & Part<K, 'body'>;
export type Reply<K extends Key> = Routes[K]['reply'];

const untyped = call as (route: never, input: never, options?: CallOptions) => Promise<unknown>;

/** An action without content sends an empty object, for every route that takes a body says what is in it. */
export function send<K extends Key>(
  route: K,
  input: Input<K>,
  options?: CallOptions,
): Promise<Reply<K>> {
  const takesBody = route.startsWith('POST ') || route.startsWith('PUT ');
  const whole = takesBody ? { body: {}, ...input } : input;
  return untyped(route as never, whole as never, options) as Promise<Reply<K>>;
}
