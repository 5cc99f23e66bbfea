/** Trees and consistency proofs of RFC 9162 §2.1, by its recursive definition: slow, and plainly what the text says. */
import { createHash } from 'node:crypto';
import type { Hex } from 'viem';

const sha256 = (...parts: Buffer[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const hexOf = (hash: Buffer): Hex => `0x${hash.toString('hex')}`;

/** The largest power of two below n. */
const splitOf = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));

function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (!only) return sha256();
  if (leaves.length === 1) return sha256(Buffer.from([0]), only);
  const k = splitOf(leaves.length);
  return sha256(Buffer.from([1]), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

export const rootOf = (leaves: readonly Buffer[]): Hex => hexOf(treeHash(leaves));
export const leafHash = (leaf: Buffer): Hex => hexOf(sha256(Buffer.from([0]), leaf));

export const consistencyProof = (m: number, leaves: readonly Buffer[]): Hex[] =>
  subProof(m, leaves, true).map(hexOf);

function subProof(m: number, leaves: readonly Buffer[], whole: boolean): Buffer[] {
  const n = leaves.length;
  if (m === n) return whole ? [] : [treeHash(leaves)];
  const k = splitOf(n);
  return m <= k
    ? [...subProof(m, leaves.slice(0, k), whole), treeHash(leaves.slice(k))]
    : [...subProof(m - k, leaves.slice(k), false), treeHash(leaves.slice(0, k))];
}

export function inclusionProof(index: number, leaves: readonly Buffer[]): Hex[] {
  return path(index, leaves).map(hexOf);
}

function path(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = splitOf(leaves.length);
  return index < k
    ? [...path(index, leaves.slice(0, k)), treeHash(leaves.slice(k))]
    : [...path(index - k, leaves.slice(k)), treeHash(leaves.slice(0, k))];
}
