/** What a search word is, and the texts that words are looked for in: one normal form for both sides. Pure. */
import { pinyin } from 'pinyin-pro';

/** Signs that take no part in a word: hidden ones, marks of presentation, punctuation and all kinds of space. */
const HIDDEN = /\p{C}|\p{Variation_Selector}/gu;
const BETWEEN = /[\p{P}\p{Z}]+/gu;
/** Latin runs and runs of everything else are words of their own: `味禾100元` is three. */
const WORD = /[a-z0-9]+|[^a-z0-9 ]+/gu;
const HAN = /\p{Script=Han}/u;
/** Nobody types more; each one costs a look-up. */
export const WORDS_MAX = 8;

/** Lower case, full-width as half-width, one space between words, nothing hidden. */
export const normalise = (text: string): string =>
  text
    .replace(HIDDEN, ' ')
    .normalize('NFKC')
    .toLowerCase()
    .replace(HIDDEN, ' ')
    .replace(BETWEEN, ' ')
    .trim();

/** The words of a query, each once; none when it has only punctuation. */
export const wordsOf = (query: string): string[] => [
  ...new Set(normalise(query).match(WORD) ?? []),
];

/** How a word is spoken, without tones and spaces; latin letters and digits stay as they are. */
export const soundOf = (word: string): string => syllables(word).join('');

const syllables = (text: string): string[] =>
  pinyin(text, { toneType: 'none', type: 'array', v: true }).flatMap(
    (part) => part.toLowerCase().match(/[a-z0-9]+/g) ?? [],
  );

/** `wei he ka` → `weiheka heka ka`: a word that begins at any syllable begins one of these. */
const suffixes = (parts: readonly string[]): string[] =>
  parts.map((_, at) => parts.slice(at).join(''));

export interface Named {
  readonly sku: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly category: { readonly zh: string; readonly en: string };
}

/** The two texts of a product that words are looked for in. */
export function textsOf(product: Named): { chinese: string; latin: string } {
  const chinese = normalise(`${product.nameZh} ${product.category.zh}`);
  const english = normalise(`${product.nameEn} ${product.category.en} ${product.sku}`);
  // Each run of Chinese by itself, so that no sound reaches across a space.
  const runs = (chinese.match(/\p{Script=Han}+/gu) ?? []).map(syllables);
  const spoken = runs.flatMap((run) => [
    ...suffixes(run),
    ...suffixes(run.map((syllable) => syllable.slice(0, 1))),
  ]);
  return { chinese, latin: ` ${[...new Set([...english.split(' '), ...spoken])].join(' ')} ` };
}

/** What a title says beside the name of its product. */
export const titleBeside = (title: string, nameZh: string): string => {
  const name = normalise(nameZh);
  return (name === '' ? normalise(title) : normalise(title).replaceAll(name, ' ')).trim();
};

/** What of a listing cuts a long list of titles; a grade is all grades below it too. */
export const tagsOf = (of: {
  readonly category?: string | undefined;
  readonly form?: string | undefined;
  readonly delivery?: string | undefined;
  readonly grades?: readonly number[] | undefined;
}): string[] => [
  ...(of.category === undefined ? [] : [`c:${of.category}`]),
  ...(of.form === undefined ? [] : [`f:${of.form}`]),
  ...(of.delivery === undefined ? [] : [`d:${of.delivery}`]),
  ...(of.grades ?? []).map((grade) => `g:${grade}`),
];

/** Does the product carry the word? Chinese anywhere, latin from the start of a word or syllable. */
export const productHas = (texts: { chinese: string; latin: string }, word: string): boolean =>
  texts.chinese.includes(word) || texts.latin.includes(` ${word}`);

/** Long enough to be taken for another word that sounds or looks like it. */
export const mayBeMistyped = (word: string): boolean =>
  HAN.test(word) ? word.length >= 2 : word.length >= 4;

/** What a product may forbid; a listing carries one bit for each that it has. The order is stored: add at the end. */
export const RESTRICTION_KINDS = [
  'regions',
  'storeKinds',
  'timeWindows',
  'minSpend',
  'notForGoods',
  'notCombinable',
  'singleUse',
  'nameBound',
] as const;
export type RestrictionKind = (typeof RESTRICTION_KINDS)[number];

export const restrictionBits = (kinds: Iterable<string>): number => {
  let bits = 0;
  for (const kind of kinds) {
    const at = (RESTRICTION_KINDS as readonly string[]).indexOf(kind);
    if (at >= 0) bits |= 1 << at;
  }
  return bits;
};

export const kindsOf = (bits: number): RestrictionKind[] =>
  RESTRICTION_KINDS.filter((_, at) => (bits & (1 << at)) !== 0);
