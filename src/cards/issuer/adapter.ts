/** What an issuer can do for us, typed by capability: a method an issuer lacks is not there to be called. */
import { type Static, Type } from 'typebox';
import type { Secret } from '#platform';
import { Day, FenText } from '#platform/schema';
import type { Cap } from '../schema.ts';
import type { CardSecret } from '../vault/envelope.ts';

export const ISSUER_STATES = [
  'unknown_card',
  'inactive',
  'active',
  'held',
  'redeemed',
  'expired',
  'frozen',
  'refunding',
  'void',
] as const;

/** What the issuer sees at this moment. Amounts are decimal strings of fen, as on the wire and in the record. */
export const Snapshot = Type.Object({
  state: Type.Enum(ISSUER_STATES),
  balanceFen: Type.Optional(FenText),
  expiresOn: Type.Optional(Day),
  /** Bound to an account or a name that is not the seller's to give away. */
  bound: Type.Optional(Type.Boolean()),
  /** What the issuer wants before it says more. */
  needs: Type.Optional(Type.Enum(['receipt', 'extra_check'])),
  /** When money was last spent from it, where the issuer says so. */
  lastUse: Type.Optional(Type.Object({ at: Type.String(), amountFen: FenText })),
  /** When it was sold or activated, where the issuer says so. */
  soldAt: Type.Optional(Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z$' })),
  asOf: Type.String(),
});
export type Snapshot = Static<typeof Snapshot>;
export const Hold = Type.Object({ holdId: Type.String(), until: Type.String() });
export const Transferred = Type.Object({
  transferId: Type.String(),
  balanceFen: FenText,
  /** SHA-256 of salt, new number and new PIN: with the issuer's signature it proves the new card offline. */
  commitment: Type.Optional(Type.String()),
});
/** The same number under a new PIN, and the issuer's word on it for the chain. */
export const Reissued = Type.Object({
  balanceFen: FenText,
  /** The contract's hash of card, number, new PIN and salt; the chain knows the new secret by it alone. */
  newCommit: Type.String({ pattern: '^0x[0-9a-f]{64}$' }),
  /** EIP-712 `Reissued` under the issuer's key on the chain, r, s and v. */
  signature: Type.String({ pattern: '^0x[0-9a-f]{130}$' }),
});
export const Redeemed = Type.Object({ redemptionId: Type.String() });
export const Undone = Type.Object({ undone: Type.Literal(true) });
/** By which key the issuer signs for a chain. */
export const ChainKey = Type.Object({ address: Type.String({ pattern: '^0x[0-9a-f]{40}$' }) });

/** What each operation answers when it succeeds. */
export const ANSWERS = {
  inquire: Snapshot,
  lock: Hold,
  release: Undone,
  transfer: Transferred,
  reissue: Reissued,
  redeem: Redeemed,
  void: Undone,
  chain_key: ChainKey,
} as const;
export type Op = keyof typeof ANSWERS;
export type Answer<O extends Op> = Static<(typeof ANSWERS)[O]>;

export const ERROR_KINDS = [
  'not_found',
  'bad_secret',
  'already_used',
  'insufficient',
  'expired',
  'frozen',
  'inactive',
  'restricted',
  'conflict',
  'window_over',
  'auth',
  'rate_limited',
  'unknown_outcome',
  'unavailable',
  /** Ours, never an issuer's: the sale ended before the call was sent. */
  'cancelled',
] as const;
/** `unavailable`: it certainly did not happen. `unknown_outcome`: it may have; ask by its number. */
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** The issuer's own words and its signature over them; holds no number and no PIN. */
export interface Facts {
  readonly text: string;
  readonly signature?: string;
}
export type Outcome<O extends Op> =
  | {
      readonly ok: true;
      readonly value: Answer<O>;
      readonly facts: Facts;
      /** After a transfer or re-issue: the new card. Of a transfer `proven` says whether the signed commitment fits it. */
      readonly fresh?: CardSecret;
      /** After a re-issue: with it the new card fits `newCommit`. As secret as the PIN, which is soon guessed with it. */
      readonly salt?: Secret<string>;
      readonly proven?: boolean;
    }
  | {
      readonly ok: false;
      readonly kind: ErrorKind;
      readonly facts?: Facts;
      readonly afterMs?: number;
    };
export type Past<O extends Op> =
  | { readonly known: false }
  | { readonly known: true; readonly outcome: Outcome<O> }
  | { readonly known: 'unreachable'; readonly afterMs?: number };

export interface CardRef extends CardSecret {
  readonly sku: string;
}
/** The number is stored before the call leaves; the same number again is the same request. */
export interface Ctx {
  readonly requestNo: string;
}

/** For whom, on which chain and for which order of the card; the issuer signs all of it. */
export interface ReissueTerms {
  readonly chainId: number;
  readonly exchange: string;
  /** The card's id on the chain: a decimal or 0x text. */
  readonly cardId: string;
  readonly buyer: string;
  readonly nonce: number;
  /** Unix seconds. */
  readonly deadline: number;
}
export interface ReissueOrder {
  readonly chain: ReissueTerms;
  /** Our own hold on the card, under which it may be re-issued; the hold stays. Any other hold is `conflict`. */
  readonly holdId?: string | undefined;
}

export interface IssuerAdapter {
  readonly issuerId: string;
  readonly caps: ReadonlySet<Cap>;
  /** No side effect at the issuer. */
  inquire?(card: CardRef, ctx: Ctx): Promise<Outcome<'inquire'>>;
  /**
   * Exclusive: of two locks on one card exactly one succeeds, the other is `conflict`. `holdId` names our own lock, which then
   * lasts `ttlMs` from now under the same id; one that is over or given back is refused and not made anew.
   */
  lock?(
    card: CardRef,
    terms: { amountFen: string; ttlMs: number; holdId?: string },
    ctx: Ctx,
  ): Promise<Outcome<'lock'>>;
  release?(holdId: string, ctx: Ctx): Promise<Outcome<'release'>>;
  /** A new number for the whole balance; the old number is dead afterwards. */
  transfer?(card: CardRef, ctx: Ctx): Promise<Outcome<'transfer'>>;
  /** A new PIN for the same number; the old PIN is dead afterwards, and there is no way back. */
  reissue?(card: CardRef, order: ReissueOrder, ctx: Ctx): Promise<Outcome<'reissue'>>;
  /** No side effect; there where `reissue` is. */
  chainKey?(ctx: Ctx): Promise<Outcome<'chain_key'>>;
  redeem?(card: CardRef, terms: { amountFen: string }, ctx: Ctx): Promise<Outcome<'redeem'>>;
  /** Undoes a transfer or a redemption inside the issuer's window; later it is `window_over`. */
  void?(id: string, ctx: Ctx): Promise<Outcome<'void'>>;
  /** Every issuer must be able to say what became of a request number. */
  outcomeOf<O extends Op>(op: O, requestNo: string): Promise<Past<O>>;
}

/** Finds the adapter of an issuer; `app.ts` decides which gateways there are. */
export type Issuers = (issuer: { id: string; caps: readonly Cap[] }) => IssuerAdapter;
