/** What a card number or a PIN must look like, and how typed or pasted text becomes one. Pure. */
import { type Refusal, refuse, Secret } from '#platform';
import { ALPHABETS, type NumberRule, type PinRule } from './schema.ts';

/** The parts of a product that decide over a number. */
export interface NumberFacts {
  readonly numberRule: NumberRule;
  readonly pinRule?: PinRule;
  readonly transferability: string;
}
export interface ParsedCard {
  readonly ok: true;
  readonly number: Secret;
  readonly pin?: Secret;
}

const RAW_LENGTH_MAX = 200;
/** Spaces, dashes and dots of every script, and the invisible characters that come along when pasting. */
const SEPARATORS = /[\s\p{Pd}\p{Zs}\p{Cf}._·•|/]+/gu;
const LABEL = /^(?:卡号|卡密|密码|券码|兑换码|NUMBER|CARD|PIN|NO)[:=]?/u;

/** Full-width to plain, separators and a leading label away, upper case. */
export const normalise = (raw: string): string =>
  raw.normalize('NFKC').toUpperCase().replace(SEPARATORS, '').replace(LABEL, '');

/**
 * The number and PIN as the issuer knows them, or what is wrong with them; offline, so it tells a thief nothing.
 * Refusals: non_transferable, bank_card_refused, card_number_invalid, pin_invalid.
 */
export function parseCard(
  product: NumberFacts,
  typed: { number: string; pin?: string | undefined },
): ParsedCard | Refusal {
  if (product.transferability === 'none') return refuse('non_transferable');
  const number = normalise(typed.number.slice(0, RAW_LENGTH_MAX));
  const wrong = numberFault(product.numberRule, number);
  if (wrong && isBankCard(number)) return refuse('bank_card_refused');
  if (wrong) return refuse('card_number_invalid', { ...wrong });
  if (!product.pinRule) return { ok: true, number: new Secret(number) };
  const pin = normalise((typed.pin ?? '').slice(0, RAW_LENGTH_MAX));
  const badPin = partFault(pin, product.pinRule.length, ALPHABETS[product.pinRule.alphabet]);
  if (badPin) return refuse('pin_invalid', { ...badPin });
  return { ok: true, number: new Secret(number), pin: new Secret(pin) };
}

/** A type alias, so that it fits the params of a refusal. */
type Fault = { wrong: 'length' | 'character' | 'prefix' | 'check'; zh: string; en: string };

/** What is wrong with a normalised number, in words that never repeat the number. */
export function numberFault(rule: NumberRule, number: string): Fault | undefined {
  const checkLength = CHECK_LENGTH[rule.check];
  const body = number.slice(0, rule.length - checkLength);
  const bodyFault = partFault(number, rule.length, ALPHABETS[rule.alphabet], body.length);
  if (bodyFault) return bodyFault;
  if (!number.startsWith(rule.prefix))
    return {
      wrong: 'prefix',
      zh: `这种卡的卡号以 ${rule.prefix} 开头`,
      en: `Numbers of this card begin with ${rule.prefix}`,
    };
  if (passes(rule.check, number)) return undefined;
  return {
    wrong: 'check',
    zh: '校验位不符，可能输错了一位',
    en: 'The check digit does not fit; one digit may be mistyped',
  };
}

/** Length and symbols; after `bodyLength` come check digits, which are digits whatever the alphabet. */
function partFault(
  text: string,
  length: number,
  alphabet: string,
  bodyLength = length,
): Fault | undefined {
  const symbols = [...text];
  if (symbols.length !== length)
    return {
      wrong: 'length',
      zh: `应为 ${length} 位，现在是 ${symbols.length} 位`,
      en: `It should have ${length} characters and has ${symbols.length}`,
    };
  const at = symbols.findIndex(
    (symbol, index) => !(index < bodyLength ? alphabet : ALPHABETS.digits).includes(symbol),
  );
  if (at < 0) return undefined;
  return {
    wrong: 'character',
    zh: `第 ${at + 1} 位的字符不会出现在这种卡上`,
    en: `The character at place ${at + 1} does not occur on this card`,
  };
}

const CHECK_LENGTH = { none: 0, luhn: 1, ean13: 1, mod97: 2 } as const;

function passes(check: NumberRule['check'], number: string): boolean {
  switch (check) {
    case 'none':
      return true;
    case 'luhn':
      return luhn(number);
    case 'ean13':
      return ean13(number);
    case 'mod97':
      return mod97(number) === 1;
  }
}

export function luhn(digits: string): boolean {
  let total = 0;
  for (let place = 1; place <= digits.length; place++) {
    const digit = Number(digits.at(-place));
    const weighed = place % 2 === 0 ? digit * 2 : digit;
    total += weighed > 9 ? weighed - 9 : weighed;
  }
  return total % 10 === 0;
}

function ean13(digits: string): boolean {
  const total = [...digits].reduce(
    (sum, digit, index) => sum + Number(digit) * (index % 2 === 0 ? 1 : 3),
    0,
  );
  return total % 10 === 0;
}

/** ISO 7064 MOD 97-10 with letters as 10–35; a good number leaves 1. */
function mod97(text: string): number {
  let rest = 0;
  for (const symbol of text) {
    const value = Number.parseInt(symbol, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/** Bank and credit cards: 16–19 digits that begin as theirs do and pass Luhn. They are never ours to take. */
const isBankCard = (number: string): boolean =>
  /^(62|[345])\d{13,17}$/.test(number) && number.length >= 16 && luhn(number);
