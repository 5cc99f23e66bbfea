/** A notice is kept, and every card it names is stopped in that commit: those here, and those that come later (R54, R56). */
import { type Db, inTransaction, type Keys, newId, Refused, Secret, type Tx } from '#platform';
import { type ClockHandler, type Move, move, start } from '#process';
import { append } from '#record';
import { findProduct } from '../catalogue.ts';
import { normalise, numberFault } from '../number.ts';
import { fingerprintOf } from '../vault/envelope.ts';
import { findCard, listPrints } from '../vault/store.ts';
import { cardNotice, type NoticeState } from './life.ts';
import {
  insertMatch,
  insertNotice,
  lockCardsBy,
  lockIntake,
  lockNotice,
  matchesOf,
  type Notice,
  type NoticeCard,
  type Source,
  saveNotice,
  stoppedAmong,
} from './store.ts';
import { type AtOnce, tell, tellFreed } from './told.ts';

/** What is written on the notice. It may name people: sealed, and never in the record. */
export interface Letter {
  readonly sender: string;
  readonly number: string;
  readonly basis: string;
  readonly note: string;
  /** Whoever was harmed, as the notice names them; to count the harmed of one party (R55). */
  readonly victim: string;
}
/** A card by the number printed on it, or by our own id. */
export type Named = { readonly sku: string; readonly number: Secret } | { readonly cardId: string };

export interface NoticeDeps {
  readonly db: Db;
  readonly keys: Keys;
  readonly atOnce: AtOnce;
}

const boundTo = (id: string): string => `card_notice/${id}`;

/**
 * Refused: unknown_product and not_found for what is not ours; notice_rows_unsound names the rows whose number no such
 * card has. Each card found goes to its rooms by a job of its own; from this commit on nobody can promise or see it.
 */
export async function receiveNotice(
  { db, keys, atOnce }: NoticeDeps,
  received: {
    source: Source;
    receivedOn: string;
    letter: Letter;
    cards: readonly Named[];
    by: string;
    at: Date;
  },
): Promise<string> {
  const { source, receivedOn, letter, by, at } = received;
  const id = newId(at);
  await inTransaction(db, async (tx) => {
    const cards = await printed(tx, keys, received.cards);
    await lockIntake(tx);
    const text = JSON.stringify(letter);
    const victim = letter.victim.normalize('NFKC').replace(/\s/g, '');
    const digest = keys.fingerprint('card-notice', text);
    await insertNotice(
      tx,
      {
        ...{ id, source, received_on: receivedOn, digest, state: cardNotice.initial },
        ...{ letter: keys.seal('card_notice', text, boundTo(id)), entered_by: by, entered_at: at },
        victim: victim === '' ? null : keys.fingerprint('notice-victim', victim),
      },
      cards,
    );
    const found = await lockCardsBy(
      tx,
      cards.map(({ hmac }) => hmac),
    );
    for (const { cardId, ownerId, hmac, isHere } of found) {
      const match = { id: newId(at), notice_id: id, hmac, card_id: cardId, at };
      await insertMatch(tx, { ...match, how: isHere ? 'here' : 'gone', person_id: ownerId });
      await append(tx, { subject: cardId, type: 'card.stopped', data: { notice: id }, at });
      if (isHere) await tell(tx, { cardId, reason: 'NOTICE' }, { atOnce, at });
    }
    await start(tx, cardNotice, {
      ...{ id, at, by: 'compliance', actor: by },
      record: { source, receivedOn, digest: digest.toString('hex'), cards: cards.length },
    });
  });
  return id;
}

/** Fingerprints; a number is in plain text here only. */
async function printed(tx: Tx, keys: Keys, named: readonly Named[]): Promise<NoticeCard[]> {
  const cards = new Map<string, NoticeCard>();
  const unsound: number[] = [];
  const add = (card: NoticeCard) => cards.set(card.hmac.toString('hex'), card);
  for (const [index, one] of named.entries()) {
    if ('cardId' in one) {
      const card = await findCard(tx, one.cardId);
      if (!card) throw new Refused('not_found');
      const { sku, last4 } = card;
      for (const hmac of await listPrints(tx, card.cardId)) add({ hmac, sku, last4 });
      continue;
    }
    const product = await findProduct(tx, one.sku);
    if (!product) throw new Refused('unknown_product');
    const number = normalise(one.number.reveal());
    if (numberFault(product.numberRule, number)) unsound.push(index + 1);
    else {
      const hmac = fingerprintOf(keys, product.issuerId, new Secret(number));
      add({ hmac, sku: one.sku, last4: number.slice(-4) });
    }
  }
  if (unsound.length > 0)
    throw new Refused('notice_rows_unsound', { rows: unsound.slice(0, 20).join(', ') });
  return [...cards.values()];
}

export const letterOf = (keys: Keys, { id, letter }: Pick<Notice, 'id' | 'letter'>): Letter =>
  JSON.parse(keys.open('card_notice', letter, boundTo(id))) as Letter;

export const NOTICE_ACTS = ['confirm', 'propose_lift', 'lift', 'keep'] as const;
export type NoticeAct = (typeof NOTICE_ACTS)[number];

/**
 * Compliance decides. Refused: not_found, wrong_state, maker_cannot_approve to whoever proposed what they would lift.
 * A lifted notice frees what no other notice stops.
 */
export async function decideNotice(
  { db }: Pick<NoticeDeps, 'db'>,
  decided: { id: string; act: NoticeAct; reason: string; by: string; at: Date },
  then?: (tx: Tx, notice: Notice) => Promise<void>,
): Promise<void> {
  const { id, act, reason, by, at } = decided;
  await inTransaction(db, async (tx) => {
    const before = await lockNotice(tx, id);
    if (!before) throw new Refused('not_found');
    if (act === 'lift' && before.proposedBy === by) throw new Refused('maker_cannot_approve');
    const digest = { reasonChars: reason.length };
    const { state } = await move(tx, cardNotice, {
      ...{ id, transition: act, by: 'compliance', actor: by, at, record: digest },
    } as Move<typeof cardNotice>);
    await saveNotice(tx, id, {
      state: state as NoticeState,
      ...(act === 'propose_lift' && { proposed_by: by, reason }),
      ...(act === 'keep' && { proposed_by: null, reason }),
      ...((act === 'lift' || act === 'confirm') && { decided_by: by, decided_at: at }),
      ...(act === 'confirm' && { proposed_by: null, reason }),
    });
    if (act === 'lift') await freeCards(tx, id, at);
    await then?.(tx, { ...before, state: state as NoticeState });
  });
}

async function freeCards(tx: Tx, noticeId: string, at: Date): Promise<void> {
  const found = await matchesOf(tx, noticeId);
  const cardIds = found.flatMap(({ cardId }) => (cardId === undefined ? [] : [cardId]));
  const still = await stoppedAmong(tx, cardIds);
  for (const cardId of cardIds.filter((one) => !still.has(one))) {
    await append(tx, { subject: cardId, type: 'card.freed', data: { notice: noticeId }, at });
    await tellFreed(tx, cardId);
  }
}

export const noticeClock: { card_notice: ClockHandler } = {
  card_notice: async (db, { id, transition, at }) =>
    await inTransaction(db, async (tx) => {
      const step = { id, transition, by: 'clock', at } as Move<typeof cardNotice>;
      const { state } = await move(tx, cardNotice, step);
      const proposed_by = transition === 'keep_late' ? { proposed_by: null } : {};
      await saveNotice(tx, id, { state: state as NoticeState, ...proposed_by });
    }),
};
