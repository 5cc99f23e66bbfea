/**
 * The sealed bid of a shop in one auction: its hash goes to the house, price and key stay in this browser until the
 * opening. It hides the bytes that are hashed, which are those of `src/auctions/sealed.ts`; `test/envelope.test.ts`
 * compares both.
 */

export interface Envelope {
  readonly auction: string;
  readonly bidder: string;
  readonly priceFen: string;
  /** 32 random bytes in hex. */
  readonly salt: string;
}

const DOMAIN = 'huiquan.sealed-bid.v1';
const SALT = /^[0-9a-f]{64}$/;
const SALT_BYTES = 32;

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const unhex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

export const isSalt = (text: string): boolean => SALT.test(text);

export const seal = (bid: Omit<Envelope, 'salt'>): Envelope => ({
  ...bid,
  salt: hex(crypto.getRandomValues(new Uint8Array(SALT_BYTES))),
});

/** SHA-256 over five fields, each behind its length in four big-endian bytes. */
export async function commitmentOf(envelope: Envelope): Promise<string> {
  const { auction, bidder, priceFen, salt } = envelope;
  const utf8 = new TextEncoder();
  const text = (field: string): Uint8Array => utf8.encode(field);
  const fields = [text(DOMAIN), text(priceFen), unhex(salt), text(bidder), text(auction)];
  const size = fields.reduce((sum, field) => sum + 4 + field.length, 0);
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const field of fields) {
    new DataView(bytes.buffer).setUint32(offset, field.length);
    bytes.set(field, offset + 4);
    offset += 4 + field.length;
  }
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

const keyOf = (bidder: string, auction: string): string => `hq-envelope:${bidder}:${auction}`;

/** Before it is handed in: a page that dies in between still has the key. False where nothing can be kept. */
export function keep(envelope: Envelope): boolean {
  const { bidder, auction } = envelope;
  try {
    localStorage.setItem(keyOf(bidder, auction), JSON.stringify(envelope));
    return true;
  } catch {
    return false;
  }
}

export function kept(bidder: string, auction: string): Envelope | undefined {
  try {
    return readEnvelope(localStorage.getItem(keyOf(bidder, auction)) ?? '', { bidder, auction });
  } catch {
    return undefined;
  }
}

/** Undefined when the text is no envelope, or one of another auction or bidder. */
export function readEnvelope(
  text: string,
  of: Pick<Envelope, 'auction' | 'bidder'>,
): Envelope | undefined {
  try {
    const found = JSON.parse(text) as Partial<Envelope>;
    const { auction, bidder, priceFen, salt } = found;
    if (auction !== of.auction || bidder !== of.bidder) return undefined;
    if (typeof salt !== 'string' || !isSalt(salt)) return undefined;
    if (typeof priceFen !== 'string' || !/^[1-9]\d{0,11}$/.test(priceFen)) return undefined;
    return { auction, bidder, priceFen, salt };
  } catch {
    return undefined;
  }
}

/** As a file in the person's own folder. */
export function download(envelope: Envelope): void {
  const url = URL.createObjectURL(
    new Blob([JSON.stringify(envelope, undefined, 2)], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = `huiquan-bid-${envelope.auction.slice(-8)}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
