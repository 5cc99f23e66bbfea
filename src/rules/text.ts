/** What people may write to each other: plain words, without card secrets, ways round the escrow, or hidden signs. Pure. */
import { type Refusal, refuse } from '#platform';
import { checkWords } from './domain.ts';

/** Signs that reverse or hide text: format characters, controls but the line break and tab, private use, lone surrogates. */
const HIDDEN = /[\p{Cf}\p{Co}\p{Cs}]|(?![\n\t])\p{Cc}/u;
/** The joiner inside an emoji and the mark that makes a sign an emoji are nothing to hide behind. */
const EMOJI_JOIN =
  /(?<=\p{Extended_Pictographic}\uFE0F?|\p{Emoji_Modifier})\u200D(?=\p{Extended_Pictographic})/gu;
const MARKUP = /<\s*[a-z!/?][^>]*>?|&(?:#x?[0-9a-f]{1,6}|[a-z]{2,8});|javascript\s*:/iu;

const CHINESE_DIGITS = new Map([...'零一二三四五六七八九'].map((sign, digit) => [sign, digit]));
for (const [digit, signs] of [
  '〇○Oo',
  '壹幺',
  '贰两',
  '叁',
  '肆',
  '伍',
  '陆',
  '柒',
  '捌',
  '玖',
].entries())
  for (const sign of signs) CHINESE_DIGITS.set(sign, digit);
/** Six in a row are a number that somebody spelled out, not a word. */
const SPELLED = /[零一二三四五六七八九〇○壹幺贰两叁肆伍陆柒捌玖]{6,}/gu;

/** What has many digits and is no secret: dates, times, amounts of money. */
const HARMLESS = [
  /(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?/gu,
  /\d{1,2}[::]\d{2}(?:[::]\d{2})?/gu,
  /[¥￥]\s*\d[\d,]*(?:\.\d{1,2})?|\d[\d,]*(?:\.\d{1,2})?\s*(?:元|块|折|%|张|天|小时)/gu,
];
/** No card of any issuer has fewer: eight signs, of which six are digits, once separators are gone. */
const SECRET_LENGTH_MIN = 8;
const SECRET_DIGITS_MIN = 6;
const RUN = /[A-Za-z0-9](?:[\s\p{Pd}._·•|/,，、*#]{0,3}[A-Za-z0-9])+/gu;

const PHONE = /(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)/u;
const CHANNEL =
  /(?:微信|威信|薇信|卫星号?|v信|vx|wx|weixin|wechat|qq|q号|扣扣|企鹅号|telegram|电报|whatsapp|飞机号|skype|邮箱|手机号?|电话)[号是:为加我]*[a-z0-9_-]{5,}/iu;
const ASKS =
  /(?:加|\+)(?:我|个|下)?(?:微信|威信|薇信|v信|vx|wx|qq|扣扣|好友)|私下(?:交易|转账|联系)|(?:线下|绕开平台|不走平台)(?:交易|付款|转账)/iu;
const ADDRESS =
  /[\w.+-]+\s*(?:@|＠|\(at\)|#at#)\s*[\w-]+(?:\.|点|dot)\s*[a-z]{2,}|(?:https?|ftp|weixin|alipays?):\/\/|(?:www\.)?[a-z0-9-]{2,}\.(?:com|cn|net|org|top|xyz|cc|vip|me|io|shop)(?![a-z])/iu;

const folded = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(SPELLED, (run) => [...run].map((sign) => CHINESE_DIGITS.get(sign)).join(''));

/** Does the text hold what could be a card number or a PIN? */
export function holdsSecret(text: string): boolean {
  let plain = folded(text);
  for (const pattern of HARMLESS) plain = plain.replace(pattern, '。');
  for (const [run] of plain.matchAll(RUN)) {
    // A sentence of latin words is one long run; only the stretches with digits in them matter.
    for (const part of run.split(
      /(?<![A-Za-z0-9])(?=[A-Za-z]{3,}(?![A-Za-z0-9]))|(?<=(?<![A-Za-z0-9])[A-Za-z]{3,})(?![A-Za-z0-9])/u,
    )) {
      const bare = part.replace(/[^A-Za-z0-9]/gu, '');
      const digits = bare.replace(/\D/gu, '').length;
      if (bare.length >= SECRET_LENGTH_MIN && digits >= SECRET_DIGITS_MIN) return true;
    }
  }
  return false;
}

/** Does the text hold a way to meet outside, where no escrow guards anybody? */
export function holdsContact(text: string): boolean {
  const plain = folded(text);
  const close = plain.replace(/[\s\p{Pd}._·•|*]+/gu, '');
  return (
    PHONE.test(close) ||
    CHANNEL.test(close) ||
    ASKS.test(close) ||
    ADDRESS.test(plain.toLowerCase())
  );
}

/**
 * May this be shown to another person? Refuses text_hidden_signs, text_markup, words_forbidden (R70),
 * text_card_secret, text_contact. Length is the schema's matter.
 */
export function checkText(text: string, day: string): Refusal | undefined {
  const joined = text.replace(EMOJI_JOIN, '');
  if (HIDDEN.test(joined)) return refuse('text_hidden_signs');
  if (MARKUP.test(text.normalize('NFKC'))) return refuse('text_markup');
  const words = checkWords(text, day);
  if (words) return words;
  // A telephone number would pass for a card number too; the nearer name is the better help.
  if (holdsContact(text)) return refuse('text_contact');
  if (holdsSecret(text)) return refuse('text_card_secret');
  return undefined;
}
