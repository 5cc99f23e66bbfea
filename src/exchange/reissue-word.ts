/** Whether an issuer's word on a re-issue is worth paying out on: pure, from what it said and what was asked. */
import type { Address, Hex } from 'viem';
import { hashTypedData, recoverAddress, stringToBytes } from 'viem/utils';
import type { CardSecret, ReissueTold } from '#cards';
import type { Secret } from '#platform';
import { type Domain, secretCommit, secretWords, typed } from './domain.ts';

export interface Asked {
  readonly tokenId: Hex;
  readonly buyer: Address;
  readonly nonce: bigint;
  /** Unix seconds. */
  readonly deadline: number;
}
type Done = Extract<ReissueTold, { state: 'done' }>;

/** The message that the issuer signs; `newCommit` is its own. */
export const reissuedMessage = (asked: Asked, newCommit: Hex) => ({
  ...{ cardId: BigInt(asked.tokenId), buyer: asked.buyer, newCommit },
  ...{ nonce: Number(asked.nonce), deadline: asked.deadline },
});

/**
 * Undefined for a word by which the buyer has what was paid for: signed by one of `signers` for this very sale, over the
 * secret that came with it, with the whole balance. The contract judges the signature once more.
 */
export async function faultIn(
  told: Pick<Done, 'value'> & { fresh: CardSecret; salt: Secret | undefined },
  of: { asked: Asked; domain: Domain; signers: readonly string[]; expectFen: bigint },
): Promise<'REISSUED_SHORT' | 'REISSUED_OTHER' | 'REISSUED_UNSIGNED' | undefined> {
  const { value } = told;
  if (BigInt(value.balanceFen) < of.expectFen) return 'REISSUED_SHORT';
  if (commitTo(told, of.asked.tokenId) !== value.newCommit) return 'REISSUED_OTHER';
  const message = reissuedMessage(of.asked, value.newCommit as Hex);
  const hash = hashTypedData(typed('Reissued', of.domain, message));
  const signer = await signerOf(hash, value.signature as Hex);
  return signer && of.signers.includes(signer) ? undefined : 'REISSUED_UNSIGNED';
}

const WORD_BYTES = 32;

/** Undefined for what does not fit the contract's words. */
function commitTo(
  { fresh, salt }: { fresh: CardSecret; salt: Secret | undefined },
  tokenId: Hex,
): Hex | undefined {
  const [number, pin] = [fresh.number.reveal(), fresh.pin?.reveal()];
  const bytes = Buffer.from(salt?.reveal() ?? '', 'base64url');
  const fits = [number, pin ?? ''].every((text) => stringToBytes(text).length <= WORD_BYTES);
  if (!fits || bytes.length === 0 || bytes.length > WORD_BYTES) return undefined;
  return secretCommit(tokenId, secretWords({ number, pin }), bytes);
}

async function signerOf(hash: Hex, signature: Hex): Promise<string | undefined> {
  try {
    return (await recoverAddress({ hash, signature })).toLowerCase();
  } catch {
    // Not a signature at all.
    return undefined;
  }
}
