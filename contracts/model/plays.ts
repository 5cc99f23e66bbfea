/** What honest people do next in a given world: one well-formed call per kind, and how often each is tried. */
import { delivering, edges, fractions } from './plays-after.ts';
import { around, desk, token } from './plays-house.ts';
import { auctions, trade } from './plays-sales.ts';
import type { Play } from './scene.ts';

/** Kind of play → how often, and what it does. */
const WEIGHTS: Readonly<Record<string, number>> = {
  ...{ mint: 7, mintBatch: 3, buyLazy: 4, openAuction: 6, bid: 9, settleAuction: 5 },
  ...{ openSealed: 6, commitBid: 12, revealBid: 10, settleSealed: 5, forfeitBond: 6 },
  ...{ deliver: 8, proveWrongDelivery: 8, releaseBond: 5, confirmReissue: 6, refundHold: 4 },
  ...{ fractionalise: 4, transferShares: 5, buyOut: 5, cash: 9, unite: 3, deposit: 7, swap: 5 },
  ...{ setKyc: 6, fileCase: 5, setFrozenTokens: 4, forcedTransfer: 3, safeTransferFrom: 4 },
  ...{ cancel: 4, anchor: 5, emergencyUnwind: 3, setSigner: 1, setCharity: 1, setFeePayee: 1 },
  ...{ setBaseUri: 1, permitMoney: 1, pause: 1, payCharity: 1, sweepFees: 1, setAccountFrozen: 1 },
  ...{
    mintAgain: 1,
    dutchTooEarly: 1,
    reissuedInBasket: 1,
    giveMoreThanAllowed: 1,
    bidOnOwn: 1,
    commitTwice: 1,
    cancelBids: 1,
  },
};
/** What goes on with something begun. */
export const FOLLOWING: readonly string[] = [
  ...['bid', 'settleAuction', 'commitBid', 'revealBid', 'revealBid', 'settleSealed', 'forfeitBond'],
  ...['proveWrongDelivery', 'releaseBond', 'confirmReissue', 'refundHold'],
  ...['buyOut', 'transferShares', 'cash', 'unite'],
];
export const PLAYS: Readonly<Record<string, Play>> = {
  ...desk,
  ...trade,
  ...auctions,
  ...delivering,
  ...fractions,
  ...token,
  ...around,
  ...edges,
};
export const DECK: readonly string[] = Object.keys(PLAYS).flatMap((name) =>
  Array.from({ length: WEIGHTS[name] ?? 2 }, () => name),
);
