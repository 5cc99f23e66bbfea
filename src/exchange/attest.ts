/**
 * The attestation signer: keys of the house that the contract knows for a window of time. A key is renewed before its
 * window ends, and two windows overlap, so that nothing signed shortly before is worth nothing.
 */
import assert from 'node:assert/strict';
import type { Address, Hex } from 'viem';
import { encodeFunctionData } from 'viem/utils';
import { exchangeAbi } from '#contracts';
import { DAY, inTransaction, type Keys, plus, type Reader, type Tx } from '#platform';
import { append } from '#record';
import type { ChainDeps, ExchangeDeps } from './deps.ts';
import { typed } from './domain.ts';
import { accountFor } from './keys.ts';
import { ATTEST_MS } from './life.ts';
import { relay } from './relay.ts';
import { endSigner, insertSigner, lockSigners, type SignerRow, signersOf } from './store.ts';

/** `issuer` is the house's own, for documents in an issuer's name; `reissuer` is an issuer's own, of which we know the address. */
export type SignerKind = 'verifier' | 'issuer' | 'bank' | 'desk' | 'reissuer';
/** The contract's number of the kind it is told of; the others sign documents. */
const ON_CHAIN: Readonly<Partial<Record<SignerKind, number>>> = { verifier: 1, reissuer: 2 };

export const WINDOW_MS = 90 * DAY;
/** The next key begins this long before the one in use ends. */
export const OVERLAP_MS = 14 * DAY;
export const SET_SIGNER_GAS = 150_000n;

/** The newest key that may sign at `at` and for everything that is signed now until it can be used. */
export async function signerAt(
  reader: Reader,
  kind: SignerKind,
  at: Date,
): Promise<SignerRow | undefined> {
  const known = await signersOf(reader, kind);
  return known.find(
    (one) =>
      !one.revoked_at &&
      !one.awaits_chain &&
      one.valid_from <= at &&
      plus(at, ATTEST_MS) < one.valid_until,
  );
}

/** Adds the next key of a kind, here and on the chain. */
export async function addSigner(
  tx: Tx,
  deps: ExchangeDeps,
  { kind, at }: { kind: OwnKind; at: Date },
): Promise<SignerRow> {
  const delayMs = ON_CHAIN[kind] === undefined ? 0 : (deps.on?.keyDelayMs ?? 0);
  const version = await nextVersion(tx, kind);
  const row = nextSigner(deps.keys, { kind, version, at, delayMs });
  await noteSigner(tx, row, at);
  if (ON_CHAIN[kind] !== undefined && delayMs === 0) await tellChain(tx, deps, { row, at });
  return row;
}
export type OwnKind = Exclude<SignerKind, 'reissuer'>;

const nextVersion = async (reader: Reader, kind: SignerKind): Promise<number> =>
  ((await signersOf(reader, kind))[0]?.version ?? 0) + 1;

/** An issuer's key, for cards of its class; known to the contract as ours are, after the manager's delay. */
export async function addReissuer(
  tx: Tx,
  deps: ChainDeps,
  of: { address: string; issuerClass: number; at: Date },
): Promise<void> {
  const { address, issuerClass, at } = of;
  const { keyDelayMs: delayMs } = deps.on;
  const version = await nextVersion(tx, 'reissuer');
  const row = windowed({ kind: 'reissuer', version, address, issuerClass, at, delayMs });
  await noteSigner(tx, row, at);
  if (delayMs === 0) await tellChain(tx, deps, { row, at });
}

export function nextSigner(
  keys: Keys,
  of: { kind: OwnKind; version: number; at: Date; delayMs: number },
): SignerRow {
  const { address } = accountFor(keys, of.kind, of.version);
  return windowed({ ...of, address: address.toLowerCase(), issuerClass: null });
}

function windowed(of: {
  kind: SignerKind;
  version: number;
  address: string;
  issuerClass: number | null;
  at: Date;
  delayMs: number;
}): SignerRow {
  const { kind, version, address, issuerClass, at, delayMs } = of;
  const from = plus(at, delayMs);
  return {
    ...{ kind, version, address, issuer_class: issuerClass, awaits_chain: delayMs > 0 },
    ...{ valid_from: from, valid_until: plus(from, WINDOW_MS), revoked_at: null },
  };
}

export async function noteSigner(tx: Tx, row: SignerRow, at: Date): Promise<void> {
  const { kind, version, address, issuer_class: issuerClass, valid_until: until } = row;
  await insertSigner(tx, row);
  const theirs = issuerClass !== null && { address, issuerClass };
  const data = { kind, version, until: until.toISOString(), ...theirs };
  await append(tx, { subject: `signer/${kind}`, type: 'signer.added', data, at });
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

async function tellChain(
  tx: Tx,
  deps: ExchangeDeps,
  { row, at }: { row: SignerRow; at: Date },
): Promise<void> {
  const { on } = deps;
  if (!on) return;
  await relay(
    tx,
    { relayer: on.relayer, gasPerDay: 0n },
    {
      ...{ purpose: 'signer', to: on.exchange, gasMax: SET_SIGNER_GAS, at },
      data: signerCall(row),
    },
  );
}

/** The same bytes whenever it is asked for: what was planned is what is set. */
export function signerCall(row: SignerRow): Hex {
  const kind = ON_CHAIN[row.kind as SignerKind];
  assert(kind !== undefined);
  const { issuer_class: issuerClass } = row;
  const entry = {
    ...{ kind, from: seconds(row.valid_from), until: seconds(row.valid_until) },
    issuerClass: issuerClass ?? 0,
  };
  const args = [row.address as Address, entry] as const;
  return encodeFunctionData({ abi: exchangeAbi, functionName: 'setSigner', args });
}

/** Takes a key out of use at once, here and on the chain; what it signed and nobody used is worth nothing. */
export async function revokeSigner(
  tx: Tx,
  deps: ExchangeDeps,
  { kind, version, at, by }: { kind: SignerKind; version: number; at: Date; by: string },
): Promise<void> {
  const known = (await signersOf(tx, kind)).find((one) => one.version === version);
  if (!known || known.revoked_at) return;
  await endSigner(tx, { kind, version, at });
  const data = { kind, version, by };
  await append(tx, { subject: `signer/${kind}`, type: 'signer.revoked', data, at });
  const { on } = deps;
  if (!on || ON_CHAIN[kind] === undefined) return;
  const args = [known.address as Address] as const;
  await relay(
    tx,
    { relayer: on.relayer, gasPerDay: 0n },
    {
      ...{ purpose: 'signer', to: on.exchange, gasMax: SET_SIGNER_GAS, at },
      data: encodeFunctionData({ abi: exchangeAbi, functionName: 'revokeSigner', args }),
    },
  );
}

/** Once an hour: a kind without a key that lives long enough gets its next one. Gives how many were added. */
export async function renewSigners(
  deps: ExchangeDeps,
  kinds: readonly OwnKind[],
  at: Date,
): Promise<number> {
  let added = 0;
  for (const kind of kinds) {
    await inTransaction(deps.db, async (tx) => {
      await lockSigners(tx);
      const known = await signersOf(tx, kind);
      const lasting = known.some(
        (one) => !one.revoked_at && plus(at, OVERLAP_MS) < one.valid_until,
      );
      if (lasting) return;
      await addSigner(tx, deps, { kind, at });
      added++;
    });
  }
  return added;
}

export interface Attestation {
  readonly cardId: bigint;
  readonly holder: Address;
  readonly issuerClass: number;
  readonly secretCommit: Hex;
  readonly deadline: number;
}

/** Signs that the card was seen at its issuer and may be minted by `holder`, for a day. */
export async function attest(
  reader: Reader,
  deps: ChainDeps,
  of: Omit<Attestation, 'deadline'> & { at: Date },
): Promise<{ message: Attestation; signature: Hex }> {
  const { at, ...rest } = of;
  const signer = await signerAt(reader, 'verifier', at);
  assert(signer, 'a verifier key is in its window');
  const message = { ...rest, deadline: seconds(plus(at, ATTEST_MS)) };
  const account = accountFor(deps.keys, 'verifier', signer.version);
  assert(account.signTypedData, 'a key of ours signs');
  const signature = await account.signTypedData(typed('Attest', deps.on.domains.exchange, message));
  return { message, signature };
}
