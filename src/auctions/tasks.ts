/** The jobs of this room: issuers are asked here, after a commit, and a winner's wallet is tried. */
import { unlockAtIssuer } from '#cards';
import type { Tasks } from '#platform';
import {
  type AuctionHouse,
  checkAuctioned,
  LET_GO,
  letGoAuctioned,
  theAuction,
} from './auction.ts';
import { tryToFund } from './settle.ts';

export function auctionTasks(house: AuctionHouse): Tasks {
  return {
    'auctions.check': async ({ auctionId = '' }, { clock }) =>
      await checkAuctioned(house, auctionId, clock.now()),
    'auctions.fund': async ({ auctionId = '' }, { clock }) =>
      await tryToFund(house, auctionId, clock.now()),
    [LET_GO]: async ({ auctionId = '' }, { clock }) =>
      await letGoAuctioned(house, auctionId, clock.now()),
    'auctions.unlock': async ({ auctionId = '' }, { clock }) => {
      const { card_id: cardId } = await theAuction(house.db, auctionId);
      await unlockAtIssuer(house.cards, { cardId, ref: auctionId, at: clock.now() });
    },
  };
}
