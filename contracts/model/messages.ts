/** The signed messages: their EIP-712 types read off the ABI, and signatures as facts that the model can judge. */
import type { Hex } from 'viem';
import { exchangeAbi } from '../abi.gen.ts';

export type Address = `0x${string}`;
export type Bytes = Hex;
/** A message by field name, as viem takes it; enums are numbers. */
export type Message = object;

export const MESSAGES = [
  'Attest',
  'BatchAttest',
  'Listing',
  'DutchTerms',
  'AuctionTerms',
  'SealedTerms',
  'Bid',
  'SwapOffer',
  'Reissued',
  'BalanceAttest',
] as const;
export type MessageName = (typeof MESSAGES)[number];

interface Field {
  readonly name: string;
  readonly type: string;
}

/** The fields of a struct that some function takes, in its order. */
export function fieldsOf(name: MessageName): readonly Field[] {
  const view = exchangeAbi.find((item) => item.type === 'function' && item.name === `hash${name}`);
  if (view?.type !== 'function') throw new Error(`the contract has no hash${name}`);
  const [message] = view.inputs as readonly { components?: readonly Field[] }[];
  return (message?.components ?? []).map((field) => ({ name: field.name, type: field.type }));
}

export const TYPES = Object.fromEntries(MESSAGES.map((name) => [name, fieldsOf(name)])) as Record<
  MessageName,
  readonly Field[]
>;

/** FULL: 65 bytes; COMPACT: EIP-2098; BENT: the other s; TORN: two bytes are
 * missing (with one it would be a good compact signature, when v is 27). */
export type Form = 'FULL' | 'COMPACT' | 'BENT' | 'TORN';

/** What a key's signature may look like. */
export const OF_KEYS: readonly Form[] = ['FULL', 'COMPACT'];
/** What the puppet takes: a contract wallet makes its own rules, and this one does not mind a bent signature. */
export const OF_PUPPETS: readonly Form[] = ['FULL', 'BENT'];

/** What somebody signed, before it is bytes. */
export interface Signature {
  readonly by: Address;
  readonly type: MessageName;
  readonly over: Message;
  readonly form: Form;
  /** Not this contract or not this chain: a replay from elsewhere. */
  readonly elsewhere?: { readonly chainId?: number; readonly verifyingContract?: Address };
}

export const isSignature = (value: unknown): value is Signature =>
  typeof value === 'object' && value !== null && 'form' in value && 'over' in value;

/** One of the two words (EIP-2098) in which a function takes a key's signature. */
export interface Word {
  readonly word: 'r' | 'vs';
  readonly of: Signature;
}
export const isWord = (value: unknown): value is Word =>
  typeof value === 'object' && value !== null && 'word' in value && 'of' in value;

/** Was exactly this message signed for this contract on this chain? */
export function covers(signature: Signature, type: MessageName, message: Message): boolean {
  return (
    signature.elsewhere === undefined &&
    signature.type === type &&
    TYPES[type].every(({ name }) => same(inField(signature.over, name), inField(message, name)))
  );
}
const inField = (message: Message, name: string): unknown =>
  (message as Readonly<Record<string, unknown>>)[name];
const same = (a: unknown, b: unknown): boolean =>
  String(a).toLowerCase() === String(b).toLowerCase();

interface Split {
  readonly feeBps: bigint;
  readonly charityBps: bigint;
  readonly charityId: bigint;
}
interface CardOrder {
  readonly cardId: bigint;
  readonly nonce: bigint;
}
export interface Attest {
  readonly cardId: bigint;
  readonly holder: Address;
  readonly issuerClass: bigint;
  readonly secretCommit: Bytes;
  readonly deadline: bigint;
}
export interface BatchAttest {
  readonly holder: Address;
  readonly itemsHash: Bytes;
  readonly deadline: bigint;
}
export type MintItem = Pick<Attest, 'cardId' | 'issuerClass' | 'secretCommit'>;
export interface Listing extends CardOrder, Split {
  readonly price: bigint;
  readonly delivery: bigint;
  readonly taker: Address;
  readonly deadline: bigint;
}
/** A card that its sale brings on chain, before it is packed into the words of `FirstSale`. */
export interface FirstSale {
  readonly attest: Attest;
  readonly listing: Listing;
}
export const isFirstSale = (value: unknown): value is FirstSale =>
  typeof value === 'object' && value !== null && 'attest' in value && 'listing' in value;
export interface DutchTerms extends CardOrder, Split {
  readonly startPrice: bigint;
  readonly endPrice: bigint;
  readonly startsAt: bigint;
  readonly endsAt: bigint;
  readonly delivery: bigint;
}
export interface AuctionTerms extends CardOrder, Split {
  readonly reserve: bigint;
  readonly duration: bigint;
  readonly delivery: bigint;
  readonly deadline: bigint;
}
export interface SealedTerms extends CardOrder, Split {
  readonly reserve: bigint;
  readonly bond: bigint;
  readonly commitUntil: bigint;
  readonly revealUntil: bigint;
  readonly secondPrice: boolean;
  readonly delivery: bigint;
}
export interface Bid extends CardOrder {
  readonly bidder: Address;
  readonly price: bigint;
  readonly feeBps: bigint;
  readonly session: Address;
  readonly secretCommit: Bytes;
  readonly epoch: bigint;
  readonly deadline: bigint;
}
export interface SwapOffer {
  readonly give: bigint;
  readonly want: bigint;
  readonly topUp: bigint;
  readonly makerPays: boolean;
  readonly feeBps: bigint;
  readonly nonce: bigint;
  readonly epoch: bigint;
  readonly deadline: bigint;
}
export interface Reissued extends CardOrder {
  readonly buyer: Address;
  readonly newCommit: Bytes;
  readonly deadline: bigint;
}
export interface BalanceAttest {
  readonly cardId: bigint;
  readonly balance: bigint;
  readonly asOf: bigint;
}
export interface SealedSecret {
  readonly x: bigint;
  readonly v: bigint;
  readonly c: readonly [Bytes, Bytes, Bytes];
}
export interface DeliveryRecord {
  readonly bid: Bid;
  readonly seller: Address;
  readonly until: bigint;
  readonly secret: SealedSecret;
}
