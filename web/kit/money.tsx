/** Money on the screen: tabular figures, a smaller sign, and one spoken form; hides fen from people. */
import { parseFen, yuan, ZERO } from '../../src/platform/money.ts';
import { useKitTexts, useLanguage } from './language.tsx';

export { type Fen, fen, parseFen, yuan } from '../../src/platform/money.ts';
export { fenFromYuan, yuanInput } from './yuan.ts';

interface MoneyProps {
  /** Decimal string of fen, as it comes from the API. */
  fen: string;
  size?: 's' | 'm' | 'l' | 'xl';
  /** Show + before amounts above zero, as in a fee sheet. */
  signed?: boolean;
}

export function Money({ fen: text, size = 'm', signed = false }: MoneyProps): React.ReactNode {
  const amount = parseFen(text) ?? ZERO;
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const sign = amount < 0n ? '−' : signed && amount > 0n ? '+' : '';
  return (
    <span className={`hq-money hq-money-${size}`} data-fen={text}>
      {sign}
      <span className="hq-money-sign">¥</span>
      {whole}
      <span className="hq-money-cents">.{digits.slice(-2)}</span>
    </span>
  );
}

interface DiscountProps {
  fen: string;
  ofFen: string;
  /** What the whole is, where a language says it. */
  of?: 'face' | 'balance';
}

/** A price as a part of face or balance: 9.2 折 in Chinese, 92% of face in English. Rounded down: never flatters. */
export function Discount({ fen, ofFen, of = 'face' }: DiscountProps): React.ReactNode {
  const t = useKitTexts();
  const language = useLanguage();
  const part = parseFen(fen) ?? ZERO;
  const whole = parseFen(ofFen) ?? ZERO;
  if (whole <= 0n || part < 0n) return null;
  const perMille = Number((part * 1000n) / whole);
  const zhe = `${Math.floor(perMille / 100)}.${Math.floor((perMille % 100) / 10)}`;
  const value = language === 'zh' ? zhe : (perMille / 10).toFixed(1);
  return (
    <span className="hq-discount">
      {t(of === 'face' ? 'discount' : 'discountOfBalance', { value })}
    </span>
  );
}

/** Inside a sentence: `¥1,234.50`. */
export const yuanText = (fenText: string): string => yuan(parseFen(fenText) ?? ZERO);
