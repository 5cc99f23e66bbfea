/** What the logs of a card say of its auction: pure, and folded at each look, so that a reorganisation needs no repair. */
import type { Address, Hex } from 'viem';
import { afterLog, unsaid } from './fold.ts';
import type { Log, LogOf } from './log.ts';
import type { Holding } from './log-store.ts';

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
const timeOf = (seconds: number): Date => new Date(seconds * MS_A_SECOND);

/** What came while the card had this number: the end of each auction raises it. `logs`: all of the card, read once. */
function within<E extends Log['event']>(
  logs: readonly Log[],
  events: readonly E[],
  { nonce, house }: Of,
): LogOf<E>[] {
  let card: Holding | undefined;
  return logs.filter((log): log is LogOf<E> => {
    const before = card?.nonce;
    if (log.tokenId !== undefined) card = afterLog(card ?? unsaid(log.tokenId), log, house);
    if (!events.some((one) => one === log.event) || log.tokenId === undefined) return false;
    return 'nonce' in log.args ? BigInt(log.args.nonce) === nonce : before === nonce;
  });
}

export function englishStanding(logs: readonly Log[], of: Of): Standing {
  const mine = within(logs, ['AuctionBid'], of);
  const bids = mine.map(({ args: { bidder, amount }, at }) => ({
    ...{ bidder, amount: BigInt(amount), at },
  }));
  const [first, last] = [mine[0], mine.at(-1)];
  return {
    ...{ bids, best: bids.at(-1), endsAt: last && timeOf(last.args.end) },
    firstEnd: first && timeOf(first.args.end),
  };
}

const SEALED = ['SealedOpened', 'SealedCommitted', 'SealedRevealed', 'BondForfeited'] as const;

export function sealedStanding(logs: readonly Log[], of: Of): Standing {
  const bids = new Map<Address, ChainBid>();
  let best: Standing['best'];
  let endsAt: Date | undefined;
  const change = (bidder: Address, at: Date, now: Partial<ChainBid>): void => {
    const before = bids.get(bidder) ?? { bidder, amount: undefined, at };
    bids.set(bidder, { ...before, ...now });
  };
  for (const log of within(logs, SEALED, of)) {
    if (log.event === 'SealedOpened') {
      endsAt = timeOf(log.args.revealUntil);
      continue;
    }
    const { bidder } = log.args;
    if (log.event === 'SealedCommitted')
      change(bidder, log.at, { commitment: log.args.commitment });
    if (log.event === 'BondForfeited') change(bidder, log.at, { forfeited: true });
    if (log.event !== 'SealedRevealed') continue;
    const amount = BigInt(log.args.amount);
    change(bidder, log.at, { amount });
    if (log.args.leads) best = { bidder, amount };
  }
  return { bids: [...bids.values()], best, endsAt, firstEnd: undefined };
}

/** Nobody has opened these. */
export const stillSealed = ({ bids }: Standing): ChainBid[] =>
  bids.filter(({ amount, forfeited }) => amount === undefined && !forfeited);
