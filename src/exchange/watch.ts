/** A card on the chain is looked at again with its issuer: what is left is attested there, and a bad card is frozen. */
import assert from 'node:assert/strict';
import { encodeFunctionData, keccak256, stringToHex } from 'viem/utils';
import { probeCard } from '#cards';
import { exchangeAbi } from '#contracts';
import { addJob, inTransaction, Refused, type Tx } from '#platform';
import { signerAt } from './attest.ts';
import type { ChainDeps } from './deps.ts';
import { typed } from './domain.ts';
import { accountFor } from './keys.ts';
import { findHolding } from './log-store.ts';
import { relay } from './relay.ts';
import { findToken, lockToken, type Token } from './store.ts';
import { changeToken } from './token.ts';

export const PROBE_TASK = 'exchange.probe';
const ATTEST_GAS = 120_000n;
const FREEZE_GAS = 200_000n;
const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** Queues the look; `cause` makes it one look a sale, or one an event of the issuer. */
export async function probeSoon(tx: Tx, tokenRef: string, cause: string): Promise<void> {
  const key = `${PROBE_TASK}/${tokenRef}/${cause}`;
  await addJob(tx, PROBE_TASK, { tokenRef, cause }, { key });
}

/** The task. A silent issuer is asked again by the job's own tries; an answer is used once. */
export async function probeToken(
  deps: ChainDeps,
  { tokenRef, cause }: { tokenRef: string; cause: string },
  at: Date,
): Promise<void> {
  const of = await findToken(deps.db, tokenRef);
  if (of?.state !== 'on_chain') return;
  const seen = await probeCard(deps.cards, {
    ...{ cardId: of.card_id, ref: `${of.id}/${cause}`, heldBy: of.id, at },
    expectFen: of.balance_fen ?? of.face_fen,
  });
  if (seen.code === 'ISSUER_UNAVAILABLE') throw new Error('the issuer does not answer');
  await inTransaction(deps.db, async (tx) => {
    const now = await lockToken(tx, of.id);
    if (now?.state !== 'on_chain') return;
    if (seen.code === 'OK') await attestBalance(tx, deps, now, { balance: seen.balanceFen, at });
    else await freeze(tx, deps, now, { reason: seen.code, cause, at });
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

/** Here at once, on the chain by two calls: the case, then the freeze that acts on it. Offers on the card become void. */
async function freeze(
  tx: Tx,
  deps: ChainDeps,
  now: Token,
  { reason, cause, at }: { reason: string; cause: string; at: Date },
): Promise<void> {
  const { on, config } = deps;
  const { token_id: tokenId } = now;
  assert(tokenId, 'what is on the chain has an id');
  const holding = await findHolding(tx, tokenId);
  const caseHash = keccak256(stringToHex(`${now.id}/${cause}/${reason}`));
  await changeToken(tx, now, {
    ...{ transition: 'freeze', by: 'system', at, record: { reason, caseHash } },
    save: { reason },
  });
  if (!holding?.owner) return;
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  const call = { subject: now.id, to: on.exchange, gasMax: FREEZE_GAS, at };
  const cardId = BigInt(tokenId);
  const file = { abi: exchangeAbi, functionName: 'fileCase', args: [cardId, caseHash] } as const;
  const after = await relay(tx, sender, {
    ...{ ...call, purpose: 'case', data: encodeFunctionData(file) },
  });
  const args = [holding.owner, cardId, true] as const;
  const stop = { abi: exchangeAbi, functionName: 'setFrozenTokens', args } as const;
  await relay(tx, sender, {
    ...{ ...call, purpose: 'freeze', after, data: encodeFunctionData(stop) },
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
