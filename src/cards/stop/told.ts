/** What becomes of a card under way when somebody who may says that it is bad: the issuer, or a notice. */
import { addJob, inTransaction, type Tasks, type Tx } from '#platform';
import type { Code } from '../schema.ts';
import { type EncumbranceKind, liveEncumbrance } from '../vault/store.ts';
import { promisesOf } from './store.ts';

/** `NOTICE`, or what its issuer told. */
export type ToldReason = 'NOTICE' | 'ISSUER_USED' | 'ISSUER_STOLEN' | 'ISSUER_BLOCKED';

/** What the people concerned read: of a notice nothing. */
export const TOLD_CODES = {
  NOTICE: 'OTHER',
  ISSUER_USED: 'USED_OR_VOID',
  ISSUER_STOLEN: 'FROZEN_BY_ISSUER',
  ISSUER_BLOCKED: 'FROZEN_BY_ISSUER',
} as const satisfies Record<ToldReason, Code>;

export interface CardTold {
  readonly cardId: string;
  /** What the house has promised of it now. */
  readonly promise: { readonly kind: EncumbranceKind; readonly ref: string };
  readonly reason: ToldReason;
  readonly at: Date;
}

interface Sold {
  readonly cardId: string;
  /** Everything it was ever promised to. */
  readonly refs: readonly string[];
  readonly at: Date;
}

/** What a room does with what it has promised of a card, in a transaction of its own; safe to run again. */
export interface CardActs {
  /** Before anybody has seen the secret it is stopped and the money goes back; afterwards there are claims. */
  readonly stop: readonly ((tx: Tx, told: CardTold) => Promise<void>)[];
  /** Money that was not sent yet for any sale of a card that a notice names waits, */
  readonly hold: (tx: Tx, sold: Sold) => Promise<void>;
  /** and goes on when the notice is lifted, as does giving back what did not sell meanwhile. */
  readonly free: readonly ((tx: Tx, sold: Sold) => Promise<void>)[];
}

type Heard = Pick<CardTold, 'cardId' | 'reason'>;

const TOLD = 'cards.told';
const FREED = 'cards.freed';

/** What must hold in the commit that hears it; the chain's side, where a sale is one transaction of somebody's wallet. */
export type AtOnce = (tx: Tx, told: CardTold) => Promise<void>;

/** The other rooms act by a job, each by itself, so that none waits for another's locks. */
export async function tell(tx: Tx, heard: Heard, { atOnce, at }: { atOnce: AtOnce; at: Date }) {
  const promise = await liveEncumbrance(tx, heard.cardId);
  if (promise) await atOnce(tx, { ...heard, promise, at });
  await addJob(tx, TOLD, { ...heard });
}

export async function tellFreed(tx: Tx, cardId: string): Promise<void> {
  await addJob(tx, FREED, { cardId });
}

export function toldTasks({ stop, hold, free }: CardActs): Tasks {
  return {
    [TOLD]: async (payload, { db, clock }) => {
      const heard = payload as unknown as Heard;
      for (const act of stop)
        await inTransaction(db, async (tx) => {
          const promise = await liveEncumbrance(tx, heard.cardId);
          if (promise) await act(tx, { ...heard, promise, at: clock.now() });
        });
      await inTransaction(db, async (tx) => {
        await hold(tx, await soldOf(tx, heard.cardId, clock.now()));
      });
    },
    [FREED]: async (payload, { db, clock }) => {
      const { cardId } = payload as { cardId: string };
      await inTransaction(db, async (tx) => {
        const sold = await soldOf(tx, cardId, clock.now());
        for (const act of free) await act(tx, sold);
      });
    },
  };
}

const soldOf = async (tx: Tx, cardId: string, at: Date): Promise<Sold> => ({
  ...{ cardId, at },
  refs: (await promisesOf(tx, [cardId])).map(({ ref }) => ref),
});
