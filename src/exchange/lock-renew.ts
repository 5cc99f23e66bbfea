/**
 * Issuers' locks are renewed in time. One that its issuer does not renew ends the sales of its card at once, while there
 * are days left to burn it and to use it; when it is over, the card is stopped.
 */
import assert from 'node:assert/strict';
import { holdOn } from '#cards';
import { inTransaction, plus, type Tx } from '#platform';
import type { ClockHandler } from '#process';
import { stopCard } from './case.ts';
import type { ChainDeps, ExchangeDeps } from './deps.ts';
import { changeLock, renewAt } from './lock.ts';
import { type LockTransition, OVER_LATE_MS } from './lock-life.ts';
import { type CardLock, findLock, saveLock, takeLock } from './lock-store.ts';
import { probeSoon } from './probe-soon.ts';
import { isUnanswered, wasReissued } from './reissue-store.ts';
import { findToken, lockToken, type Token } from './store.ts';

export const LOCK_TASK = 'exchange.lock';
const job = (id: string) => ({ task: LOCK_TASK, payload: { lockId: id } });

/** A house that slept still asks before it says that the lock is over. */
const overAt = (until: Date, at: Date): Date => {
  const soonest = plus(at, OVER_LATE_MS);
  return until > soonest ? until : soonest;
};

/** The task: asks the issuer for more of its lock. Safe to run again; a silent issuer is asked again by the clock. */
export async function renewLock(deps: ChainDeps, id: string, at: Date): Promise<void> {
  const { db } = deps;
  const one = await findLock(db, id);
  const token = one && (await findToken(db, one.token_ref));
  if (!one || !token || !isAsking(one)) return;
  // Its issuer may have renewed the secret: with the one that we have, it would not know the card.
  if (token.token_id !== null && (await isUnanswered(db, token.token_id))) return;
  const isKnownOutside = !(await wasReissued(db, token.id));
  const told = isKnownOutside ? await askFor(deps, { one, token, at }) : undefined;
  if (told?.state === 'waiting') return;
  await inTransaction(db, async (tx) => {
    const card = await lockToken(tx, token.id);
    const now = await takeLock(tx, id);
    assert(card && now, 'neither is ever deleted');
    if (!isAsking(now) || now.rounds !== one.rounds) return;
    if (!told || (await wasReissued(tx, card.id)))
      return await changeLock(tx, now, { transition: 'end', by: 'system', at });
    const rounds = now.rounds + 1;
    if (told.state === 'held')
      return await changeLock(tx, now, {
        ...{ transition: 'keep', by: 'system', at, due: renewAt(told.until, at) },
        ...{ record: { until: told.until.toISOString() }, save: { until: told.until, rounds } },
      });
    await saveLock(tx, id, { rounds });
    await refused(tx, deps, { now, card, code: told.code, at });
  });
}

const isAsking = ({ state }: CardLock): boolean => state === 'renewing' || state === 'lapsed';

const askFor = async (
  { cards }: ChainDeps,
  { one, token, at }: { one: CardLock; token: Token; at: Date },
) =>
  await holdOn(cards, {
    ...{ cardId: token.card_id, ref: token.id, round: one.rounds, over: one.state === 'lapsed' },
    ...{ amountFen: token.balance_fen ?? token.face_fen, at },
  });

/** What is wrong with the card itself is found by a look, which stops it. */
async function refused(
  tx: Tx,
  { log }: ChainDeps,
  of: { now: CardLock; card: Token; code: string; at: Date },
): Promise<void> {
  const { now, card, code, at } = of;
  // It was asked with a secret that its issuer is just replacing: the next round is another request.
  if (now.state === 'lapsed' || (await isUnanswered(tx, card.token_id ?? ''))) return;
  const { until } = now;
  log.error({ lock: now.id, code, until }, 'an issuer locks a card of the chain no longer');
  await changeLock(tx, now, {
    ...{ transition: 'refuse', by: 'system', at, record: { code }, due: overAt(until, at) },
  });
  await probeSoon(tx, card.id, `lock-${now.id}-${now.rounds}`);
}

export function lockClock({ log }: Pick<ExchangeDeps, 'log'>): Record<string, ClockHandler> {
  return {
    card_lock: async (db, { id, transition, at }) =>
      await inTransaction(db, async (tx) => {
        const one = await findLock(tx, id);
        const token = one && (await lockToken(tx, one.token_ref));
        const now = await takeLock(tx, id);
        if (!token || !now) return;
        const isOver = transition === 'give_up';
        await changeLock(tx, now, {
          ...{ transition: transition as LockTransition, by: 'clock', at },
          ...(!isOver && { jobs: [job(id)], due: overAt(now.until, at) }),
        });
        if (transition !== 'lapse' || (await wasReissued(tx, token.id))) return;
        log.error({ lock: id, token: token.id }, 'a card of the chain is not locked any more');
        await stopCard(tx, token, { reason: 'LOCK_LAPSED', at });
      }),
  };
}
