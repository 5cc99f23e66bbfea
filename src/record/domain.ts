/** What is hashed, and how a chain is judged, pure: anyone with the rows can redo it. */
import { canonicalJson, sameBytes, sha256 } from '#platform';

/** Values that JSON and jsonb both keep as they are; a bigint is kept as its decimal string. */
export type Json =
  | string
  | number
  | boolean
  | bigint
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };
export type Data = { readonly [key: string]: Json | undefined };

export interface Content {
  readonly id: string;
  readonly subject: string;
  readonly type: string;
  readonly data: unknown;
  readonly at: Date;
}

/** SHA-256 of the canonical JSON (sorted keys, no spaces) of the five fields, the same before and after jsonb. */
export function digestOf({ id, subject, type, data, at }: Content): Buffer {
  return sha256(canonicalJson({ id, subject, type, data, at }));
}

export interface Link {
  readonly seq: number;
  readonly at: Date;
  readonly prev: Buffer;
  readonly hash: Buffer;
}

/** The hash before the first. */
export const GENESIS = Buffer.alloc(32);

export function hashOf(link: { seq: number; at: Date; prev: Buffer; digest: Buffer }): Buffer {
  const { seq, at, prev, digest } = link;
  return sha256(canonicalJson([seq, at, prev.toString('hex'), digest.toString('hex')]));
}

export interface Head {
  readonly seq: number;
  readonly hash: Buffer;
}

/** Chains `entries` behind `head`, in the order given. */
export function chain<T extends { digest: Buffer }>(
  head: Head,
  entries: readonly T[],
  at: Date,
): (T & Link)[] {
  let { seq, hash: prev } = head;
  return entries.map((entry) => {
    seq += 1;
    const link = { ...entry, seq, at, prev, hash: hashOf({ seq, at, prev, digest: entry.digest }) };
    prev = link.hash;
    return link;
  });
}

/** What can be wrong, in the order in which it is looked for. */
export type Break =
  /** A number is missing: links were deleted. */
  | 'link_missing'
  /** The link does not continue the one before it: reordered, or one before it was rewritten. */
  | 'link_out_of_order'
  /** The entry of this link is gone. */
  | 'entry_missing'
  /** The entry is not what its digest says. */
  | 'entry_changed'
  /** The hash does not follow from what it covers: entry and digest, or the link, were rewritten. */
  | 'link_forged'
  /** An entry neither in the chain nor waiting for it. */
  | 'entry_unchained';

/** Checks one link against the head so far and the entry as it is stored now. */
export function breakOf(
  head: Head,
  link: Link,
  entry: (Content & { digest: Buffer }) | undefined,
): Break | undefined {
  if (link.seq !== head.seq + 1) return 'link_missing';
  if (!sameBytes(link.prev, head.hash)) return 'link_out_of_order';
  if (!entry) return 'entry_missing';
  if (!sameBytes(digestOf(entry), entry.digest)) return 'entry_changed';
  if (!sameBytes(hashOf({ ...link, digest: entry.digest }), link.hash)) return 'link_forged';
  return undefined;
}
