/** Where the openings of my sealed bids are kept: this browser, and the file that its owner has downloaded. */
import { bytesToHex, type Hex } from 'viem';
import { type Auction, commitmentFor, type Opening } from './auction-sign.ts';

const nameOf = (auctionId: string, bidder: string): string =>
  `hq-chain-bid/${auctionId}/${bidder.toLowerCase()}`;
const OPENING = /(\d{1,15}) (0x[0-9a-f]{64})/;
const SALT_BYTES = 32;

/** Made and kept before anything is signed for it: an opening that gets lost cannot be made again. */
export function newOpening(one: Auction, bidder: string, amountFen: string): Opening {
  const salt = bytesToHex(crypto.getRandomValues(new Uint8Array(SALT_BYTES)));
  const opening = { amountFen, salt };
  keep(one, bidder, opening);
  return opening;
}

const lineOf = ({ amountFen, salt }: Opening): string => `${amountFen} ${salt}`;
const keep = (one: Auction, bidder: string, opening: Opening): void =>
  localStorage.setItem(nameOf(one.id, bidder), lineOf(opening));

function read(text: string): Opening | undefined {
  const [, amountFen, salt] = OPENING.exec(text.trim().toLowerCase()) ?? [];
  return amountFen && salt ? { amountFen, salt: salt as Hex } : undefined;
}

export function keptOpening(one: Auction, bidder: string): Opening | undefined {
  return read(localStorage.getItem(nameOf(one.id, bidder)) ?? '');
}

/** Takes the opening out of a file's text where it is the one of this commitment; and keeps it. */
export function enterOpening(
  one: Auction,
  { bidder, commitment, text }: { bidder: string; commitment: string; text: string },
): Opening | undefined {
  const opening = read(text);
  if (!opening || commitmentFor(one, bidder, opening) !== commitment) return undefined;
  keep(one, bidder, opening);
  return opening;
}

/** The file that a person keeps: what it is for, and what opens it. */
export const openingFile = (one: Auction, opening: Opening): string =>
  `data:text/plain;charset=utf-8,${encodeURIComponent(`Huiquan ${one.id}\n${lineOf(opening)}\n`)}`;
