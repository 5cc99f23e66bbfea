/**
 * What the contracts say, as the house keeps it. Names and fields are those of the ABIs by which the indexer decodes: to read
 * a field that its event does not have, or to wait for an event that nobody says, does not compile. A typed word instead of
 * `args[name]`, since one event too few in such a place stops the indexer until somebody ships another version.
 */
import type { Abi, DecodeEventLogReturnType, Hex } from 'viem';
import type { exchangeAbi } from '#contracts';
import type { moneyAbi } from './money-abi.ts';

export type Log = Said & {
  readonly block: bigint;
  readonly index: number;
  readonly tx: Hex;
  readonly tokenId: Hex | undefined;
  /** Time of its block. */
  readonly at: Date;
};
/** Of these events; they are the exchange's, if only because the money has no others of its own that are followed. */
export type LogOf<E extends Log['event']> = Extract<
  Log,
  { readonly contract: 'Exchange'; readonly event: E }
>;
/** Of a card. */
export type Told = Log & { readonly tokenId: Hex };
export const isTold = (log: Log): log is Told => log.tokenId !== undefined;

type Said = By<'Exchange', typeof exchangeAbi> | By<'SandboxMoney', typeof moneyAbi>;
type By<C extends string, A extends Abi> = Saying<C, DecodeEventLogReturnType<A>>;
type Saying<C extends string, D> = D extends { eventName: infer E; args: infer F }
  ? { readonly contract: C; readonly event: E; readonly args: Kept<F> }
  : never;
/** As JSON keeps it: numbers of any size as decimal text. */
type Kept<T> = T extends bigint
  ? string
  : T extends object
    ? { readonly [K in keyof T]: Kept<T[K]> }
    : T;
