/** Reminders of a better slot: who waits is a reference only the caller understands; sending is the caller's too. */
import { chinaDay, DAY, type Fen, fen, newId, plus, Refused, type Tx } from '#platform';
import { currentTable } from './current.ts';
import { quote } from './domain.ts';
import type { ProductFacts, SlotOffer } from './schema.ts';
import {
  closeReminder,
  deleteReminders,
  insertReminder,
  lockDueReminders,
  openReminders,
  postponeReminder,
  type ReminderRow,
  readQuote,
} from './store.ts';

/** A person with more cards than this sells them in a lot. */
export const REMINDERS_MAX = 50;
/** As far as better slots are looked for; after that the wish has gone stale. */
const WAIT_MS = 15 * DAY;

export interface Reminder {
  readonly id: string;
  readonly subscriber: string;
  readonly quoteId: string;
  readonly sku: string;
  readonly faceFen: Fen;
  readonly dueAt: Date;
  readonly targetFen: Fen;
}

const toReminder = (row: ReminderRow): Reminder => ({
  id: row.id,
  subscriber: row.subscriber,
  quoteId: row.quote_id,
  sku: row.sku,
  faceFen: fen(row.face_fen),
  dueAt: row.due_at,
  targetFen: fen(row.target_fen),
});

/** Asking twice is asking once. Refuses: quote_not_found, no_better_slot, reminder_limit. */
export async function remindMe(
  tx: Tx,
  input: { quoteId: string; subscriber: string; at: Date },
): Promise<Reminder> {
  const { quoteId, subscriber, at } = input;
  const found = await readQuote(tx, quoteId);
  if (!found) throw new Refused('quote_not_found');
  const { doc } = found;
  const offer: SlotOffer | undefined = doc.betterSlot ?? doc.alternatives[0];
  if (!offer) throw new Refused('no_better_slot');
  if ((await openReminders(tx, subscriber)) >= REMINDERS_MAX)
    throw new Refused('reminder_limit', { most: REMINDERS_MAX });
  const row = await insertReminder(tx, {
    id: newId(at),
    quote_id: quoteId,
    subscriber,
    sku: doc.sku,
    face_fen: BigInt(doc.faceFen),
    expires_on: doc.expiresOn,
    target_fen: BigInt(offer.netFen),
    due_at: new Date(offer.from),
    created_at: at,
  });
  return toReminder(row);
}

export interface DueReminder extends Reminder {
  /** What the card pays now, at least `targetFen`. */
  readonly netFen: Fen;
}

/**
 * Reminders whose better price is there, closed in this transaction: queue the messages in the same one. When the
 * price turned out lower (a new table), the reminder moves to the next slot that pays enough, or lapses.
 */
export async function takeDueReminders(
  tx: Tx,
  input: {
    at: Date;
    findProduct: (sku: string) => Promise<ProductFacts | undefined>;
    limit?: number;
  },
): Promise<DueReminder[]> {
  const { at, findProduct, limit = 100 } = input;
  const due: DueReminder[] = [];
  const rows = await lockDueReminders(tx, at, limit);
  if (rows.length === 0) return due;
  const { table, until } = await currentTable(tx, at);
  for (const row of rows) {
    const product = await findProduct(row.sku);
    const expired = row.expires_on !== null && row.expires_on < chinaDay(at);
    if (!product || expired) {
      await closeReminder(tx, row.id, 'lapsed', at);
      continue;
    }
    const body = quote(table, {
      product,
      faceFen: fen(row.face_fen),
      expiresOn: row.expires_on ?? undefined,
      at,
      tableUntil: until,
    });
    if (BigInt(body.netFen) >= row.target_fen) {
      await closeReminder(tx, row.id, 'sent', at);
      due.push({ ...toReminder(row), netFen: fen(BigInt(body.netFen)) });
      continue;
    }
    const next = body.alternatives.find(({ netFen }) => BigInt(netFen) >= row.target_fen);
    if (next && at < plus(row.created_at, WAIT_MS))
      await postponeReminder(tx, row.id, new Date(next.from));
    else await closeReminder(tx, row.id, 'lapsed', at);
  }
  return due;
}

/** When the subscriber leaves, nothing of them stays here. */
export async function forgetSubscriber(tx: Tx, subscriber: string): Promise<void> {
  await deleteReminders(tx, subscriber);
}
