/** What the regulations decide: pure functions from facts and a day to a refusal, a notice or nothing. */
import { addDays, type Fen, fen, type Refusal, refuse, yuan } from '#platform';
import { REGULATIONS, type Regulation, type RegulationId } from './regulations.ts';

/** The facts of a product that a rule may look at; the catalogue's product fits. */
export interface ProductFacts {
  readonly legalKind: string;
  readonly restrictions: readonly unknown[];
  readonly validity: { readonly kind: string; readonly months?: number };
}

const LEGAL_KINDS = new Set([
  'single_purpose_bearer',
  'single_purpose_named',
  'one_shot_voucher',
  'multi_purpose',
]);

/** The version of a rule in force on `day`, if any. */
export function inForce(
  id: RegulationId,
  day: string,
  regulations: readonly Regulation[] = REGULATIONS,
): Regulation | undefined {
  return regulations
    .filter((one) => one.id === id && one.effectiveFrom <= day)
    .filter((one) => one.effectiveTo === undefined || day <= one.effectiveTo)
    .sort((a, b) => b.version - a.version)[0];
}

/** May this card be bought back at all, with this face, on this day? Undefined is yes. */
export function checkFace(
  product: ProductFacts,
  faceFen: Fen,
  day: string,
  regulations: readonly Regulation[] = REGULATIONS,
): Refusal | undefined {
  return (
    checkKind(product, day, regulations) ??
    checkRestrictions(product, day, regulations) ??
    checkLimit(product, faceFen, day, regulations)
  );
}

/** No silent yes: a kind that no rule knows is not accepted either. */
function checkKind(
  { legalKind }: ProductFacts,
  day: string,
  regulations: readonly Regulation[],
): Refusal | undefined {
  if (!LEGAL_KINDS.has(legalKind))
    return refuse('product_not_accepted', {
      zh: '卡种性质不明，须人工确认',
      en: 'Nobody has classified this kind of card yet',
      citation: 'R09',
    });
  const rule = inForce('R09', day, regulations);
  if (legalKind !== 'multi_purpose' || !rule) return undefined;
  return refuse('product_not_accepted', {
    zh: rule.says.zh,
    en: rule.says.en,
    citation: `R09 ${rule.citation.zh}`,
  });
}

const LIMIT_RULE: Readonly<Record<string, RegulationId | undefined>> = {
  single_purpose_named: 'R01',
  single_purpose_bearer: 'R02',
};

function checkLimit(
  { legalKind }: ProductFacts,
  faceFen: Fen,
  day: string,
  regulations: readonly Regulation[],
): Refusal | undefined {
  const id = LIMIT_RULE[legalKind];
  const rule = id && inForce(id, day, regulations);
  const limit = rule?.params['limitFen'];
  if (!rule || limit === undefined || faceFen <= BigInt(limit)) return undefined;
  return refuse('face_above_limit', {
    limitYuan: yuan(fen(limit)).slice(1).replace(/\.00$/, ''),
    citation: `${rule.id} ${rule.citation.zh}`,
  });
}

/** A product says its restrictions, or says that it has none. */
export function checkRestrictions(
  { restrictions }: Pick<ProductFacts, 'restrictions'>,
  day: string,
  regulations: readonly Regulation[] = REGULATIONS,
): Refusal | undefined {
  const rule = inForce('R35', day, regulations);
  if (!rule || restrictions.length > 0) return undefined;
  return refuse('restrictions_missing', { citation: `R35 ${rule.citation.zh}` });
}

/** Days a change of rules or fees must be shown before it applies. */
export const noticeDays = (day: string, regulations: readonly Regulation[] = REGULATIONS): number =>
  inForce('R29', day, regulations)?.params['noticeDays'] ?? 0;

/** A change shown on `announcedOn` may apply from the day seven days later, at the earliest. */
export function checkNotice(
  { announcedOn, effectiveOn }: { announcedOn: string; effectiveOn: string },
  regulations: readonly Regulation[] = REGULATIONS,
): Refusal | undefined {
  const days = noticeDays(announcedOn, regulations);
  const earliest = addDays(announcedOn, days);
  if (effectiveOn >= earliest) return undefined;
  const citation = `R29 ${inForce('R29', announcedOn, regulations)?.citation.zh ?? ''}`;
  return refuse('notice_too_short', { days, earliest, citation });
}

export interface Treatment {
  /** The expiry the price may use; undefined: the card counts as one that does not expire. */
  readonly expiresOn?: string;
  /** Rules whose words are to be shown beside the price. */
  readonly disclose: readonly RegulationId[];
}

/** How a printed expiry counts: not at all on a named card, and money on an expired card is not lost. */
export function treatExpiry(
  product: ProductFacts,
  expiresOn: string | undefined,
  day: string,
  regulations: readonly Regulation[] = REGULATIONS,
): Treatment {
  const { legalKind, validity } = product;
  const disclose: RegulationId[] = [];
  const has = (id: RegulationId): boolean => inForce(id, day, regulations) !== undefined;
  if (legalKind === 'single_purpose_named' && expiresOn !== undefined && has('R04'))
    return { disclose: ['R04'] };
  const least = inForce('R03', day, regulations)?.params['months'];
  const tooShort = validity.kind === 'months' && (validity.months ?? 0) < (least ?? 0);
  if (legalKind === 'single_purpose_bearer' && tooShort) disclose.push('R03');
  const isSinglePurpose = legalKind.startsWith('single_purpose');
  if (isSinglePurpose && expiresOn !== undefined && expiresOn < day && has('R05'))
    disclose.push('R05');
  return { disclose, ...(expiresOn !== undefined && { expiresOn }) };
}

/** Offers that no listing, note or message may hold; spaces and signs between the characters do not hide them. */
const FORBIDDEN =
  /(?:收|卖|租|借|换|售|买)(?:购|出)?(?:银行|储蓄|信用|电话|手机|流量|对公|实名)(?:卡|账户|帐户|号)|(?:银行|电话|手机|实名)卡(?:出租|出售|出借|转让|回收)|四件套|套现|跑分|洗钱|代实名/;

export function checkWords(
  text: string,
  day: string,
  regulations: readonly Regulation[] = REGULATIONS,
): Refusal | undefined {
  const rule = inForce('R70', day, regulations);
  const plain = text.normalize('NFKC').replace(/[\s\p{P}\p{S}\p{Cf}]+/gu, '');
  if (!rule || !FORBIDDEN.test(plain)) return undefined;
  return refuse('words_forbidden', { citation: `R70 ${rule.citation.zh}` });
}
