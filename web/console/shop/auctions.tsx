/** Auctions of single cards: those that run, those this shop takes part in, those that are over, and batch rounds. */
import { Alert } from 'antd';
import type { ReactNode } from 'react';
import { Choices } from '../../kit/fields.tsx';
import { usePick } from '../../kit/language.tsx';
import { Money, yuanText } from '../../kit/money.tsx';
import type { Auction, AuctionStanding } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { type Column, Listing } from '../parts/listing.tsx';
import { Due, When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { Mark, type Tone } from '../parts/tags.tsx';
import { type SayKey, useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { ProductPick } from './product-pick.tsx';
import { Rounds } from './rounds.tsx';
import { useShop } from './shop.ts';

const EVERY_MS = 8_000;
const tabs = ['open', 'mine', 'over', 'rounds'] as const;
type Tab = (typeof tabs)[number];

export function AuctionsScreen(): ReactNode {
  const t = useSay();
  const { id } = useShop();
  const [{ state, name: sku }, change] = useFilters();
  const tab = tabs.find((one) => one === state) ?? 'open';
  const mine = useAsk(
    'GET /v1/recyclers/:id/auctions',
    { params: { id }, query: filled({ sku }) },
    { everyMs: EVERY_MS, enabled: id !== '' },
  );
  const owed = mine.data?.items.filter(isOwed) ?? [];
  return (
    <Screen title={t('auction.nav')} lead={t('auction.lead')}>
      {owed.length > 0 && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          title={t('auction.toPay', { n: owed.length })}
          action={owed.map(({ auction }) => <ToAuction key={auction.id} shop={id} of={auction} />)}
        />
      )}
      <div className="co-filters">
        <Choices<Tab>
          label={t('auction.show')}
          hideLabel
          value={tab}
          options={tabs.map((value) => ({ value, label: t(`auction.tab.${value}`) }))}
          onChange={(value) => change({ state: value })}
        />
        <ProductPick
          label={t('auction.anyCard')}
          value={sku}
          optional
          onChange={(name) => change({ name })}
        />
      </div>
      {tab === 'mine' && (
        <Listing
          caption={t('auction.tab.mine')}
          rows={mine.data?.items}
          error={mine.error}
          refetch={mine.refetch}
          rowKey={({ auction }) => auction.id}
          rowTone={(row) => (isOwed(row) ? 'warn' : undefined)}
          empty={{ title: t('auction.noneMine'), next: t('auction.noneMineNext') }}
          columns={[
            ...columnsOf(t, id).map(
              (column): Column<AuctionStanding> => ({
                ...column,
                show: ({ auction }) => column.show(auction),
              }),
            ),
            { title: t('auction.tab.mine'), show: (row) => <MyPlace of={row} /> },
          ]}
        />
      )}
      {(tab === 'open' || tab === 'over') && <Everybody key={tab} shop={id} tab={tab} sku={sku} />}
      {tab === 'rounds' && <Rounds shop={id} sku={sku} />}
    </Screen>
  );
}

const isOwed = ({ won, auction }: AuctionStanding): boolean =>
  won && auction.state === 'awaiting_settlement';

interface EverybodyProps {
  shop: string;
  tab: 'open' | 'over';
  sku: string | undefined;
}

function Everybody({ shop, tab, sku }: EverybodyProps): ReactNode {
  const t = useSay();
  const [{ cursor }, change] = useFilters();
  const query = filled({ sku, cursor, ...(tab === 'over' && { state: 'over' as const }) });
  const page = useAsk('GET /v1/auctions', { query }, { everyMs: EVERY_MS });
  // What is over has a list of its own.
  const rows = page.data?.items.filter(({ state }) => tab === 'over' || !OVER.has(state));
  return (
    <Listing
      caption={t(`auction.tab.${tab}`)}
      rows={rows}
      error={page.error}
      refetch={page.refetch}
      rowKey={({ id }) => id}
      empty={{ title: t('auction.none'), next: t('auction.noneNext') }}
      columns={columnsOf(t, shop)}
      paging={{
        next: page.data?.next,
        cursor,
        go: (next) => change({ cursor: next }),
      }}
    />
  );
}
const OVER: ReadonlySet<string> = new Set(['settled', 'unsold', 'offered']);

function columnsOf(t: ReturnType<typeof useSay>, shop: string): Column<Auction>[] {
  return [
    {
      title: t('auction.card'),
      show: (auction) => (
        <span className="co-twoline">
          <ToAuction shop={shop} of={auction} />
          <small>{yuanText(auction.faceFen)}</small>
        </span>
      ),
    },
    { title: t('auction.kind'), show: ({ kind }) => t(`auction.kind.${kind}`) },
    { title: t('auction.price'), align: 'right', show: (auction) => <Price of={auction} /> },
    {
      title: t('auction.reserve'),
      align: 'right',
      show: ({ reserveFen }) => <Money fen={reserveFen} size="s" />,
    },
    { title: t('auction.state'), show: (auction) => <StateOf of={auction} /> },
    {
      title: t('auction.ends'),
      show: ({ state, endsAt }) =>
        state === 'open' || state === 'scheduled' ? <Due at={endsAt} /> : <When at={endsAt} />,
    },
  ];
}

function ToAuction({ shop, of }: { shop: string; of: Auction }): ReactNode {
  const pick = usePick();
  return (
    <Link to="/shops/$id/auctions/$auctionId" params={{ id: shop, auctionId: of.id }}>
      {pick(of.productName)}
    </Link>
  );
}

const SEALED: ReadonlySet<Auction['kind']> = new Set(['first_price', 'second_price']);

export function Price({ of, size = 's' }: { of: Auction; size?: 's' | 'm' }): ReactNode {
  const t = useSay();
  const { priceFen, kind, state } = of;
  if (priceFen !== undefined) return <Money fen={priceFen} size={size} />;
  const hidden = SEALED.has(kind) && (state === 'open' || state === 'closing');
  return <small>{hidden ? t('auction.sealedPrice') : t('auction.noPrice')}</small>;
}

const stateTones: Partial<Record<Auction['state'], Tone>> = {
  open: 'run',
  closing: 'warn',
  awaiting_settlement: 'warn',
  settled: 'good',
};

export function StateOf({ of }: { of: Auction }): ReactNode {
  const pick = usePick();
  return (
    <Mark tone={stateTones[of.state] ?? 'idle'}>{pick({ zh: of.stateZh, en: of.stateEn })}</Mark>
  );
}

/** What a shop has to know of its own part before it opens the page. */
function MyPlace({ of }: { of: AuctionStanding }): ReactNode {
  const t = useSay();
  const [tone, key] = placeOf(of);
  return <Mark tone={tone}>{t(key as 'auction.my.won')}</Mark>;
}

export function placeOf(of: AuctionStanding): readonly [Tone, SayKey] {
  const { won, leads, committed, revealed, defaulted, auction } = of;
  const { state, kind } = auction;
  if (defaulted) return ['bad', 'auction.my.defaulted'];
  if (won) return state === 'settled' ? ['good', 'auction.my.won'] : ['warn', 'auction.my.toPay'];
  if (state === 'open' && kind === 'english')
    return leads ? ['good', 'auction.my.leads'] : ['warn', 'auction.my.outbid'];
  if (state === 'open' && committed) return ['run', 'auction.my.sealed'];
  if (state === 'closing' && committed)
    return revealed ? ['good', 'auction.my.opened'] : ['warn', 'auction.my.toOpen'];
  return ['idle', 'auction.my.lost'];
}
