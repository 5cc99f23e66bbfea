/** What the market is given by the one file that knows every room; its equals come in as plain arguments. */
import type { IssuerDeps, Probe } from '#cards';
import type { Clock, Db, Fen, Keys, Live, Tx } from '#platform';

/** All that is known about an order, for the rules that decide a claim. */
export interface ClaimFacts {
  readonly delivery: 'vault' | 'seller' | 'mail';
  readonly verifiedAtListing: Probe | null;
  readonly probeAtReveal: Probe | null;
  readonly probeAtClaim: Probe | null;
  readonly issuerEvents: readonly {
    readonly at: Date;
    readonly kind: 'used' | 'frozen' | 'expired' | 'transferred';
    readonly amountFen: Fen | null;
  }[];
  readonly revealedAt: Date | null;
  readonly paidAt: Date;
  readonly priceFen: Fen;
  readonly promisedBalanceFen: Fen;
  /** Who could use the secret, and when; intervals overlap where two people know it. */
  readonly custody: readonly {
    readonly holder: 'seller' | 'vault' | 'carrier' | 'buyer';
    readonly from: Date;
    readonly to: Date | null;
  }[];
  readonly cardId?: string | undefined;
  readonly promisedExpiresOn?: string | undefined;
}

/** What a decided claim says, as far as the market moves money by it. */
export interface ClaimDecision {
  readonly id: string;
  readonly subject: string;
  readonly outcome: 'refund' | 'partial' | 'release';
  readonly refundFen: Fen;
  readonly fault: 'seller' | 'buyer' | 'issuer' | 'platform' | 'unknown';
}

/** How disputes takes a claim in. A claim decided by rule is executed before `openClaim` returns. */
export interface ClaimDeps {
  openClaim(
    tx: Tx,
    claim: {
      subject: string;
      venue: 'market';
      claimant: { role: 'buyer'; userId: string };
      respondent: { role: 'seller'; userId: string };
      reason: string;
      atStakeFen: Fen;
      facts: ClaimFacts;
      statement?: string | undefined;
      at: Date;
      respondBy: Date;
      decideBy: Date;
    },
  ): Promise<unknown>;
}

export interface MarketDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly cards: IssuerDeps;
  readonly claims: ClaimDeps;
}
export interface MarketRoutesDeps extends MarketDeps {
  readonly live: Live;
}
