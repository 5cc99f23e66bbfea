/** Finds card number and PIN in whatever people paste: labelled, on two lines, with full-width digits. Pure. */

interface Rule {
  numberLength: number;
  pinLength?: number | undefined;
}
export interface Pasted {
  number?: string;
  pin?: string;
}

const RUN = '([0-9A-Za-z](?:[0-9A-Za-z]|[ \\-](?=[0-9A-Za-z]))*)';
const NUMBER = new RegExp(
  `(?:卡号|卡號|券号|券码|兑换码|card\\s*(?:number|no\\.?)|number)\\s*(?:是|为)?\\s*[::=]?\\s*${RUN}`,
  'i',
);
const PIN = new RegExp(
  `(?:卡密|密码|密碼|校验码|pin(?:\\s*code)?|password|passcode)\\s*(?:是|为)?\\s*[::=]?\\s*${RUN}`,
  'i',
);

const bare = (text: string): string => text.replace(/[\s\-–—]/g, '');

/** Labels win; without labels, a first run of the right length is the number and what follows it the PIN. */
export function readPasted(text: string, rule: Rule): Pasted {
  const plain = text.normalize('NFKC').replace(/[–—]/g, '-');
  const number = cut(NUMBER.exec(plain)?.[1], rule.numberLength);
  const pin = cut(PIN.exec(plain)?.[1], rule.pinLength);
  if (number || pin) return { ...(number && { number }), ...(pin && { pin }) };
  return unlabelled(plain, rule);
}

/** A labelled run may swallow the next word; the rule knows how long it should be. */
function cut(run: string | undefined, length: number | undefined): string | undefined {
  if (!run) return undefined;
  const whole = bare(run);
  return length !== undefined && whole.length > length ? whole.slice(0, length) : whole;
}

function unlabelled(plain: string, { numberLength, pinLength }: Rule): Pasted {
  const runs = plain.match(/[0-9A-Za-z]+/g) ?? [];
  let number = '';
  let used = 0;
  while (used < runs.length && number.length < numberLength) {
    number += runs[used];
    used += 1;
  }
  if (number.length !== numberLength) return {};
  const pin = runs.slice(used).join('');
  return { number, ...(pin !== '' && pin.length === pinLength && { pin }) };
}
