/** What the logs of a card say of its auction: pure, and folded at each look, so that a reorganisation needs no repair. */
import type { Address } from 'viem';
import { fold } from './fold.ts';
import type { Log } from './log-store.ts';

export interface ChainBid {
  readonly bidder: Address;
  readonly amount: bigint;
  readonly at: Date;
}
export interface Standing {
  /** Oldest first. */
  readonly bids: readonly ChainBid[];
  readonly best: ChainBid | undefined;
  /** As the last bid moved it. */
  readonly endsAt: Date | undefined;
  /** Where the first bid put it: extensions are counted from there. */
  readonly firstEnd: Date | undefined;
}

const MS_A_SECOND = 1000;

/** The bids that came while the card had this number: the end of each auction raises it. `logs`: all of the card. */
export function englishStanding(
  logs: readonly Log[],
  { nonce, house }: { nonce: bigint; house: Address },
): Standing {
  const mine = logs.filter(
    ({ event, tokenId }, place) =>
      event === 'AuctionBid' &&
      tokenId !== undefined &&
      fold(tokenId, logs.slice(0, place), house)?.nonce === nonce,
  );
  const bids = mine.map(({ args, at }) => ({
    bidder: String(args['bidder']).toLowerCase() as Address,
    ...{ amount: BigInt(String(args['amount'])), at },
  }));
  const endOf = (log: Log | undefined): Date | undefined =>
    log && new Date(Number(log.args['end']) * MS_A_SECOND);
  return {
    ...{ bids, best: bids.at(-1) },
    ...{ endsAt: endOf(mine.at(-1)), firstEnd: endOf(mine[0]) },
  };
}
