/** Putting a card to auction: which kind, how low it may go, for how long, and in plain words what will happen. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Product } from '../../api.gen.ts';
import { call, type Input, serverNow } from '../../api.ts';
import {
  Choices,
  Empty,
  Field,
  fenFromYuan,
  Icon,
  Refusal,
  Skeleton,
  usePick,
  yuanInput,
  yuanText,
} from '../../kit/index.ts';
import { useAct } from '../act.tsx';
import { CardForm } from '../market/order-parts.tsx';
import { Ready } from '../ready.tsx';
import { usePageTitle } from '../shell.tsx';
import { useTexts } from '../texts.ts';

type Draft = Input<'POST /v1/auctions'>['body'];
type Kind = Draft['kind'];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The issuer confirms the card before the auction opens. */
const LEAD_MS = MINUTE_MS;
const DAY_HOURS = 24;
const KINDS: readonly Kind[] = ['batch', 'english', 'second_price', 'first_price', 'dutch'];
const HOURS: Record<Kind, readonly number[]> = {
  batch: [1, 6, 24],
  english: [2, 24, 72],
  second_price: [2, 24, 72],
  first_price: [2, 24, 72],
  dutch: [1, 3, 12],
};

export function PutUpPage(): React.ReactNode {
  const t = useTexts();
  usePageTitle(t('auNewTitle'));
  const { quote: quoteId } = useSearch({ from: '/auctions/new' });
  const quote = useQuery({
    queryKey: ['quote', quoteId],
    queryFn: () => call('GET /v1/quotes/:id', { params: { id: quoteId ?? '' } }),
    enabled: quoteId !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const sku = quote.data?.sku;
  const product = useQuery({
    queryKey: ['product', sku],
    queryFn: () => call('GET /v1/products/:sku', { params: { sku: sku ?? '' } }),
    enabled: sku !== undefined,
  });
  const book = useQuery({
    queryKey: ['book', sku],
    queryFn: () => call('GET /v1/books/:sku', { params: { sku: sku ?? '' } }),
    enabled: sku !== undefined,
  });
  const error = quote.error ?? product.error ?? book.error;
  return (
    <div className="page narrow">
      {quoteId && (
        <Link to="/quotes/$quoteId" params={{ quoteId }} className="hq-link crumb">
          <Icon name="back" size={18} /> {t('quoteTitle')}
        </Link>
      )}
      <h1>{t('auNewTitle')}</h1>
      {!quoteId ? (
        <Empty icon="info" title={t('auNone')} say={t('auNoneSay')}>
          <Link to="/" className="hq-button">
            {t('navHome')}
          </Link>
        </Empty>
      ) : error ? (
        <Refusal of={error} onRetry={() => void quote.refetch()} />
      ) : quote.data && product.data && book.data ? (
        <Form card={quote.data} product={product.data} levels={book.data.levels.length} />
      ) : (
        <Skeleton lines={8} />
      )}
    </div>
  );
}

interface Card {
  readonly sku: string;
  readonly faceFen: string;
  readonly expiresOn: string | null;
  readonly priceFen: string;
}

interface FormProps {
  card: Card;
  product: Product;
  /** Prices that stand in the book of this product now. */
  levels: number;
}

function Form({ card, product, levels }: FormProps): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const suggested: Kind = levels > 0 ? 'batch' : 'english';
  const [kind, setKind] = useState<Kind>(suggested);
  const [hours, setHours] = useState(HOURS[suggested][1] ?? DAY_HOURS);
  const [reserve, setReserve] = useState(yuanInput(card.priceFen));
  const [start, setStart] = useState(yuanInput(card.faceFen));
  if (!product.issuerCaps.includes('lock')) return <p>{t('auNoLock')}</p>;
  const reserveFen = within(reserve, '1', card.faceFen);
  const startFen = reserveFen && within(start, String(BigInt(reserveFen) + 1n), card.faceFen);
  const choose = (next: Kind): void => {
    setKind(next);
    setHours(HOURS[next][1] ?? DAY_HOURS);
  };
  const ready = reserveFen && (kind !== 'dutch' || startFen);
  return (
    <div className="stack">
      <p>
        {pick(product.name)} · {yuanText(card.faceFen)}
      </p>
      <KindPick value={kind} suggested={suggested} levels={levels} onChange={choose} />
      <Field
        label={t('auReserve')}
        value={reserve}
        onChange={setReserve}
        inputMode="decimal"
        start="¥"
        hint={t('auReserveHint')}
        error={reserveFen ? undefined : t('auReserveWrong', { face: yuanText(card.faceFen) })}
        data-testid="reserve"
      />
      {kind === 'dutch' && (
        <Field
          label={t('auStart')}
          value={start}
          onChange={setStart}
          inputMode="decimal"
          start="¥"
          hint={t('auStartHint')}
          error={startFen ? undefined : t('auStartWrong')}
          data-testid="start"
        />
      )}
      <Choices
        label={t('auHours')}
        value={String(hours)}
        options={HOURS[kind].map((n) => ({
          value: String(n),
          label: n > DAY_HOURS ? t('auDaysN', { n: n / DAY_HOURS }) : t('auHoursN', { n }),
        }))}
        onChange={(value) => setHours(Number(value))}
      />
      <Happens kind={kind} />
      {ready && (
        <Ready title={t('auPut')}>
          <HandIn
            product={product}
            terms={{ card, kind, hours, reserveFen, startFen: startFen ?? reserveFen }}
          />
        </Ready>
      )}
    </div>
  );
}

/** Fen text when it is an amount from `least` to `most`. */
function within(typed: string, least: string, most: string): string | undefined {
  const found = fenFromYuan(typed);
  if (found === undefined || BigInt(found) < BigInt(least)) return undefined;
  return BigInt(found) > BigInt(most) ? undefined : found;
}

interface KindPickProps {
  value: Kind;
  suggested: Kind;
  levels: number;
  onChange: (kind: Kind) => void;
}

function KindPick({ value, suggested, levels, onChange }: KindPickProps): React.ReactNode {
  const t = useTexts();
  return (
    <fieldset className="au-kinds">
      <legend>{t('auKind')}</legend>
      {KINDS.map((kind) => (
        <label key={kind} className="au-kind" data-on={kind === value}>
          <input
            type="radio"
            name="kind"
            value={kind}
            checked={kind === value}
            data-testid={`kind-${kind}`}
            onChange={() => onChange(kind)}
          />
          <span>
            <strong>{t(`auKind_${kind}`)}</strong>
            {kind === suggested && (
              <>
                {' '}
                <span className="tag" data-tone="good">
                  {t('auSuggested')}
                </span>
              </>
            )}
            <span className="fine">
              {kind === 'batch' ? t('auSay_batch', { n: levels }) : t(`auSay_${kind}`)}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Happens({ kind }: { kind: Kind }): React.ReactNode {
  const t = useTexts();
  return (
    <section className="panel" aria-labelledby="happens">
      <h2 id="happens">{t('auHappens')}</h2>
      <ol className="bullets">
        <li>{t('auHappens1')}</li>
        <li>{t('auHappens2')}</li>
        <li>{t(kind === 'batch' ? 'auHappens3b' : 'auHappens3')}</li>
        <li>{t('auHappens4')}</li>
        <li>{t('auHappens5')}</li>
      </ol>
    </section>
  );
}

interface Terms {
  readonly card: Card;
  readonly kind: Kind;
  readonly hours: number;
  readonly reserveFen: string;
  readonly startFen: string;
}

function HandIn({ product, terms }: { product: Product; terms: Terms }): React.ReactNode {
  const t = useTexts();
  const go = useNavigate();
  const put = useAct('POST /v1/auctions', ({ id }) => {
    void go({ to: '/auctions/$auctionId', params: { auctionId: id }, replace: true });
  });
  return (
    <CardForm
      product={product}
      busy={put.isPending}
      error={put.error}
      act={t('auPut')}
      onSend={(secret) => put.mutate({ body: { ...draftOf(terms), ...secret } })}
    />
  );
}

function draftOf({ card, kind, hours, reserveFen, startFen }: Terms): Omit<Draft, 'number'> {
  const opens = serverNow() + LEAD_MS;
  const minutes = BigInt(hours * 60);
  // Rounded up, so that the last step down comes before the end and not after it.
  const stepFen = (BigInt(startFen) - BigInt(reserveFen) + minutes - 1n) / minutes;
  return {
    ...{ kind, sku: card.sku, faceFen: card.faceFen, reserveFen },
    ...(card.expiresOn && { expiresOn: card.expiresOn }),
    opensAt: new Date(opens).toISOString(),
    closesAt: new Date(opens + hours * HOUR_MS).toISOString(),
    ...(kind === 'dutch' && {
      dutch: { startFen, stepFen: String(stepFen), everyMs: MINUTE_MS },
    }),
  };
}
