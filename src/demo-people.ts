/** Made-up people for the demo: names, phone, id and account numbers that pass every check and belong to nobody. */

export interface Chance {
  /** Whole number, both ends included. */
  within(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
}

/** Mulberry32: the same seed plays the same month. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const within = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    within,
    pick: (list) => {
      const one = list[within(0, list.length - 1)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    },
  };
}

const FAMILY = [...'王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗'];
const GIVEN = [...'伟芳娜敏静丽强磊洋艳勇军杰娟涛明超霞平刚桂英华玉兰文博子涵欣怡'];

export const personName = (dice: Chance): string =>
  dice.pick(FAMILY) + dice.pick(GIVEN) + (dice.within(0, 1) === 1 ? dice.pick(GIVEN) : '');

/** 138 0001 xxxx: kept for the demo's sellers. */
export const phoneNumber = (index: number): string => `1380001${String(index).padStart(4, '0')}`;

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** GB 11643: region, birthday, sequence and the ISO 7064 check character. */
export function idNumberOf(dice: Chance, index: number): string {
  const pad = (value: number, width: number): string => String(value).padStart(width, '0');
  const body = `110101${dice.within(1960, 2004)}${pad(dice.within(1, 12), 2)}${pad(dice.within(1, 28), 2)}${pad(index % 1000, 3)}`;
  const sum = ID_WEIGHTS.reduce((total, weight, at) => total + weight * Number(body[at]), 0);
  return body + '10X98765432'[sum % 11];
}

/** Digits with a Luhn check at the end. */
export function luhnNumber(dice: Chance, prefix: string, length: number): string {
  let body = prefix;
  while (body.length < length - 1) body += String(dice.within(0, 9));
  const sum = [...body].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return body + String((10 - (sum % 10)) % 10);
}
