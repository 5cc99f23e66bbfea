/**
 * Keys by which issuers sign that a card was re-issued: each issuer tells its own, the contract takes it for cards of that
 * issuer's class alone, after the manager's delay as any other key.
 */
import assert from 'node:assert/strict';
import { canReissue, chainKeyOf, issuersWith } from '#cards';
import { inTransaction, plus, type Reader, type Tx } from '#platform';
import { addReissuer, OVERLAP_MS } from './attest.ts';
import type { ChainDeps } from './deps.ts';
import { hasFeature } from './profile.ts';
import { classOf, lockSigners, type SignerRow, signersAt, signersOf, type Token } from './store.ts';

/** Once an hour, and when the house opens: each issuer that can re-issue is asked, and its key kept in its window. */
export async function tendReissuers(deps: ChainDeps, at: Date): Promise<void> {
  if (!hasFeature(deps.profile, 'reissue')) return;
  const issuers = await issuersWith(deps.db, 'reissue');
  const keys = issuers.map(async (issuer) => await chainKeyOf(deps.cards, issuer, at));
  for (const [place, address] of (await Promise.all(keys)).entries()) {
    const issuer = issuers[place];
    assert(issuer);
    if (address === undefined)
      deps.log.warn({ issuer: issuer.id }, 'an issuer did not tell its key; asked again next hour');
    else await inTransaction(deps.db, (tx) => keep(tx, deps, { issuerId: issuer.id, address, at }));
  }
}

async function keep(
  tx: Tx,
  deps: ChainDeps,
  { issuerId, address, at }: { issuerId: string; address: string; at: Date },
): Promise<void> {
  await lockSigners(tx);
  const issuerClass = await classOf(tx, issuerId);
  const known = await signersAt(tx, address);
  // The contract has one entry a key: whoever could name another's would take it from them.
  if (known.some((one) => one.issuer_class !== issuerClass)) {
    deps.log.error({ issuer: issuerId, address }, 'an issuer named a key that is somebody else’s');
    return;
  }
  if (known.some((one) => one.revoked_at)) {
    deps.log.warn({ issuer: issuerId, address }, 'an issuer still names a key that was revoked');
    return;
  }
  // One that waits for the contract comes first: two at once would take each other's window.
  const lasting = known.some((one) => one.awaits_chain || plus(at, OVERLAP_MS) < one.valid_until);
  if (!lasting) await addReissuer(tx, deps, { address, issuerClass, at });
}

/** Can this card be sold with a new PIN from its issuer? Where a profile has no such sale, no key of an issuer is known. */
export async function isReissuable(
  reader: Reader,
  { token, at }: { token: Token; at?: Date },
): Promise<boolean> {
  const signers = await reissuersOf(reader, { issuerClass: token.issuer_class, at });
  return signers.length > 0 && (await canReissue(reader, token.card_id));
}

const isIn = (one: SignerRow, at: Date | undefined): boolean =>
  !at || (one.valid_from <= at && at < one.valid_until);

/** Addresses whose word the contract takes for cards of this class, at `at` where it is given. */
export async function reissuersOf(
  reader: Reader,
  { issuerClass, at }: { issuerClass: number; at?: Date | undefined },
): Promise<string[]> {
  const known = await signersOf(reader, 'reissuer');
  const good = known.filter((one) => !one.revoked_at && !one.awaits_chain && isIn(one, at));
  return good.filter((one) => one.issuer_class === issuerClass).map(({ address }) => address);
}
