/** The hook that says the console's texts; a missing key or hole does not compile. */
import { textsHook } from '../kit/language.tsx';
import { texts } from './texts.ts';

export const useSay = textsHook('console', texts);
export type SayKey = keyof typeof texts;
