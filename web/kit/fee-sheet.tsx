/** From the value of a card to the money in hand: one line per factor and fee, each explained, summing to the fen. */
import { ZERO } from '../../src/platform/money.ts';
import { useKitTexts, usePick } from './language.tsx';
import { Money, parseFen } from './money.tsx';
import { lineWords } from './quote-lines.ts';

interface FeeSheetProps {
  grossFen: string;
  lines: readonly {
    code: string;
    fen: string;
    basis: { zh: string; en: string };
    policyVersion: string;
  }[];
  netFen: string;
}

export function FeeSheet({ grossFen, lines, netFen }: FeeSheetProps): React.ReactNode {
  const t = useKitTexts();
  const pick = usePick();
  const moving = lines.filter((line) => (parseFen(line.fen) ?? ZERO) !== 0n);
  return (
    <div className="hq-fees" data-testid="fee-sheet">
      <dl>
        <div className="hq-fees-end">
          <dt>{t('feeGross')}</dt>
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
