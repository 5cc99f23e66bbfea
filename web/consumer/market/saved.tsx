/** Saved searches and price alerts: keeping one, what it has found since I looked last, and ending it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { CATEGORY_WORDS } from '../../../src/cards/schema.ts';
import { call } from '../../api.ts';
import {
  Check,
  Empty,
  Field,
  fenFromYuan,
  Icon,
  Moment,
  Money,
  Refusal,
  Sheet,
  Skeleton,
  toast,
  useLanguage,
  usePick,
  yuanText,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { useProducts } from '../catalogue.ts';
import { ask, useSession } from '../session.ts';
import { useTexts } from '../texts.ts';
import type { MarketSearch } from './search.ts';
import type { SavedSearch } from './types.ts';

const SAVED = ['saved-searches'] as const;
const REFRESH_MS = 30_000;

/** What the API asks of an alert: it shall not text about everything. */
const mayAlert = (search: MarketSearch): boolean =>
  Boolean(search.sku ?? search.category) &&
  (search.priceMax !== undefined || search.discountMax !== undefined);

/** The button on the market's page; order is how I look at it, not what I look for. */
export function SaveSearch({ search }: { search: MarketSearch }): React.ReactNode {
  const t = useTexts();
  const session = useSession();
  const [open, setOpen] = useState(false);
  const { sort: _sort, ...filter } = search;
  return (
    <>
      <button
        type="button"
        className="hq-button hq-button-quiet"
        data-testid="save-search"
        onClick={() => (session.stranger ? void ask('sign_in') : setOpen(true))}
      >
        {t('mkSaveSearch')}
      </button>
      <Sheet
        open={open}
        onClose={() => setOpen(false)}
        title={t('mkSaveSearch')}
        testId="save-sheet"
      >
        {open && <SaveForm filter={filter} onDone={() => setOpen(false)} />}
      </Sheet>
    </>
  );
}

function SaveForm(props: { filter: MarketSearch; onDone: () => void }): React.ReactNode {
  const { filter, onDone } = props;
  const t = useTexts();
  const pick = usePick();
  const queries = useQueryClient();
  const category = filter.category && pick(CATEGORY_WORDS[filter.category]);
  const [name, setName] = useState([filter.q, category].filter(Boolean).join(' '));
  const [alert, setAlert] = useState(mayAlert(filter));
  const save = useAct('POST /v1/market/searches', () => {
    toast(t('mkSearchSaved'));
    void queries.invalidateQueries({ queryKey: SAVED });
    onDone();
  });
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({
          body: { name: name.trim(), filter: filter as SavedSearch['filter'], alert },
        });
      }}
    >
      <Field
        label={t('mkSearchName')}
        value={name}
        onChange={setName}
        maxLength={40}
        data-testid="search-name"
      />
      {mayAlert(filter) ? (
        <Check checked={alert} onChange={setAlert} testId="search-alert">
          {t('mkSearchAlert')}
        </Check>
      ) : (
        <p className="fine">{t('mkSearchNarrow')}</p>
      )}
      {save.error && <Refusal of={save.error} />}
      <Do submit busy={save.isPending} disabled={name.trim() === ''} testId="search-save">
        {t('mkSave')}
      </Do>
    </form>
  );
}

const useSaved = (enabled: boolean) =>
  useQuery({
    queryKey: SAVED,
    queryFn: () => call('GET /v1/market/searches'),
    refetchInterval: REFRESH_MS,
    enabled,
  });

export function MySearches(): React.ReactNode {
  const t = useTexts();
  const saved = useSaved(true);
  if (saved.error) return <Refusal of={saved.error} onRetry={() => void saved.refetch()} />;
  if (!saved.data) return <Skeleton lines={4} />;
  if (saved.data.items.length === 0)
    return (
      <Empty icon="bell" title={t('mkSearchNone')} say={t('mkSearchNoneSay')}>
        <Link to="/market" search={{}} className="hq-button">
          {t('mkTitle')}
        </Link>
      </Empty>
    );
  return (
    <ul className="mk-mine" data-testid="my-searches">
      {saved.data.items.map((one) => (
        <li key={one.id} className="panel">
          <Saved one={one} />
        </li>
      ))}
    </ul>
  );
}

function Saved({ one }: { one: SavedSearch }): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const [looking, setLooking] = useState(false);
  const again = (): void => void queries.invalidateQueries({ queryKey: SAVED });
  const restore = useAct('POST /v1/market/searches', again);
  const turn = useAct('POST /v1/market/searches/:id/alert', again);
  const seen = useAct('POST /v1/market/searches/:id/seen', again);
  const drop = useAct('DELETE /v1/market/searches/:id', () => {
    const { name, filter, alert } = one;
    again();
    toast(t('mkSearchGone'), {
      label: t('undo'),
      act: () => restore.mutate({ body: { name, filter, alert } }),
    });
  });
  const params = { id: one.id };
  const error = turn.error ?? drop.error ?? seen.error ?? restore.error;
  return (
    <>
      <div className="form-row">
        <h2>{one.name}</h2>
        {one.fresh > 0 && (
          <span className="tag" data-tone="act" data-testid="fresh">
            {t('mkSearchFresh', { n: one.fresh })}
          </span>
        )}
      </div>
      <p className="fine" data-testid="search-words">
        <FilterWords filter={one.filter} />
      </p>
      <label className="switch">
        <span>{t('mkSearchAlert')}</span>
        <input
          type="checkbox"
          checked={one.alert}
          disabled={!mayAlert(one.filter)}
          onChange={(event) => turn.mutate({ params, body: { alert: event.target.checked } })}
        />
      </label>
      {error && <Refusal of={error} />}
      <p className="mk-acts">
        <Link to="/market" search={one.filter} className="hq-link">
          {t('mkSearchRun')}
        </Link>
        {one.hits > 0 && (
          <button
            type="button"
            className="hq-link"
            aria-expanded={looking}
            data-testid="hits-open"
            onClick={() => {
              setLooking(!looking);
              if (!looking && one.fresh > 0) seen.mutate({ params, body: {} });
            }}
          >
            {t('mkSearchHits', { n: one.hits })}
          </button>
        )}
        <button
          type="button"
          className="hq-link danger"
          disabled={drop.isPending}
          data-testid="search-drop"
          onClick={() => drop.mutate({ params })}
        >
          {t('mkSearchDrop')}
        </button>
      </p>
      {looking && <Hits id={one.id} />}
    </>
  );
}

/** What the search looks for, in a line. */
function FilterWords({ filter }: { filter: SavedSearch['filter'] }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const language = useLanguage();
  const products = useProducts();
  const { q, sku, category, discountMax, priceMin, priceMax } = filter;
  const product = sku && products.data?.find((one) => one.sku === sku);
  // 85 in a hundred is 8.5 折.
  const off = discountMax && (language === 'zh' ? discountMax / 1_000 : discountMax / 100);
  return [
    q && `“${q}”`,
    product && pick(product.name),
    category && pick(CATEGORY_WORDS[category]),
    off && t('mkWantRate', { rate: off }),
    priceMin && t('mkSearchFrom', { price: yuanText(priceMin) }),
    priceMax && t('mkWantCeiling', { price: yuanText(priceMax) }),
  ]
    .filter(Boolean)
    .join(' · ');
}

function Hits({ id }: { id: string }): React.ReactNode {
  const t = useTexts();
  const hits = useQuery({
    queryKey: ['saved-hits', id],
    queryFn: () => call('GET /v1/market/searches/:id/hits', { params: { id } }),
  });
  if (hits.error) return <Refusal of={hits.error} onRetry={() => void hits.refetch()} />;
  if (!hits.data) return <Skeleton lines={2} />;
  return (
    <ul className="mk-wanted" data-testid="hits">
      {hits.data.items.map((hit) => (
        <li key={hit.listingId} className="form-row">
          <span>
            <Money fen={hit.priceFen} size="l" />{' '}
            <span className="fine">
              <Moment at={hit.at} form="minute" />
            </span>
          </span>
          {hit.onSale ? (
            <Link
              to="/market/listings/$listingId"
              params={{ listingId: hit.listingId }}
              className="hq-link"
            >
              {t('mkSearchSee')}
            </Link>
          ) : (
            <span className="fine">{t('mkNotForSale')}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Beside the price chart: a text when the product is on sale at my price. */
export function PriceAlert({ sku, name }: { sku: string; name: string }): React.ReactNode {
  const t = useTexts();
  const session = useSession();
  const queries = useQueryClient();
  const [price, setPrice] = useState('');
  const again = (): void => void queries.invalidateQueries({ queryKey: SAVED });
  const set = useAct('POST /v1/market/searches', () => {
    setPrice('');
    toast(t('mkAlertSet'));
    again();
  });
  const drop = useAct('DELETE /v1/market/searches/:id', again);
  const saved = useSaved(Boolean(session.me));
  const mine = saved.data?.items.filter((one) => one.alert && isPriceAlert(one.filter, sku)) ?? [];
  const priceMax = fenFromYuan(price);
  const send = (): void => {
    if (session.stranger) return void ask('sign_in');
    if (priceMax)
      set.mutate({ body: { name: name.slice(0, 40), filter: { sku, priceMax }, alert: true } });
  };
  return (
    <form
      className="mk-alert"
      noValidate
      data-testid="price-alert"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Field
        label={t('mkAlertBelow')}
        value={price}
        onChange={setPrice}
        inputMode="decimal"
        start="¥"
        hint={t('mkAlertSay')}
        data-testid="alert-price"
      />
      <Do submit tone="quiet" busy={set.isPending} disabled={!priceMax} testId="alert-set">
        {t('mkAlertDo')}
      </Do>
      {set.error && <Refusal of={set.error} />}
      {drop.error && <Refusal of={drop.error} />}
      <ul className="mk-wanted">
        {mine.map((one) => (
          <li key={one.id} className="form-row" data-testid="alert-on">
            <span>
              <Icon name="bell" size={18} /> {t('mkAlertOn')}{' '}
              <Money fen={one.filter.priceMax ?? '0'} />
            </span>
            <button
              type="button"
              className="hq-link"
              onClick={() => drop.mutate({ params: { id: one.id } })}
            >
              {t('mkAlertOff')}
            </button>
          </li>
        ))}
      </ul>
    </form>
  );
}

/** Of this product, up to a price, and of nothing else. */
const isPriceAlert = (filter: SavedSearch['filter'], sku: string): boolean =>
  filter.sku === sku && filter.priceMax !== undefined && Object.keys(filter).length === 2;
