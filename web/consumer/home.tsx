/** The first page: what a card is worth now, today's prices, and why to trust them; no sign-in. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { CATEGORIES, CATEGORY_WORDS } from '../../src/cards/schema.ts';
import {
  CardFace,
  Choices,
  Discount,
  Empty,
  Icon,
  type IconName,
  Money,
  Refusal,
  Sheet,
  Skeleton,
  useMoment,
  usePick,
  yuanInput,
  yuanText,
} from '../kit/index.ts';
import { Calculator } from './calculator.tsx';
import { matches, type Offer, useCatalogue } from './catalogue.ts';
import { usePageTitle } from './shell.tsx';
import { type PlainKey, useTexts } from './texts.ts';

const FIRST_SHOWN = 12;

export function Home(): React.ReactNode {
  const t = useTexts();
  const { offers, at, error, retry } = useCatalogue();
  usePageTitle(t('homeTitle'));
  return (
    <div className="page home">
      <section className="hero" aria-labelledby="hero">
        <div className="hero-words">
          <h1 id="hero">{t('heroTitle')}</h1>
          <p>{t('heroSay')}</p>
        </div>
        <div className="panel hero-calc">
          {error && !offers ? (
            <Refusal of={error} onRetry={retry} />
          ) : offers ? (
            <Estimate offers={offers} />
          ) : (
            <Skeleton lines={6} />
          )}
        </div>
        <div className="hero-trust">
          <Trust />
          {offers && <Fan offers={offers} />}
        </div>
      </section>
      {(offers || !error) && (
        <section className="list" aria-labelledby="list">
          <header className="list-head">
            <h2 id="list">{t('listTitle')}</h2>
            {at && <ListAt at={at} />}
          </header>
          {offers ? <Prices offers={offers} /> : <Skeleton lines={8} />}
        </section>
      )}
    </div>
  );
}

function ListAt({ at }: { at: string }): React.ReactNode {
  const t = useTexts();
  const moment = useMoment();
  return <p className="fine">{t('listAt', { at: moment(at, 'minute') })}</p>;
}

const promises = [
  { icon: 'shield', title: 'trustEarn', say: 'trustEarnSay' },
  { icon: 'clock', title: 'trustPay', say: 'trustPaySay' },
  { icon: 'lock', title: 'trustFirm', say: 'trustFirmSay' },
] as const satisfies readonly { icon: IconName; title: PlainKey; say: PlainKey }[];

function Trust(): React.ReactNode {
  const t = useTexts();
  return (
    <ul className="trust" aria-label={t('trustLabel')}>
      {promises.map(({ icon, title, say }) => (
        <li key={title}>
          <Icon name={icon} />
          <div>
            <strong>{t(title)}</strong>
            <p>{t(say)}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

const FANNED = 3;
const NAME_FITS = 6;

/** A few cards for the eye, on wide screens only; their names fit on one line. */
function Fan({ offers }: { offers: Offer[] }): React.ReactNode {
  const shown = offers
    .slice(1)
    .filter(({ product }) => product.name.zh.length <= NAME_FITS)
    .slice(0, FANNED);
  return (
    <div className="fan" aria-hidden="true">
      {shown.map(({ product }) => (
        <CardFace key={product.sku} product={product} />
      ))}
    </div>
  );
}

function Estimate({ offers }: { offers: Offer[] }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const priced = offers.filter(({ price }) => price);
  const [sku, setSku] = useState<string>();
  const [open, setOpen] = useState(false);
  const chosen = priced.find(({ product }) => product.sku === sku) ?? priced[0];
  if (!chosen) return <Empty title={t('listNone')} say={t('listNoneSay')} />;
  const { product } = chosen;
  return (
    <>
      <div className="pick">
        <CardFace product={product} size="s" />
        <div>
          <span className="fine">{t('calcCard')}</span>
          <strong>{pick(product.name)}</strong>
        </div>
        <button
          type="button"
          className="hq-button hq-button-quiet"
          data-testid="pick-card"
          onClick={() => setOpen(true)}
        >
          {t('calcPick')}
        </button>
      </div>
      <Calculator key={product.sku} product={product} />
      <Sheet
        open={open}
        onClose={() => setOpen(false)}
        title={t('calcPickTitle')}
        testId="pick-sheet"
      >
        <Prices
          offers={priced}
          onPick={(next) => {
            setSku(next);
            setOpen(false);
          }}
        />
      </Sheet>
    </>
  );
}

interface PricesProps {
  offers: Offer[];
  /** Without it, a row leads to the page of its product. */
  onPick?: (sku: string) => void;
}

function Prices({ offers, onPick }: PricesProps): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const [words, setWords] = useState('');
  const [category, setCategory] = useState('all');
  const [all, setAll] = useState(false);
  const present = new Set(offers.map(({ product }) => product.category));
  const found = offers.filter(
    (offer) => (category === 'all' || offer.product.category === category) && matches(offer, words),
  );
  const shown = all || onPick ? found : found.slice(0, FIRST_SHOWN);
  return (
    <>
      <search className="search">
        <Icon name="search" size={20} />
        <input
          type="search"
          value={words}
          placeholder={t('listSearch')}
          aria-label={t('listSearch')}
          data-testid="search"
          onChange={(event) => setWords(event.target.value)}
        />
        {words && (
          <button
            type="button"
            className="hq-icon-button"
            aria-label={t('listClear')}
            onClick={() => setWords('')}
          >
            <Icon name="close" size={18} />
          </button>
        )}
      </search>
      <div className="chips-row">
        <Choices
          label={t('listCategories')}
          hideLabel
          value={category}
          onChange={setCategory}
          options={[
            { value: 'all', label: t('listAll') },
            ...CATEGORIES.filter((one) => present.has(one)).map((one) => ({
              value: one,
              label: pick(CATEGORY_WORDS[one]),
            })),
          ]}
        />
      </div>
      <p className="hq-unseen" role="status">
        {t('listCount', { n: found.length })}
      </p>
      {found.length === 0 && (
        <Empty icon="search" title={t('listNone')} say={t('listNoneSay')}>
          <button
            type="button"
            className="hq-button hq-button-quiet"
            onClick={() => {
              setWords('');
              setCategory('all');
            }}
          >
            {t('listAll')}
          </button>
        </Empty>
      )}
      <ul className="prices" data-testid="prices">
        {shown.map((offer) => (
          <li key={offer.product.sku}>
            {onPick ? (
              <button type="button" onClick={() => onPick(offer.product.sku)}>
                <PriceLine offer={offer} />
              </button>
            ) : (
              <Link to="/cards/$sku" params={{ sku: offer.product.sku }}>
                <PriceLine offer={offer} />
              </Link>
            )}
          </li>
        ))}
      </ul>
      {shown.length < found.length && (
        <button
          type="button"
          className="hq-button hq-button-quiet hq-button-wide"
          onClick={() => setAll(true)}
        >
          {t('listMore', { n: found.length - shown.length })}
        </button>
      )}
    </>
  );
}

function PriceLine({ offer: { product, price } }: { offer: Offer }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  return (
    <>
      <CardFace product={product} size="s" />
      <span className="price-name">
        <strong>{pick(product.name)}</strong>
        <span>
          {pick(product.issuerName)}
          {price && ` · ${t('listFace', { face: `¥${yuanInput(price.faceFen)}` })}`}
        </span>
      </span>
      {price && (
        <span className="price-net">
          <Money fen={price.netFen} size="l" />
          <span className="price-notes">
            <Change fen={price.changeFen} />
            <Discount fen={price.netFen} ofFen={price.faceFen} />
            {price.belowFloor && <span className="low-tag">{t('belowFloorTag')}</span>}
          </span>
        </span>
      )}
    </>
  );
}

function Change({ fen }: { fen: string | null }): React.ReactNode {
  const t = useTexts();
  if (fen === null || fen === '0') return null;
  const down = fen.startsWith('-');
  const by = yuanText(down ? fen.slice(1) : fen);
  return (
    <span className="change" data-down={down}>
      <span aria-hidden="true">
        {down ? '↓' : '↑'}
        {by}
      </span>
      <span className="hq-unseen">{down ? t('listDown', { by }) : t('listUp', { by })}</span>
    </span>
  );
}
