/** What each line of a quote is and why it is there, by its code, for people. */
import type { Entry } from './words.ts';

interface LineWords {
  name: Entry;
  why: Entry;
}
const line = (name: [string, string], why: [string, string]): LineWords => ({
  name: { zh: name[0], en: name[1] },
  why: { zh: why[0], en: why[1] },
});

const words: Readonly<Record<string, LineWords>> = {
  base: line(
    ['品类与品牌行情', 'Category and brand'],
    ['该品类卡券当前的转手行情。', 'What cards of this kind resell for now.'],
  ),
};

/** Undefined for a code this build does not know; its basis is shown all the same. */
export const lineWords = (code: string): LineWords | undefined => words[code];
