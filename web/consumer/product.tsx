/** One product: its price now and before, what it may not be used for, and the calculator. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { CATEGORY_WORDS, restrictionSentence } from '../../src/cards/schema.ts';
import type { PriceHistory, Product } from '../api.gen.ts';
import { call } from '../api.ts';
import {
  CardFace,
  Chart,
  Icon,
  Refusal,
  Skeleton,
  useLanguage,
  useMoment,
  usePick,
  yuanText,
} from '../kit/index.ts';
import { Calculator } from './calculator.tsx';
import { usePageTitle } from './shell.tsx';
import { type PlainKey, useTexts } from './texts.ts';

export function ProductPage(): React.ReactNode {
  const { sku } = useParams({ from: '/cards/$sku' });
  const t = useTexts();
  const pick = usePick();
  const product = useQuery({
    queryKey: ['product', sku],
    queryFn: () => call('GET /v1/products/:sku', { params: { sku } }),
  });
  usePageTitle(product.data ? pick(product.data.name) : t('homeTitle'));
  return (
    <div className="page">
      <Link to="/" className="hq-link crumb">
        <Icon name="back" size={18} /> {t('productCrumb')}
      </Link>
      {product.error && <Refusal of={product.error} onRetry={() => void product.refetch()} />}
      {product.isPending && <Skeleton lines={6} />}
      {product.data && <Found product={product.data} />}
    </div>
  );
}

function Found({ product }: { product: Product }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  return (
    <div className="page-grid">
      <header className="product-head area-head">
        <CardFace product={product} />
        <div>
          <p className="fine">{pick(product.issuerName)}</p>
          <h1>{pick(product.name)}</h1>
        </div>
      </header>
      <aside className="panel area-side" aria-label={t('calcTitle')}>
        <Calculator key={product.sku} product={product} explained />
      </aside>
      <div className="stack area-rest">
        <section className="panel" aria-labelledby="history">
          <h2 id="history">{t('productHistory')}</h2>
          <History sku={product.sku} />
        </section>
        <Restrictions product={product} />
        <Facts product={product} />
      </div>
    </div>
  );
}

function History({ sku }: { sku: string }): React.ReactNode {
  const t = useTexts();
  const history = useQuery({
    queryKey: ['history', sku],
    queryFn: () => call('GET /v1/price-history', { query: { sku } }),
  });
  if (history.error) return <Refusal of={history.error} onRetry={() => void history.refetch()} />;
  if (!history.data) return <Skeleton lines={1} tall />;
  if (history.data.days.length < 2) return <p className="fine">{t('productHistoryNone')}</p>;
  return <HistoryChart history={history.data} />;
}

/** Yuan for the eye only: a chart needs a number, money itself never becomes one. */
const yuanNumber = (fen: string): number => Number(fen) / 100;
const yuanLabel = (value: number): string => `¥${value.toFixed(value % 1 === 0 ? 0 : 2)}`;

function HistoryChart({ history: { days, faceFen } }: { history: PriceHistory }): React.ReactNode {
  const t = useTexts();
  const moment = useMoment();
  const sorted = days.map(({ netFen }) => BigInt(netFen)).toSorted((a, b) => (a < b ? -1 : 1));
  return (
    <Chart
      title={t('productHistory')}
      summary={t('productHistorySay', {
        n: days.length,
        face: yuanText(faceFen),
        low: yuanText(String(sorted[0] ?? 0)),
        high: yuanText(String(sorted.at(-1) ?? 0)),
      })}
      labels={days.map(({ day }) => moment(day, 'day'))}
      series={[{ name: t('productNet'), values: days.map(({ netFen }) => yuanNumber(netFen)) }]}
      format={yuanLabel}
    />
  );
}

function Restrictions({ product }: { product: Product }): React.ReactNode {
  const t = useTexts();
  const language = useLanguage();
  return (
    <section className="panel" aria-labelledby="rules">
      <h2 id="rules">{t('productRules')}</h2>
      <ul className="bullets">
        {product.restrictions.map((fact) => {
          const said = restrictionSentence(fact, language);
          return <li key={said}>{said}</li>;
        })}
      </ul>
    </section>
  );
}

const forms: Record<Product['form'], PlainKey> = {
  code: 'formCode',
  plastic: 'formPlastic',
  voucher: 'formVoucher',
};
const transfers: Record<Product['transferability'], PlainKey> = {
  free: 'transferFree',
  issuer_notice: 'transferNotice',
  rebind: 'transferRebind',
  none: 'transferNever',
};

function checkOf({ issuerCaps }: Product): PlainKey {
  if (issuerCaps.includes('transfer')) return 'checkTransfer';
  if (issuerCaps.includes('lock')) return 'checkLock';
  return issuerCaps.includes('inquire') ? 'checkInquire' : 'checkManual';
}

function Facts({ product }: { product: Product }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const { validity } = product;
  const facts: [string, string][] = [
    [t('factIssuer'), pick(product.issuerName)],
    [t('howCategory'), categoryName(product.category, pick)],
    [t('factForm'), t(forms[product.form])],
    [
      t('factValidity'),
      validity.kind === 'months'
        ? t('validityMonths', { n: validity.months })
        : t(validity.kind === 'none' ? 'validityNone' : 'validityPrinted'),
    ],
    [t('factTransfer'), t(transfers[product.transferability])],
    [t('factCheck'), t(checkOf(product))],
  ];
  return (
    <section className="panel" aria-labelledby="facts">
      <h2 id="facts">{t('productFacts')}</h2>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function categoryName(
  category: string,
  pick: (words: { zh: string; en: string }) => string,
): string {
  const words = Object.entries(CATEGORY_WORDS).find(([name]) => name === category)?.[1];
  return words ? pick(words) : category;
}
