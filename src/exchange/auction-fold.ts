/** What the logs of a card say of its auction: pure, and folded at each look, so that a reorganisation needs no repair. */
import type { Address, Hex } from 'viem';
import { afterLog, unsaid } from './fold.ts';
import type { Holding, Log } from './log-store.ts';

export interface ChainBid {
  readonly bidder: Address;
  /** Undefined while it is sealed. */
  readonly amount: bigint | undefined;
  readonly at: Date;
  readonly commitment?: Hex;
  /** Never opened, and its bond cut. */
  readonly forfeited?: boolean;
}
export interface Standing {
  /** Oldest first. */
  readonly bids: readonly ChainBid[];
  readonly best: { readonly bidder: Address; readonly amount: bigint } | undefined;
  /** As the last bid moved it; of a sealed auction, the end of opening. */
  readonly endsAt: Date | undefined;
  /** Where the first bid put it: extensions are counted from there. */
  readonly firstEnd: Date | undefined;
}
interface Of {
  readonly nonce: bigint;
  /** The contract. */
  readonly house: Address;
}

const MS_A_SECOND = 1000;
const bidderOf = ({ args }: Log): Address => String(args['bidder']).toLowerCase() as Address;
const amountOf = ({ args }: Log): bigint => BigInt(String(args['amount']));
const timeIn = (log: Log, name: string): Date => new Date(Number(log.args[name]) * MS_A_SECOND);

/** What came while the card had this number: the end of each auction raises it. `logs`: all of the card, read once. */
function within(logs: readonly Log[], events: readonly string[], { nonce, house }: Of): Log[] {
  let card: Holding | undefined;
  return logs.filter((log) => {
    const before = card?.nonce;
    if (log.tokenId !== undefined) card = afterLog(card ?? unsaid(log.tokenId), log, house);
    if (!events.includes(log.event) || log.tokenId === undefined) return false;
    const { nonce: said } = log.args;
    return said !== undefined ? BigInt(String(said)) === nonce : before === nonce;
  });
}

export function englishStanding(logs: readonly Log[], of: Of): Standing {
  const mine = within(logs, ['AuctionBid'], of);
  const bids = mine.map((log) => ({ bidder: bidderOf(log), amount: amountOf(log), at: log.at }));
  const [first, last] = [mine[0], mine.at(-1)];
  return {
    ...{ bids, best: bids.at(-1), endsAt: last && timeIn(last, 'end') },
    firstEnd: first && timeIn(first, 'end'),
  };
}

const SEALED = ['SealedOpened', 'SealedCommitted', 'SealedRevealed', 'BondForfeited'] as const;

export function sealedStanding(logs: readonly Log[], of: Of): Standing {
  const bids = new Map<Address, ChainBid>();
  let best: Standing['best'];
  let endsAt: Date | undefined;
  const change = (log: Log, now: Partial<ChainBid>): void => {
    const bidder = bidderOf(log);
    const before = bids.get(bidder) ?? { bidder, amount: undefined, at: log.at };
    bids.set(bidder, { ...before, ...now });
  };
  for (const log of within(logs, SEALED, of)) {
    if (log.event === 'SealedOpened') endsAt = timeIn(log, 'revealUntil');
    if (log.event === 'SealedCommitted')
      change(log, { commitment: String(log.args['commitment']) as Hex });
    if (log.event === 'BondForfeited') change(log, { forfeited: true });
    if (log.event !== 'SealedRevealed') continue;
    const amount = amountOf(log);
    change(log, { amount });
    if (log.args['leads'] === true) best = { bidder: bidderOf(log), amount };
  }
  return { bids: [...bids.values()], best, endsAt, firstEnd: undefined };
}

/** Nobody has opened these. */
export const stillSealed = ({ bids }: Standing): ChainBid[] =>
  bids.filter(({ amount, forfeited }) => amount === undefined && !forfeited);
