/** What the auctions must know of recyclers; whoever keeps their accounts answers, and `app.ts` introduces them. */
import { type Fen, fen, type Reader, Refused, type Tx } from '#platform';

export interface Recycler {
  /** Owner of its WALLET, HELD and DEPOSIT accounts. */
  readonly id: string;
  readonly name: string;
  /** The most that its open bids and orders may hold at once. */
  readonly capFen: Fen;
  /** The operator's own recycler (自营). */
  readonly isHouse: boolean;
  /** How well it keeps its word: of equal bids the lower one buys first; absent: 1. */
  readonly rank?: number;
}

/** What a recycler must know although no page of it is open. */
export interface RecyclerNews {
  readonly recyclerId: string;
  readonly what: 'won' | 'pay_now' | 'outbid' | 'used_up';
  /** The auction, or the standing bid that is used up. */
  readonly subject: string;
  readonly productName: string;
  readonly amountFen: Fen;
  /** Pay or bid until then. */
  readonly until?: Date | undefined;
  readonly at: Date;
}

export type MemberRole = 'owner' | 'buyer' | 'viewer';

export interface Recyclers {
  find(reader: Reader, id: string): Promise<Recycler | undefined>;
  /** The recycler for which this person may act so; refuses not_found to strangers. */
  requireMember(
    reader: Reader,
    who: { recyclerId: string; userId: string; role?: MemberRole },
  ): Promise<Recycler>;
  /** Refuses recycler_not_active: only who is admitted and not stopped may buy. */
  requireBidder(reader: Reader, who: { recyclerId: string; at: Date }): Promise<Recycler>;
  /** Same real name, device, payout account or licence: buying from oneself is no price. */
  isRelated(reader: Reader, pair: { recyclerId: string; userId: string }): Promise<boolean>;
  /** Texts its owners and informs its programs, in the transaction of what happened. */
  tell(tx: Tx, news: RecyclerNews): Promise<void>;
}

/** The operator's own recycler (自营): it buys by the price table and never bids. */
export const HOUSE = 'house';

/** A house in which nobody bids but the operator. */
export const houseOnly: Recyclers = {
  find: async (_reader, id) =>
    id === HOUSE ? { id, name: '自营', capFen: fen(10n ** 15n), isHouse: true } : undefined,
  requireMember: async () => {
    throw new Refused('not_found');
  },
  requireBidder: async () => {
    throw new Refused('recycler_not_active');
  },
  isRelated: async () => false,
  tell: async () => undefined,
};
