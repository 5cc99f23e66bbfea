/** Ledger ⇄ chain ⇄ custody: money and cards compared address by address and card by card, at one block. */
import { Gauge } from 'prom-client';
import type { Address } from 'viem';
import { numberToHex } from 'viem/utils';
import { cardOf } from '#cards';
import { exchangeAbi } from '#contracts';
import { balanceOf } from '#ledger';
import { inTransaction, metrics, newId } from '#platform';
import { append } from '#record';
import type { ChainDeps } from './deps.ts';
import { CHAIN_CUSTODY, onChainAccount } from './effects.ts';
import { findCursor, type Holding, listBalances, listHoldings, logsFrom } from './log-store.ts';
import { moneyAbi } from './money-abi.ts';
import { insertReconciliation, type Token, tokenBy, tokensIn } from './store.ts';

export interface Finding {
  readonly kind: 'money' | 'supply' | 'owner' | 'promise' | 'missing';
  readonly subject: string;
  readonly ledger?: string;
  readonly chain?: string;
  readonly custody?: string;
}

const differences = new Gauge({
  name: 'huiquan_chain_differences',
  help: 'Findings of the newest comparison of ledger, chain and custody',
  registers: [metrics],
});

/**
 * The task. Compares only what is final and followed: where logs wait or the chain has moved on since, it comes again
 * next time. Gives the findings; undefined when it had to wait.
 */
export async function reconcileChain(deps: ChainDeps, at: Date): Promise<Finding[] | undefined> {
  const { db } = deps;
  const cursor = await findCursor(db);
  if (!cursor || cursor.final < deps.on.from) return undefined;
  const pending = await logsFrom(db, cursor.final + 1n);
  if (pending.length > 0) return undefined;
  const block = cursor.final;
  const money = await compareMoney(deps, block);
  const cards = await compareCards(deps, block);
  const findings = [...money.findings, ...cards.findings];
  const checked = money.checked + cards.checked;
  const id = newId(at);
  await inTransaction(db, async (tx) => {
    const row = { id, block, at, checked, findings: JSON.stringify(findings) };
    await insertReconciliation(tx, row);
    const data = { block: String(block), checked, findings: findings.length };
    await append(tx, { subject: 'chain', type: 'chain.reconciled', data, at });
  });
  differences.set(findings.length);
  if (findings.length > 0)
    deps.log.error(
      { block: String(block), findings: findings.length },
      'ledger, chain and custody differ',
    );
  return findings;
}

interface Compared {
  readonly checked: number;
  readonly findings: Finding[];
}

/** Each address: our books, our mirror, the token contract; and what stands behind all of it. */
async function compareMoney({ db, on }: ChainDeps, block: bigint): Promise<Compared> {
  const findings: Finding[] = [];
  const held = await listBalances(db);
  const at = { abi: moneyAbi, address: on.money, blockNumber: block } as const;
  for (const { address } of held) {
    const chain = await on.chain.client.readContract({
      ...at,
      functionName: 'balanceOf',
      args: [address],
    });
    const { balance: ledger } = await balanceOf(db, onChainAccount(address));
    if (ledger !== chain)
      findings.push({ kind: 'money', subject: address, ledger: `${ledger}`, chain: `${chain}` });
  }
  const supply = await on.chain.client.readContract({ ...at, functionName: 'totalSupply' });
  const { balance: custody } = await balanceOf(db, CHAIN_CUSTODY);
  if (-custody !== supply)
    findings.push({
      ...{ kind: 'supply', subject: on.money },
      ...{ custody: `${-custody}`, chain: `${supply}` },
    });
  return { checked: held.length + 1, findings };
}

/** Each card: who the chain says owns it, what we hold, and that the vault keeps it for its token alone. */
async function compareCards(deps: ChainDeps, block: bigint): Promise<Compared> {
  const findings: Finding[] = [];
  const held = await listHoldings(deps.db);
  for (const holding of held) {
    findings.push(...(await compareOwner(deps, holding, block)));
    const token = await tokenBy(deps.db, holding.tokenId);
    if (!token) findings.push({ kind: 'missing', subject: holding.tokenId, chain: holding.state });
    else if (holding.owner) findings.push(...(await comparePromise(deps, token)));
  }
  const known = new Set(held.map(({ tokenId }) => tokenId));
  for (const token of await tokensIn(deps.db, ['on_chain', 'frozen']))
    if (token.token_id === null || !known.has(token.token_id))
      findings.push({ kind: 'missing', subject: token.token_id ?? token.id, custody: token.state });
  return { checked: held.length, findings };
}

async function compareOwner(
  { on }: ChainDeps,
  { tokenId, owner }: Holding,
  block: bigint,
): Promise<Finding[]> {
  const card = await on.chain.client.readContract({
    ...{ abi: exchangeAbi, address: on.exchange, functionName: 'cardOf', blockNumber: block },
    args: [BigInt(tokenId)],
  });
  const said = ownerIn(card);
  if (said === owner) return [];
  return [{ kind: 'owner', subject: tokenId, ledger: owner ?? 'none', chain: said ?? 'none' }];
}

const ZERO = numberToHex(0, { size: 20 });
function ownerIn({ owner, state }: { owner: Address; state: number }): Address | undefined {
  const address = owner.toLowerCase() as Address;
  return address === ZERO || state === REDEEMED ? undefined : address;
}
/** Number of the contract's enum: a tombstone keeps no owner. */
const REDEEMED = 7;

async function comparePromise({ db }: ChainDeps, token: Token): Promise<Finding[]> {
  const card = await cardOf(db, token.card_id);
  const promised = card?.encumbrance?.kind === 'token' && card.encumbrance.ref === token.id;
  if (promised && card.custody === 'chain') return [];
  const custody = `${card?.custody ?? 'none'}/${card?.encumbrance?.kind ?? 'free'}`;
  return [{ kind: 'promise', subject: token.token_id ?? token.id, chain: token.state, custody }];
}
