/** The jobs of this room: issuers are asked here, after a commit, and a winner's wallet is tried. */
import type { Tasks } from '#platform';
import { type AuctionHouse, checkAuctioned, LET_GO, letGoAuctioned } from './auction.ts';
import { tryToFund } from './settle.ts';

export function auctionTasks(house: AuctionHouse): Tasks {
  return {
    'auctions.check': async ({ auctionId = '' }, { clock }) =>
      await checkAuctioned(house, auctionId, clock.now()),
    'auctions.fund': async ({ auctionId = '' }, { clock }) =>
      await tryToFund(house, auctionId, clock.now()),
    [LET_GO]: async ({ auctionId = '' }, { clock }) =>
      await letGoAuctioned(house, auctionId, clock.now()),
  };
}
