/** Face and expiry in, a firm quote out, line by line, before anybody signs in. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Product, QuoteDoc } from '../api.gen.ts';
import { call, isTransient, serverNow } from '../api.ts';
import {
  Choices,
  Countdown,
  chinaDay,
  Discount,
  FeeSheet,
  Field,
  fenFromYuan,
  Money,
  Refusal,
  Skeleton,
  yuanInput,
} from '../kit/index.ts';
import { Do } from './act.tsx';
import { LowPrice } from './low-price.tsx';
import { useTexts } from './texts.ts';

const OTHER = 'other';
const TYPING_MS = 450;

/** The quote for these inputs; asked again by itself when it runs out while somebody looks at it. */
export function useQuote(sku: string, faceFen: string | undefined, expiresOn: string | undefined) {
  return useQuery({
    queryKey: ['quote-for', sku, faceFen, expiresOn],
    queryFn: () =>
      call('POST /v1/quotes', {
        body: { sku, faceFen: faceFen ?? '', ...(expiresOn && { expiresOn }) },
      }),
    enabled: faceFen !== undefined,
    staleTime: ({ state }) =>
      state.data ? Math.max(0, Date.parse(state.data.validUntil) - serverNow()) : 0,
    placeholderData: (last) => (last?.sku === sku ? last : undefined),
    retry: (failed, error) => failed < 2 && isTransient(error),
  });
}

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

interface CalculatorProps {
  product: Product;
  /** Opens the line-by-line sheet at once. */
  explained?: boolean;
}

export function Calculator({ product, explained = false }: CalculatorProps): React.ReactNode {
  const t = useTexts();
  const [choice, setChoice] = useState(() => product.denominationsFen[0] ?? OTHER);
  const [typed, setTyped] = useState('');
  const [expiresOn, setExpiresOn] = useState('');
  const own = fenFromYuan(typed);
  const { openAmount } = product;
  const inRange =
    own !== undefined &&
    (!openAmount ||
      (BigInt(own) >= BigInt(openAmount.minFen) && BigInt(own) <= BigInt(openAmount.maxFen)));
  const range = openAmount && {
    min: yuanInput(openAmount.minFen),
    max: yuanInput(openAmount.maxFen),
  };
  const past = expiresOn !== '' && expiresOn < chinaDay();
  const faceFen = choice === OTHER ? (inRange ? own : undefined) : choice;
  const asked = useSettled(`${past ? '' : (faceFen ?? '')}|${expiresOn}`).split('|');
  const quote = useQuote(product.sku, asked[0] || undefined, asked[1] || undefined);

  return (
    <div className="calc">
      <Choices
        label={t('calcFace')}
        value={choice}
        onChange={setChoice}
        options={[
          ...product.denominationsFen.map((fen) => ({ value: fen, label: `¥${yuanInput(fen)}` })),
          ...(openAmount ? [{ value: OTHER, label: t('calcOther') }] : []),
        ]}
      />
      {choice === OTHER && (
        <Field
          label={t('calcAmount')}
          value={typed}
          onChange={setTyped}
          inputMode="decimal"
          start="¥"
          error={typed !== '' && !inRange && range ? t('calcRange', range) : undefined}
          hint={range && t('calcRange', range)}
          data-testid="face"
        />
      )}
      {product.validity.kind !== 'none' && (
        <Field
          label={t('calcExpiry')}
          value={expiresOn}
          onChange={setExpiresOn}
          type="date"
          min={chinaDay()}
          hint={t('calcExpiryHint')}
          error={past ? t('calcExpiryPast') : undefined}
          data-testid="expiry"
        />
      )}
      <Result
        quote={quote.data}
        error={quote.error}
        stale={quote.isPlaceholderData || quote.isFetching}
        idle={faceFen === undefined || past}
        explained={explained}
        onRetry={() => void quote.refetch()}
      />
    </div>
  );
}

interface ResultProps {
  quote: QuoteDoc | undefined;
  error: unknown;
  stale: boolean;
  idle: boolean;
  explained: boolean;
  onRetry: () => void;
}

function Result(props: ResultProps): React.ReactNode {
  const { quote, error, stale, idle, explained, onRetry } = props;
  const t = useTexts();
  const go = useNavigate();
  if (idle) return <p className="calc-idle">{t('calcEnter')}</p>;
  if (error) return <Refusal of={error} onRetry={onRetry} />;
  if (!quote) return <Skeleton lines={3} />;
  return (
    <section className="calc-result" aria-busy={stale} data-testid="quote-result">
      <div className="calc-net" aria-live="polite" aria-atomic="true">
        <span className="calc-net-label">{t('calcNet')}</span>
        <span className="calc-net-line">
          <Money fen={quote.netFen} size="xl" />
          <Discount fen={quote.netFen} ofFen={quote.faceFen} />
        </span>
      </div>
      <LowPrice quote={quote} />
      <details className="calc-why" open={explained}>
        <summary data-testid="why">{t('calcWhy')}</summary>
        <FeeSheet
          faceFen={quote.faceFen}
          grossFen={quote.grossFen}
          lines={quote.lines}
          netFen={quote.netFen}
        />
      </details>
      {!quote.belowFloor && (
        <Do
          testId="sell"
          disabled={stale}
          onClick={() => void go({ to: '/quotes/$quoteId', params: { quoteId: quote.quoteId } })}
        >
          {t('calcGo')}
        </Do>
      )}
      <p className="calc-firm">
        <Countdown label={t('calcValid')} until={quote.validUntil} onEnd={onRetry} />
        <span>{t('calcFirm')}</span>
      </p>
    </section>
  );
}
