/** What buyer and seller write to each other about one order; sealed, guarded, and part of the case file. */
import {
  chinaDay,
  HOUR,
  type Keys,
  newId,
  notify,
  plus,
  type Reader,
  Refused,
  type Tx,
} from '#platform';
import { checkText } from '#rules';
import { countMessages, insertMessage, listMessages, saveRead } from './store.ts';

const SEAL = 'market.message';
/** Nobody writes more in earnest, and a script is stopped. */
const MESSAGES_AN_HOUR_MAX = 60;
const PAGE = 200;

export interface Message {
  readonly id: string;
  readonly from: 'me' | 'other' | 'platform' | 'buyer' | 'seller';
  readonly text: string | undefined;
  /** Of the platform's own messages: said in the reader's language. */
  readonly code: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly at: Date;
}

/** The two sides of an order; whoever else asks is told that there is no such thing. */
export interface Sides {
  readonly orderId: string;
  readonly buyerId: string;
  readonly sellerId: string;
}
const checkSide = (sides: Sides, personId: string): void => {
  if (personId !== sides.buyerId && personId !== sides.sellerId) throw new Refused('not_found');
};

/** Refuses not_found, messages_too_many, and what `checkText` refuses; nothing of a refused text is kept. */
export async function say(
  tx: Tx,
  sides: Sides,
  input: { keys: Keys; by: string; text: string; at: Date },
): Promise<void> {
  const { keys, by, at } = input;
  const { orderId } = sides;
  checkSide(sides, by);
  const text = input.text.trim();
  const no = checkText(text, chinaDay(at));
  if (no) throw new Refused(no);
  const sent = await countMessages(tx, { orderId, authorId: by, since: plus(at, -HOUR) });
  if (sent >= MESSAGES_AN_HOUR_MAX)
    throw new Refused('messages_too_many', { max: MESSAGES_AN_HOUR_MAX });
  const id = newId(at);
  const body = keys.seal(SEAL, text, id);
  await insertMessage(tx, { id, orderId, authorId: by, body, code: null, params: {}, at });
  notify(tx, `market_order:${orderId}`);
}

/** The platform says what happened, in the words of each reader's language. */
export async function tell(
  tx: Tx,
  input: { orderId: string; code: string; params?: Readonly<Record<string, string>>; at: Date },
): Promise<void> {
  const { orderId, code, params = {}, at } = input;
  await insertMessage(tx, { id: newId(at), orderId, authorId: null, body: null, code, params, at });
  notify(tx, `market_order:${orderId}`);
}

/** The thread as one of the two sides sees it; marks it read when asked to. */
export async function readThread(
  tx: Tx,
  sides: Sides,
  input: { keys: Keys; viewer: string; after?: string | undefined; markRead: boolean },
): Promise<Message[]> {
  const { keys, viewer, after, markRead } = input;
  checkSide(sides, viewer);
  const { orderId } = sides;
  const rows = await listMessages(tx, { orderId, after, limit: PAGE });
  const last = rows.at(-1);
  if (markRead && last) await saveRead(tx, { orderId, personId: viewer, until: last.id });
  return rows.map((row) => open(keys, row, (authorId) => (authorId === viewer ? 'me' : 'other')));
}

/** The whole thread for whoever decides a case. */
export async function threadForCase(reader: Reader, keys: Keys, sides: Sides): Promise<Message[]> {
  const rows = await listMessages(reader, {
    orderId: sides.orderId,
    after: undefined,
    limit: PAGE,
  });
  return rows.map((row) =>
    open(keys, row, (authorId) => (authorId === sides.buyerId ? 'buyer' : 'seller')),
  );
}

function open(
  keys: Keys,
  row: Awaited<ReturnType<typeof listMessages>>[number],
  nameOf: (authorId: string) => Message['from'],
): Message {
  return {
    id: row.id,
    from: row.authorId === null ? 'platform' : nameOf(row.authorId),
    text: row.body ? keys.open(SEAL, row.body, row.id) : undefined,
    code: row.code ?? undefined,
    params: row.params as Readonly<Record<string, string>>,
    at: row.at,
  };
}
