/** The market's first page: search, categories, filters and sorting over all cards on sale; no sign-in needed. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { CATEGORIES, CATEGORY_WORDS, restrictionSentence } from '../../../src/cards/schema.ts';
import { call } from '../../api.ts';
import {
  CardFace,
  Choices,
  Discount,
  Empty,
  GradeBadge,
  Icon,
  Money,
  Refusal,
  Sheet,
  Skeleton,
  useLanguage,
  useMoment,
  usePick,
} from '../../kit/index.ts';
import { Do } from '../act.tsx';
import { useProducts } from '../catalogue.ts';
import { usePageTitle } from '../shell.tsx';
import { type PlainKey, useTexts } from '../texts.ts';
import { useBasket } from './basket-store.ts';
import { Filters } from './filters.tsx';
import { SaveSearch } from './saved.tsx';
import { filtersOn, type MarketSearch, readSearch, SORTS, type Sort } from './search.ts';
import type { Found } from './types.ts';

const PAGE = 24;
const ALL = 'all';
const TYPING_MS = 300;

export function MarketPage(): React.ReactNode {
  const t = useTexts();
  const basket = useBasket();
  usePageTitle(t('mkTitle'));
  return (
    <div className="page mk-market">
      <header className="mk-hero">
        <div>
          <h1>{t('mkHero')}</h1>
          <p>{t('mkHeroSay')}</p>
        </div>
        <nav className="mk-acts" aria-label={t('mkMine')}>
          <Link to="/market/sell" search={{}} className="hq-button" data-testid="sell-mine">
            {t('mkSellMine')}
          </Link>
          <Link to="/market/mine" className="hq-button hq-button-quiet" data-testid="mine">
            {t('mkMine')}
          </Link>
          <Link to="/market/basket" className="hq-button hq-button-quiet" data-testid="basket-link">
            {basket.length > 0 ? t('mkBasketCount', { n: basket.length }) : t('mkBasket')}
          </Link>
        </nav>
      </header>
      <Results />
    </div>
  );
}

const sortWords: Record<Sort, PlainKey> = {
  discount: 'mkSortDiscount',
  price: 'mkSortPrice',
  newest: 'mkSortNewest',
  expiry: 'mkSortExpiry',
};

function Results(): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const navigate = useNavigate({ from: '/market' });
  const search = useSearch({ from: '/market' });
  const [filtering, setFiltering] = useState(false);
  const set = (part: Partial<MarketSearch>): void =>
    void navigate({ search: readSearch({ ...search, ...part }), replace: true });
  const found = useInfiniteQuery({
    queryKey: ['market-search', search],
    queryFn: ({ pageParam }) =>
      call('GET /v1/market/search', {
        query: { ...search, limit: PAGE, ...(pageParam && { cursor: pageParam }) },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: (last) => last,
  });
  const on = filtersOn(search);
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Words value={search.q ?? ''} onChange={(q) => set({ q: q || undefined })} />
      <div className="chips-row">
        <Choices
          label={t('listCategories')}
          hideLabel
          value={search.category ?? ALL}
          onChange={(category) => set({ category: category === ALL ? undefined : category })}
          options={[
            { value: ALL, label: t('listAll') },
            ...CATEGORIES.map((one) => ({
              value: one,
              label: pick(CATEGORY_WORDS[one]),
            })),
          ]}
        />
      </div>
      <div className="mk-bar">
        <button
          type="button"
          className="hq-button hq-button-quiet"
          data-testid="filters"
          onClick={() => setFiltering(true)}
        >
          {on > 0 ? t('mkFiltersOn', { n: on }) : t('mkFilters')}
        </button>
        <SaveSearch search={search} />
        <label>
          <span className="hq-unseen">{t('mkSort')}</span>
          <select
            className="mk-select"
            value={search.sort ?? 'discount'}
            data-testid="sort"
            onChange={(event) => set({ sort: event.target.value as Sort })}
          >
            {SORTS.map((sort) => (
              <option key={sort} value={sort}>
                {t(sortWords[sort])}
              </option>
            ))}
          </select>
        </label>
      </div>
      {found.error && <Refusal of={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton lines={8} />}
      {found.data && items.length === 0 && (
        <Empty icon="search" title={t('mkNone')} say={t('mkNoneSay')}>
          <Do tone="quiet" onClick={() => void navigate({ search: {} })}>
            {t('mkFiltersClear')}
          </Do>
          <Link to="/market/mine" search={{ tab: 'wants' }} className="hq-link">
            {t('mkWantNew')}
          </Link>
        </Empty>
      )}
      <ul className="mk-grid" data-testid="found" aria-busy={found.isFetching}>
        {items.map((item) => (
          <li key={item.id}>
            <Tile item={item} />
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <Do tone="quiet" busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t('mkMore')}
        </Do>
      )}
      <Sheet
        open={filtering}
        onClose={() => setFiltering(false)}
        title={t('mkFilters')}
        testId="filter-sheet"
      >
        <Filters search={search} onChange={set} onDone={() => setFiltering(false)} />
      </Sheet>
    </>
  );
}

function Words({
  value,
  onChange,
}: {
  value: string;
  onChange: (next: string) => void;
}): React.ReactNode {
  const t = useTexts();
  const [text, setText] = useState(value);
  const router = useRouter();
  const here = useRef(router.latestLocation.pathname);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => {
      // Who is on the way to a listing already is not called back by what was typed before.
      if (router.latestLocation.pathname === here.current) onChange(text.trim());
    }, TYPING_MS);
    return () => clearTimeout(timer);
  });
  return (
    <search className="search">
      <Icon name="search" size={20} />
      <input
        type="search"
        value={text}
        maxLength={60}
        placeholder={t('mkSearch')}
        aria-label={t('mkSearch')}
        data-testid="market-search"
        onChange={(event) => setText(event.target.value)}
      />
    </search>
  );
}

export function Tile({ item }: { item: Found }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const moment = useMoment();
  const language = useLanguage();
  const product = useProducts().data?.find(({ sku }) => sku === item.product.sku);
  return (
    <Link
      to="/market/listings/$listingId"
      params={{ listingId: item.id }}
      className="mk-tile panel"
    >
      {product && <CardFace product={product} size="s" />}
      <span className="mk-tile-words">
        <strong>{item.title}</strong>
        <span className="fine">{pick(item.product.name)}</span>
      </span>
      <span className="mk-tile-price">
        <Money fen={item.priceFen} size="l" />
        <Discount fen={item.priceFen} ofFen={item.valueFen} of="balance" />
      </span>
      <span className="mk-tile-terms">
        <span className="fine">
          {t('mkPromised')} <Money fen={item.valueFen} size="s" /> ·{' '}
          {t(`mkDeliveryShort_${item.delivery}`)}
          {item.expiresOn && ` · ${t('mkExpiry')} ${moment(item.expiresOn, 'date')}`}
        </span>
        {item.grade !== 'V0' && <GradeBadge grade={item.grade} />}
        <span>
          {item.restrictions
            .map((fact) => restrictionSentence(fact, language))
            .join(language === 'zh' ? '；' : '; ')}
        </span>
      </span>
    </Link>
  );
}
