/** A card on the chain is looked at again with its issuer: what is left is attested there, and a bad card is frozen. */
import assert from 'node:assert/strict';

import { encodeFunctionData } from 'viem/utils';
import { probeCard } from '#cards';
import { exchangeAbi } from '#contracts';
import { inTransaction, Refused, type Tx } from '#platform';
import { signerAt } from './attest.ts';
import { stopCard } from './case.ts';
import type { ChainDeps } from './deps.ts';
import { typed } from './domain.ts';
import { accountFor } from './keys.ts';
import { probeSoon } from './probe-soon.ts';
import { isUnanswered } from './reissue-store.ts';
import { relay } from './relay.ts';
import { findToken, lockToken, type Token } from './store.ts';

const ATTEST_GAS = 120_000n;
const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** The task. A silent issuer is asked again by the job's own tries; an answer is used once. */
export async function probeToken(
  deps: ChainDeps,
  { tokenRef, cause }: { tokenRef: string; cause: string },
  at: Date,
): Promise<void> {
  const of = await findToken(deps.db, tokenRef);
  if (of?.state !== 'on_chain') return;
  // Its issuer may have renewed the secret: what we have would look forged. It is looked at once that is known.
  if (of.token_id !== null && (await isUnanswered(deps.db, of.token_id))) return;
  const seen = await probeCard(deps.cards, {
    ...{ cardId: of.card_id, ref: `${of.id}/${cause}`, heldBy: of.id, at },
    expectFen: of.balance_fen ?? of.face_fen,
  });
  if (seen.code === 'ISSUER_UNAVAILABLE') throw new Error('the issuer does not answer');
  await inTransaction(deps.db, async (tx) => {
    const now = await lockToken(tx, of.id);
    if (now?.state !== 'on_chain') return;
    if (seen.code === 'OK') await attestBalance(tx, deps, now, { balance: seen.balanceFen, at });
    else await stopCard(tx, now, { reason: seen.code, at });
  });
}

async function attestBalance(
  tx: Tx,
  deps: ChainDeps,
  now: Token,
  { balance, at }: { balance: bigint | undefined; at: Date },
): Promise<void> {
  const { on, config } = deps;
  if (now.token_id === null || balance === undefined) return;
  const signer = await signerAt(tx, 'verifier', at);
  assert(signer, 'a verifier key is in its window');
  const account = accountFor(deps.keys, 'verifier', signer.version);
  assert(account.signTypedData, 'a key of ours signs');
  const message = { cardId: BigInt(now.token_id), balance, asOf: seconds(at) };
  const data = typed('BalanceAttest', on.domains.exchange, message);
  const args = [message, await account.signTypedData(data)] as const;
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  await relay(tx, sender, {
    ...{ purpose: 'balance', subject: now.id, to: on.exchange, gasMax: ATTEST_GAS, at },
    data: encodeFunctionData({ abi: exchangeAbi, functionName: 'attestBalance', args }),
  });
}

/** Risk has heard from the issuer: the card is looked at now. Refused not_found for what is not on the chain. */
export async function lookNow(
  deps: ChainDeps,
  { id, by, at }: { id: string; by: string; at: Date },
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const of = await lockToken(tx, id);
    if (of?.state !== 'on_chain') throw new Refused('not_found');
    await probeSoon(tx, id, `${by}-${seconds(at)}`);
  });
}
