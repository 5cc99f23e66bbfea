/** From published inputs to an outcome, pure: the same function clears an auction and replays it from the record. */
import assert from 'node:assert/strict';
import { canonicalJson, type Fen, fen, sha256 } from '#platform';
import { type BatchOrder, clearBatch } from './clear-batch.ts';
import { clearEnglish } from './english.ts';
import { clearSealed } from './sealed.ts';

/** Amounts are decimal strings of fen and times RFC 3339, as they stand in the record. */
interface Common {
  readonly lot: string;
  readonly reserveFen: string;
  readonly defaulted: readonly string[];
}
export interface SealedClear extends Common {
  readonly kind: 'first_price' | 'second_price';
  readonly commitments: readonly { no: number; bidder: string; commitment: string }[];
  readonly reveals: readonly { bidder: string; priceFen: string; salt: string }[];
}
export interface EnglishClear extends Common {
  readonly kind: 'english';
  readonly bids: readonly { no: number; bidder: string; maxFen: string; at: string }[];
}
export type ClearInput = SealedClear | EnglishClear;

export interface Outcome {
  readonly winner: string | null;
  readonly priceFen: string | null;
  readonly unrevealed: readonly string[];
}

const money = (text: string): Fen => fen(BigInt(text));

export function clearInput(input: ClearInput): Outcome {
  const reserveFen = money(input.reserveFen);
  if (input.kind === 'english') {
    const bids = input.bids.map((bid) => ({
      ...bid,
      maxFen: money(bid.maxFen),
      at: new Date(bid.at),
    }));
    const sale = clearEnglish({ reserveFen }, bids, input.defaulted);
    return outcomeOf(sale, []);
  }
  const reveals = input.reveals.map((reveal) => ({ ...reveal, priceFen: money(reveal.priceFen) }));
  const { lot, kind, commitments, defaulted } = input;
  const cleared = clearSealed({ lot, kind, reserveFen, commitments, reveals, defaulted });
  return outcomeOf(cleared.sale, cleared.unrevealed);
}

const outcomeOf = (
  sale: { winner: string; priceFen: Fen } | undefined,
  unrevealed: readonly string[],
): Outcome => ({
  winner: sale?.winner ?? null,
  priceFen: sale ? String(sale.priceFen) : null,
  unrevealed: [...unrevealed],
});

interface OrderText {
  readonly id: string;
  readonly no: number;
  readonly limitFen: string;
  readonly quantity: number;
}
export interface BatchInput {
  readonly kind: 'batch';
  readonly buys: readonly OrderText[];
  readonly sells: readonly OrderText[];
}
export interface BatchOutcome {
  readonly priceFen: string | null;
  readonly rule: string | null;
  readonly volume: number;
  readonly buys: readonly { id: string; quantity: number }[];
  readonly sells: readonly { id: string; quantity: number }[];
}

export const orderText = (order: BatchOrder): OrderText => ({
  ...order,
  limitFen: String(order.limitFen),
});

export function clearBatchInput({ buys, sells }: BatchInput): BatchOutcome {
  const read = (orders: readonly OrderText[]): BatchOrder[] =>
    orders.map((order) => ({ ...order, limitFen: money(order.limitFen) }));
  const cleared = clearBatch(read(buys), read(sells));
  if (!cleared) return { priceFen: null, rule: null, volume: 0, buys: [], sells: [] };
  const { priceFen, rule, volume } = cleared;
  return {
    ...{ priceFen: String(priceFen), rule, volume },
    buys: cleared.buys.map((fill) => ({ ...fill })),
    sells: cleared.sells.map((fill) => ({ ...fill })),
  };
}

export interface Published {
  readonly input: ClearInput | BatchInput;
  readonly inputHash: string;
  readonly outcome: unknown;
}

export interface Replayed {
  /** The input is what its hash says. */
  readonly inputKept: boolean;
  readonly again: unknown;
  /** Cleared again, to the byte. */
  readonly same: boolean;
}

/** One published clearing, done again from its own input. */
export function replay({ input, inputHash, outcome }: Published): Replayed {
  assert(input && typeof input === 'object', 'a clearing has its input');
  const again = input.kind === 'batch' ? clearBatchInput(input) : clearInput(input);
  return {
    inputKept: sha256(canonicalJson(input)).toString('hex') === inputHash,
    again,
    same: canonicalJson(again) === canonicalJson(outcome),
  };
}
