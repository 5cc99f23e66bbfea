/** What is true of lots: their parts, how a price is spread over cards and tranches, who is right about a failing card. Pure. */
import assert from 'node:assert/strict';
import type { Code } from '#cards';
import { allocate, type Fen, fen, share, sum, ZERO } from '#platform';

/** Kept from every tranche until late failures can no longer come. */
export const BACK_BPS = 1_000;
/** More failing cards in one tranche pause the next. */
export const PAUSE_BPS = 300;
export const TRANCHES_MAX = 5;
/** The issuer is not asked on when more are bad: a lot is no way to try numbers. */
export const BAD_STOP = { least: 20, bps: 1_000 } as const;
export const PARTS_MAX = 40;

export interface Group {
  readonly sku: string;
  readonly faceFen: Fen;
  readonly expiresOn: string | undefined;
  readonly cards: number;
}
export interface Part {
  readonly no: number;
  /** Undefined: cards of every product. */
  readonly sku: string | undefined;
  readonly cards: number;
  readonly faceFen: Fen;
}

/** One part, or one for each product in the order of their codes. */
export function partsOf(groups: readonly Group[], split: 'whole' | 'product'): Part[] {
  const skus = split === 'whole' ? [undefined] : [...new Set(groups.map(({ sku }) => sku))].sort();
  return skus.map((sku, index) => {
    const own = groups.filter((group) => sku === undefined || group.sku === sku);
    const cards = own.reduce((total, group) => total + group.cards, 0);
    const faces = own.map((group) => fen(group.faceFen * BigInt(group.cards)));
    return { no: index + 1, sku, cards, faceFen: sum(faces) };
  });
}

/** Numbers of cards a tranche, as even as can be, the larger ones first; never an empty one. */
export function trancheSizes(cards: number, tranches: number): number[] {
  assert(cards > 0 && tranches > 0);
  const count = Math.min(cards, tranches);
  const small = Math.floor(cards / count);
  return Array.from({ length: count }, (_, n) => small + (n < cards % count ? 1 : 0));
}

/** Each card's price: its share of the whole by its face, the odd fen by largest remainder; they sum to the price. */
export const cardPrices = (priceFen: Fen, faces: readonly Fen[]): Fen[] =>
  allocate(priceFen, faces);

/** Fees of what the seller gets now; never more than it. */
export type FeeOf = (amount: Fen) => Fen;
export interface Split {
  readonly net: Fen;
  readonly fee: Fen;
}
export function splitFee(amount: Fen, feeOf: FeeOf): Split {
  const asked = amount > 0n ? feeOf(amount) : ZERO;
  const fee = asked > amount ? amount : asked;
  return { net: fen(amount - fee), fee };
}

/** What happens with the price of a tranche at the report: the hold-back is of the good cards only, rounded down. */
export function atReport(
  priceFen: Fen,
  failing: readonly Fen[],
  feeOf: FeeOf,
): { good: Split; failingFen: Fen; backFen: Fen } {
  const failingFen = sum(failing);
  const goodFen = fen(priceFen - failingFen);
  const backFen = share(goodFen, BACK_BPS, 'down');
  return { good: splitFee(fen(goodFen - backFen), feeOf), failingFen, backFen };
}

export interface Claimed {
  readonly priceFen: Fen;
  /** Is the buyer right about this card? */
  readonly isBad: boolean;
}

/** Bad cards are refunded, the others paid after all; together they are what was set aside. */
export function atDecision(
  claimed: readonly Claimed[],
  feeOf: FeeOf,
): { refundFen: Fen; upheld: Split } {
  const of = (isBad: boolean): Fen =>
    sum(claimed.filter((one) => one.isBad === isBad).map(({ priceFen }) => priceFen));
  return { refundFen: of(true), upheld: splitFee(of(false), feeOf) };
}

/** What may be said of a card that fails. */
export const FAILINGS = [
  'BAD_CREDENTIALS',
  'NOT_ACTIVATED',
  'USED_OR_VOID',
  'EXPIRED',
  'FROZEN_BY_ISSUER',
  'FACE_MISMATCH_UNBOUND',
  'RESTRICTED',
] as const;
export type Failing = (typeof FAILINGS)[number];

/**
 * Who is right, by what the issuer said when we asked it again at the report. A card that is good is good. One that is
 * empty, when it was re-issued for the buyer alone, was spent by the buyer's people: nobody else had its number.
 * All else is the seller's to bear, silence of the issuer too: the seller warranted the card.
 */
export function isFailing(told: { probed: Code | undefined; wasReissued: boolean }): boolean {
  const { probed, wasReissued } = told;
  if (probed === 'OK') return false;
  const isSpent =
    probed === 'USED_OR_VOID' ||
    probed === 'FACE_MISMATCH_BOUND' ||
    probed === 'FACE_MISMATCH_UNBOUND';
  return !(isSpent && wasReissued);
}

export const pauses = ({ cards, failing }: { cards: number; failing: number }): boolean =>
  failing * 10_000 > cards * PAUSE_BPS;

/** Is this still an honest lot, or are numbers being tried? */
export const tooManyBad = ({ checked, bad }: { checked: number; bad: number }): boolean =>
  bad >= BAD_STOP.least && bad * 10_000 > checked * BAD_STOP.bps;

export interface Offer {
  /** Arrival. */
  readonly no: number;
  readonly bidder: string;
  readonly priceFen: Fen;
}

/** The highest price wins, the earlier of two equal ones; below the reserve nobody does. */
export function bestOffer<T extends Offer>(
  offers: readonly T[],
  reserveFen: Fen | undefined,
): T | undefined {
  const valid = offers.filter(({ priceFen }) => reserveFen === undefined || priceFen >= reserveFen);
  return valid.reduce<T | undefined>(
    (best, one) =>
      !best || one.priceFen > best.priceFen || (one.priceFen === best.priceFen && one.no < best.no)
        ? one
        : best,
    undefined,
  );
}

export interface ContractFacts {
  readonly lotId: string;
  readonly partNo: number;
  readonly seller: { readonly name: string; readonly creditCode: string };
  readonly buyer: { readonly name: string; readonly creditCode: string };
  readonly cards: number;
  readonly faceFen: Fen;
  readonly priceFen: Fen;
  readonly tranches: readonly number[];
  readonly madeOn: string;
}

const yuanText = (amount: Fen): string => {
  const digits = amount.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** The contract in both languages; what is signed is the hash of exactly these characters. Chinese decides. */
export function contractText(facts: ContractFacts): string {
  const { seller, buyer, cards, faceFen, priceFen, tranches, lotId, partNo, madeOn } = facts;
  const [face, price] = [yuanText(faceFen), yuanText(priceFen)];
  const sizes = tranches.join('、');
  return [
    `卡券批量转让合同  ${lotId}/${partNo}  ${madeOn}`,
    `转让方：${seller.name}（${seller.creditCode}）`,
    `受让方：${buyer.name}（${buyer.creditCode}）`,
    `一、标的：${cards} 张卡券，面值合计 ${face} 元，明细以平台逐卡结算单为准。`,
    `二、价款：${price} 元，已由受让方钱包全额冻结，按面值分摊到每张卡。`,
    `三、交付：分 ${tranches.length} 批（${sizes} 张），款项划入托管后交付卡密；每批 2 日内逐卡验收，逾期视为接受。`,
    '四、付款：验收后支付合格卡价款的 90%，其余 10% 为尾款，7 日内无异议即付。',
    '五、异议：只涉及不合格的卡，该卡价款暂缓支付，由发卡方核验记录裁定；单批不合格超过 3% 暂停下一批。',
    '六、转让方保证卡券来源合法并有权处分；受让方不得将卡密提供给无关第三方。',
    '七、本合同以中文为准，双方各由经办人与复核人确认后生效。',
    '',
    `Contract over cards in bulk  ${lotId}/${partNo}  ${madeOn}`,
    `Seller: ${seller.name} (${seller.creditCode})`,
    `Buyer: ${buyer.name} (${buyer.creditCode})`,
    `1. ${cards} cards with a face of ${face} yuan in all, each named in the statement.`,
    `2. The price is ${price} yuan, held in the buyer's wallet in full, spread over the cards by face.`,
    `3. Delivered in ${tranches.length} tranches (${tranches.join(', ')} cards) once the money is in escrow; the buyer reports within 2 days, silence accepts.`,
    '4. 90 % of the price of good cards is paid at the report, 10 % seven days later.',
    '5. A dispute touches failing cards only and is decided by what the issuer says; more than 3 % failing pauses the next tranche.',
    '6. The seller warrants lawful origin and title; the buyer keeps the card numbers to itself.',
    '7. The Chinese text decides; it binds once maker and checker of both sides have confirmed it.',
  ].join('\n');
}
