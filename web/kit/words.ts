/** The type of a text table: every key in both languages, every {hole} the same in both. */

export type Language = 'zh' | 'en';
export interface Entry {
  zh: string;
  en: string;
}
type Holes<S extends string> = S extends `${string}{${infer Hole}}${infer Rest}`
  ? Hole | Holes<Rest>
  : never;
type SameHoles<E extends Entry> = [Holes<E['zh']>, Holes<E['en']>] extends [
  Holes<E['en']>,
  Holes<E['zh']>,
]
  ? E
  : never;
export type Fill<E extends Entry> = [Holes<E['zh']>] extends [never]
  ? []
  : [holes: Record<Holes<E['zh']>, string | number>];
export type Texts = Record<string, Entry>;
export type Say<T extends Texts> = <K extends keyof T & string>(
  key: K,
  ...fill: Fill<T[K]>
) => string;

/** Declares a table of texts; a text whose holes differ between the languages does not compile. */
export const defineTexts = <const T extends Texts>(
  texts: {
    [K in keyof T]: SameHoles<T[K]>;
  },
): T => texts as unknown as T;
