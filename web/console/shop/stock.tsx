/** What a shop has in stock, how fast its capital turns, what prices win, and selling a card on with one click. */
import { Button, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { Chart } from '../../kit/chart.tsx';
import { usePick } from '../../kit/language.tsx';
import { fenFromYuan, Money, yuanText } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { StockCard, StockFigures } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { usePathPart } from '../link.tsx';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { may, useShop } from './shop.ts';

const CALM_MS = 30_000;
const percent = (bps: number): string => `${(bps / 100).toFixed(1)}%`;
const yuan = (fen: string): number => Number(fen) / 100;
const axis = (value: number): string => `¥${value.toLocaleString('en')}`;

export function StockScreen(): ReactNode {
  const t = useSay();
  const id = usePathPart('id');
  const params = { params: { id } };
  const { data, error, refetch } = useAsk('GET /v1/recyclers/:id/stock/figures', params, {
    everyMs: CALM_MS,
  });
  if (error && !data) return <Refusal of={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={8} tall />;
  return (
    <Screen title={t('stock.nav')} lead={t('stock.lead')} actions={<Files id={id} />}>
      <Tiles of={data} />
      <Ages of={data} />
      <Daily of={data} />
      {data.prices.map((one) => (
        <Wins key={one.sku} of={one} />
      ))}
      <Expiring of={data} />
      <Cards id={id} />
    </Screen>
  );
}

function Files({ id }: { id: string }): ReactNode {
  const t = useSay();
  return (
    <span className="co-actions">
      {(['csv', 'xlsx'] as const).map((format) => (
        <Button key={format} href={`/v1/recyclers/${id}/stock.${format}`} download>
          {t('stock.file', { format: format.toUpperCase() })}
        </Button>
      ))}
    </span>
  );
}

function Tiles({ of: { stock, turnover, margin } }: { of: StockFigures }): ReactNode {
  const t = useSay();
  const cost = stock.reduce((sum, { costFen }) => sum + BigInt(costFen), 0n);
  const cards = stock.reduce((sum, one) => sum + one.cards, 0);
  const { days, goal, times } = turnover;
  const rate = margin.marginBps === undefined ? '–' : percent(margin.marginBps);
  return (
    <>
      <dl className="co-tiles">
        <div>
          <dt>{t('stock.cost')}</dt>
          <dd>
            <Money fen={String(cost)} />
          </dd>
        </div>
        <div>
          <dt>{t('stock.cards')}</dt>
          <dd>{cards}</dd>
        </div>
        <div>
          <dt>{t('stock.turns')}</dt>
          <dd data-testid="turns">{times === undefined ? '–' : times.toFixed(1)}</dd>
        </div>
        <div>
          <dt>{t('stock.margin')}</dt>
          <dd>
            <Money fen={margin.marginFen} />
          </dd>
        </div>
      </dl>
      <p className="co-note co-gap">
        {t('stock.turnsSay', { days, goal })} ·{' '}
        {t('stock.marginSay', { cards: margin.cards, rate })}
      </p>
    </>
  );
}

function Ages({ of: { stock, ages } }: { of: StockFigures }): ReactNode {
  const t = useSay();
  const pick = usePick();
  if (stock.length === 0) return null;
  const names = ages.map((from, index) => {
    const next = ages[index + 1];
    return next === undefined
      ? t('stock.ageOpen', { from })
      : t('stock.age', { from, to: next - 1 });
  });
  return (
    <Panel title={t('stock.byAge')}>
      <Chart
        title={t('stock.byAge')}
        summary={t('stock.byAgeSay')}
        labels={stock.map(({ productName }) => pick(productName))}
        series={names.map((name, index) => ({
          name,
          kind: 'bar',
          values: stock.map((row) => yuan(row.ages[index]?.costFen ?? '0')),
        }))}
        format={axis}
      />
    </Panel>
  );
}

const DAYS_A_YEAR = 365;

/** The goal as what would have to leave each day, so that it is one line beside what did. */
function Daily({ of: { days, turnover } }: { of: StockFigures }): ReactNode {
  const t = useSay();
  const goal = (yuan(turnover.averageStockFen) * turnover.goal) / DAYS_A_YEAR;
  const level = Math.round(goal * 100) / 100;
  return (
    <Panel title={t('stock.daily')}>
      <Chart
        title={t('stock.daily')}
        summary={t('stock.dailySay')}
        labels={days.map(({ day }) => day.slice(5))}
        series={[
          { name: t('stock.inStock'), values: days.map(({ stockFen }) => yuan(stockFen)) },
          { name: t('stock.left'), kind: 'bar', values: days.map(({ leftFen }) => yuan(leftFen)) },
          { name: t('stock.goal'), values: days.map(() => level) },
        ]}
        format={axis}
      />
    </Panel>
  );
}

function Wins({ of }: { of: StockFigures['prices'][number] }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const { sales, suggestedBps, cappedByResale } = of;
  return (
    <Panel title={`${pick(of.productName)} · ${t('stock.wins')}`}>
      <p className="co-note">
        {suggestedBps === undefined
          ? t('stock.tooFew', { sales })
          : t('stock.suggested', { rate: percent(suggestedBps), sales })}
        {cappedByResale && ` · ${t('stock.capped')}`}
      </p>
      {sales > 0 && (
        <Chart
          title={t('stock.wins')}
          summary={t('stock.winsSay')}
          labels={of.won.map(({ rateBps }) => `${rateBps / 100}%`)}
          series={[
            {
              name: t('stock.wins'),
              stepped: true,
              values: of.won.map(({ wonBps }) => wonBps / 100),
            },
          ]}
          format={(value) => `${value}%`}
        />
      )}
    </Panel>
  );
}

function Expiring({ of: { expiring } }: { of: StockFigures }): ReactNode {
  const t = useSay();
  const pick = usePick();
  return (
    <Panel title={t('stock.expiring')}>
      <Listing
        caption={t('stock.expiring')}
        rows={expiring}
        rowKey={({ orderId }) => orderId}
        empty={{ title: t('stock.expiringNone'), next: t('stock.expiringNext') }}
        columns={[
          { title: t('cards.card'), show: ({ productName }) => pick(productName) },
          {
            title: t('stock.costOne'),
            align: 'right',
            show: ({ costFen }) => <Money fen={costFen} size="s" />,
          },
          {
            title: t('stock.expiring'),
            show: ({ daysLeft, expiresOn }) =>
              `${expiresOn} · ${t('stock.daysLeft', { days: daysLeft })}`,
          },
        ]}
      />
    </Panel>
  );
}

const tones = { vault: 'good', listed: 'run', sold: 'idle', opened: 'idle' } as const;

function Cards({ id }: { id: string }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const { data: shop } = useShop();
  const [cursor, go] = useState<string>();
  const [selling, setSelling] = useState<StockCard>();
  const query = { limit: 20, ...(cursor && { cursor }) };
  const list = useAsk(
    'GET /v1/recyclers/:id/stock',
    { params: { id }, query },
    { everyMs: CALM_MS },
  );
  const off = useAct('POST /v1/recyclers/:id/stock/:orderId/take-off', t('stock.off'));
  const acts = shop !== undefined && may(shop, 'buyer');
  return (
    <Panel title={t('stock.list')}>
      <Listing
        caption={t('stock.list')}
        rows={list.data?.items}
        error={list.error}
        refetch={list.refetch}
        rowKey={({ orderId }) => orderId}
        empty={{ title: t('stock.none'), next: t('stock.noneNext') }}
        paging={{ next: list.data?.next, cursor, go }}
        columns={[
          { title: t('cards.card'), show: (one) => `${pick(one.productName)} ••${one.cardLast4}` },
          {
            title: t('stock.face'),
            align: 'right',
            show: ({ faceFen }) => <Money fen={faceFen} size="s" />,
          },
          {
            title: t('stock.costOne'),
            align: 'right',
            show: ({ costFen }) => <Money fen={costFen} size="s" />,
          },
          { title: t('stock.days'), show: ({ ageDays: days }) => t('stock.nDays', { days }) },
          {
            title: t('stock.where'),
            show: (one) => <Mark tone={tones[one.place]}>{t(`stock.place.${one.place}`)}</Mark>,
          },
          {
            title: t('shell.actions'),
            show: (one) =>
              acts && (
                <>
                  {one.maySell && (
                    <Button size="small" type="primary" onClick={() => setSelling(one)}>
                      {t('stock.sell')}
                    </Button>
                  )}
                  {one.mayTakeOff && (
                    <Button
                      size="small"
                      loading={off.busy}
                      onClick={() => void off.run({ params: { id, orderId: one.orderId } })}
                    >
                      {t('stock.takeOff')}
                    </Button>
                  )}
                </>
              ),
          },
        ]}
      />
      {selling && <Sell id={id} of={selling} close={() => setSelling(undefined)} />}
    </Panel>
  );
}

function Sell({ id, of, close }: { id: string; of: StockCard; close: () => void }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const params = { id, orderId: of.orderId };
  const { data: advice } = useAsk('GET /v1/recyclers/:id/stock/:orderId/price', { params });
  const [typed, setTyped] = useState<string>();
  const price = typed ?? (advice ? yuanText(advice.priceFen).slice(1).replaceAll(',', '') : '');
  const priceFen = fenFromYuan(price);
  const act = useAct('POST /v1/recyclers/:id/stock/:orderId/sell', t('stock.sold'));
  const send = async (): Promise<void> => {
    if (priceFen && (await act.run({ params, body: { priceFen } }))) close();
  };
  return (
    <Modal
      open
      title={t('stock.sellTitle')}
      onCancel={close}
      okText={t('stock.sell')}
      cancelText={t('shell.cancel')}
      okButtonProps={{ disabled: !priceFen || priceFen === '0', loading: act.busy }}
      onOk={() => void send()}
    >
      <p>{`${pick(of.productName)} ••${of.cardLast4}`}</p>
      {advice && (
        <p className="co-note">
          {advice.fromSales > 0 ? t('stock.sellSay', { n: advice.fromSales }) : t('stock.sellCost')}
          {' · '}
          {t('stock.sellNet')} <Money fen={advice.netFen} size="s" />
        </p>
      )}
      <Field label={t('stock.sellPrice')}>
        <Input
          prefix="¥"
          inputMode="decimal"
          value={price}
          onChange={({ target }) => setTyped(target.value)}
        />
      </Field>
    </Modal>
  );
}
