/** From the value of a card to the money in hand: one line per factor and fee, each explained, summing to the fen. */
import { ZERO } from '../../src/platform/money.ts';
import { useKitTexts, usePick } from './language.tsx';
import { Money, parseFen, yuanText } from './money.tsx';
import { lineWords } from './quote-lines.ts';

interface FeeSheetProps {
  /** Says what part of the face value the market price is. */
  faceFen?: string;
  grossFen: string;
  lines: readonly {
    code: string;
    fen: string;
    basis: { zh: string; en: string };
    policyVersion: string;
  }[];
  netFen: string;
}

export function FeeSheet({ faceFen, grossFen, lines, netFen }: FeeSheetProps): React.ReactNode {
  const t = useKitTexts();
  const pick = usePick();
  const moving = lines.filter((line) => (parseFen(line.fen) ?? ZERO) !== 0n);
  return (
    <div className="hq-fees" data-testid="fee-sheet">
      <dl>
        <div className="hq-fees-end">
          <dt>
            {t('feeGross')}
            {faceFen && (
              <span className="hq-fees-of">
                {t('feeOfFace', { face: yuanText(faceFen), share: shareText(grossFen, faceFen) })}
              </span>
            )}
          </dt>
          <dd>
            <Money fen={grossFen} />
          </dd>
        </div>
        {moving.length === 0 && (
          <div>
            <dt>{t('feeNoLines')}</dt>
            <dd>
              <Money fen="0" />
            </dd>
          </div>
        )}
        {moving.map((line) => {
          const words = lineWords(line.code);
          return (
            <div key={line.code} data-line={line.code}>
              <dt>
                <details>
                  <summary>{words ? pick(words.name) : line.code}</summary>
                  <p>
                    {words && pick(words.why)} {pick(line.basis)}
                  </p>
                  <p>{t('feePolicy', { version: line.policyVersion })}</p>
                </details>
              </dt>
              <dd>
                <Money fen={line.fen} signed />
              </dd>
            </div>
          );
        })}
        <div className="hq-fees-end hq-fees-net">
          <dt>{t('feeNet')}</dt>
          <dd>
            <Money fen={netFen} size="l" />
          </dd>
        </div>
      </dl>
      <p className="hq-fees-sum">{t('feeSum')}</p>
    </div>
  );
}

/** `part` of `whole` in percent with at most two decimals, rounded down. */
function shareText(partFen: string, wholeFen: string): string {
  const whole = parseFen(wholeFen) ?? ZERO;
  if (whole <= 0n) return '0';
  const bps = ((parseFen(partFen) ?? ZERO) * 10_000n) / whole;
  return (Number(bps) / 100).toString();
}
