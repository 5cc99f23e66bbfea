/** The first page: how the business runs, what waits for people, what is wrong. */

import { Checkbox } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import { CATEGORY_WORDS, type Category } from '../../../src/cards/schema.ts';
import { Chart } from '../../kit/chart.tsx';
import { usePick } from '../../kit/language.tsx';
import { Money, parseFen, yuan } from '../../kit/money.tsx';
import { Empty, Refusal, Skeleton } from '../../kit/states.tsx';
import { chinaDay } from '../../kit/time.tsx';
import type { Overview } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { Icon } from '../parts/icons.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { type Place, placeOf } from '../places.ts';
import { useSay } from '../say.ts';
import { useMay } from '../session.ts';

const EVERY_MS = 30_000;
const INDEX_LINES_MAX = 4;

export function OverviewScreen(): ReactNode {
  const t = useSay();
  const { data, error, refetch } = useAsk('GET /v1/console/overview', {}, { everyMs: EVERY_MS });
  if (error && !data) return <Refusal of={error} onRetry={() => void refetch()} />;
  return (
    <Screen title={t('overview.title')} lead={data && leadOf(data, t)}>
      {data ? <Figures of={data} /> : <Skeleton lines={8} tall />}
    </Screen>
  );
}

function leadOf({ days }: Overview, t: ReturnType<typeof useSay>): string {
  const [from, to] = [days[0]?.day, days.at(-1)?.day];
  return from && to ? t('overview.lead', { from, to }) : t('overview.noHistory');
}

function Figures({ of }: { of: Overview }): ReactNode {
  const t = useSay();
  return (
    <>
      <Alarms of={of} />
      <Tiles of={of} />
      <Queues of={of} />
      {of.days.some(({ orders }) => orders > 0) ? (
        <div className="co-charts">
          <Volume of={of} />
          <PriceIndex of={of} />
          <TimeToCash of={of} />
          <Mix of={of} />
        </div>
      ) : (
        <Empty icon="trend" title={t('overview.noHistory')} say={t('overview.noHistoryNext')} />
      )}
    </>
  );
}

interface Alarm {
  code: keyof typeof alarmPlaces;
  count: number;
}
const alarmPlaces = {
  reconcile_mismatch: '/reconciliation',
  failed_jobs: '/jobs',
  processes_stuck: '/processes',
  late_payouts: '/payouts',
  unsealed: '/record',
} as const;

/** Gathered from what this person may read; the rest is somebody else's alarm. */
function useAlarms(of: Overview): Alarm[] {
  const money = useMay(['finance', 'auditor', 'admin']);
  const day = { day: chinaDay(-1) };
  const books = useAsk('GET /v1/console/reconciliation', { query: day }, { enabled: money });
  const cycles = useAsk('GET /v1/console/processes', {});
  const stuck = cycles.data?.reduce((sum, { failing }) => sum + failing, 0) ?? 0;
  const all: Alarm[] = [
    { code: 'reconcile_mismatch', count: books.data?.findings ?? 0 },
    { code: 'failed_jobs', count: of.queues.failedJobs },
    { code: 'processes_stuck', count: stuck },
    { code: 'late_payouts', count: of.queues.latePayouts },
    { code: 'unsealed', count: of.queues.unsealed },
  ];
  return all.filter(({ count }) => count > 0);
}

function Alarms({ of }: { of: Overview }): ReactNode {
  const t = useSay();
  const alarms = useAlarms(of);
  if (alarms.length === 0)
    return (
      <p className="co-calm">
        <Icon name="shield" /> {t('overview.calm')}
      </p>
    );
  return (
    <section className="co-alarms" aria-label={t('overview.alarms')}>
      <ul>
        {alarms.map(({ code, count }) => (
          <li key={code}>
            <Icon name="alert" />
            <AlarmLink code={code}>{t(`overview.alarm.${code}`, { count })}</AlarmLink>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What is somebody else's to mend is told, and leads nowhere. */
function AlarmLink(props: { code: Alarm['code']; children: ReactNode }): ReactNode {
  const path = alarmPlaces[props.code];
  const may = useMay(placeOf(path)?.roles ?? []);
  return may ? <Link to={path}>{props.children}</Link> : props.children;
}

const sumOf = (amounts: readonly string[]): string =>
  amounts.reduce((total, amount) => total + (parseFen(amount) ?? 0n), 0n).toString();

function Tiles({ of }: { of: Overview }): ReactNode {
  const t = useSay();
  const orders = of.days.reduce((sum, day) => sum + day.orders, 0);
  const hours = (n: number): string => t('overview.hours', { n: n.toFixed(1) });
  const tiles: [string, ReactNode][] = [
    [t('overview.orders'), orders.toLocaleString()],
    [t('overview.face'), <Money key="f" fen={sumOf(of.days.map(({ faceFen }) => faceFen))} />],
    [t('overview.net'), <Money key="n" fen={sumOf(of.days.map(({ netFen }) => netFen))} />],
    [t('overview.p50'), hours(of.timeToCash.p50Hours)],
    [t('overview.p90'), hours(of.timeToCash.p90Hours)],
    [
      t('overview.onTime'),
      of.onTimePct === undefined ? t('overview.onTimeNone') : `${of.onTimePct.toFixed(1)} %`,
    ],
  ];
  return (
    <dl className="co-tiles">
      {tiles.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Queues({ of }: { of: Overview }): ReactNode {
  const t = useSay();
  const rows: [string, string, number][] = [
    ['/reviews', t('nav.reviews'), of.queues.reviews],
    ['/payout-runs', t('overview.approvals'), of.queues.approvals],
    ['/cases', t('nav.cases'), of.queues.cases],
    ['/jobs', t('nav.jobs'), of.queues.failedJobs],
  ];
  return (
    <section aria-label={t('overview.queues')}>
      <ul className="co-queues">
        {rows.map(([path, label, count]) => (
          <Queue key={path} place={placeOf(path)} label={label} count={count} />
        ))}
      </ul>
    </section>
  );
}

function Queue(props: { place: Place | undefined; label: string; count: number }): ReactNode {
  const { place, label, count } = props;
  const may = useMay(place?.roles ?? []);
  const body = (
    <>
      {place && <Icon name={place.icon} size={20} />}
      <span>{label}</span>
      <strong data-waiting={count > 0}>{count}</strong>
    </>
  );
  return (
    <li>
      {may && place ? (
        <Link to={place.path}>{body}</Link>
      ) : (
        <div className="co-queue-still">{body}</div>
      )}
    </li>
  );
}

const FEN_PER_YUAN = 100;
const inYuan = (amount: string): number => Number(parseFen(amount) ?? 0n) / FEN_PER_YUAN;
const shortDay = (day: string): string => day.slice(5);

function Volume({ of }: { of: Overview }): ReactNode {
  const t = useSay();
  const orders = of.days.reduce((sum, day) => sum + day.orders, 0);
  const face = parseFen(sumOf(of.days.map(({ faceFen }) => faceFen)));
  const summary = t('overview.volumeSum', {
    days: of.days.length,
    orders,
    face: face === undefined ? '' : yuan(face),
  });
  const series = useMemo(
    () => [
      {
        name: t('overview.faceYuan'),
        kind: 'bar' as const,
        values: of.days.map((day) => inYuan(day.faceFen)),
      },
      { name: t('overview.netYuan'), values: of.days.map((day) => inYuan(day.netFen)) },
    ],
    [of.days, t],
  );
  const labels = useMemo(() => of.days.map(({ day }) => shortDay(day)), [of.days]);
  return (
    <Panel title={t('overview.volume')} note={summary} className="co-wide">
      <Chart
        title={t('overview.volume')}
        summary={summary}
        labels={labels}
        series={series}
        format={wholeNumber}
        height={260}
      />
    </Panel>
  );
}

const wholeNumber = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: 0 });
const oneDecimal = (value: number): string => value.toFixed(1);

/** A day without a trade keeps the last index, so that a line is a line. */
function carried(values: readonly (number | null)[]): (number | null)[] {
  let last: number | null = null;
  return values.map((value) => {
    last = value ?? last;
    return last;
  });
}

function PriceIndex({ of }: { of: Overview }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const all = useMemo(() => [...new Set(of.priceIndex.map(({ category }) => category))], [of]);
  const [wanted, setWanted] = useState<string[]>();
  const chosen = wanted ?? all.slice(0, INDEX_LINES_MAX);
  const days = useMemo(() => [...new Set(of.priceIndex.map(({ day }) => day))].sort(), [of]);
  const series = useMemo(() => {
    const at = new Map(of.priceIndex.map((one) => [`${one.category} ${one.day}`, one.index]));
    return chosen.map((category) => ({
      name: pick(CATEGORY_WORDS[category as Category] ?? { zh: category, en: category }),
      values: carried(days.map((day) => at.get(`${category} ${day}`) ?? null)),
    }));
  }, [of, chosen, days, pick]);
  const labels = useMemo(() => days.map(shortDay), [days]);
  const list = series
    .map(
      ({ name, values }) => `${name} ${values.findLast((one) => one !== null)?.toFixed(1) ?? '–'}`,
    )
    .join(' · ');
  return (
    <Panel title={t('overview.index')} note={t('overview.indexNote')}>
      <fieldset className="co-choices">
        <legend className="hq-unseen">{t('overview.categories')}</legend>
        {all.map((category) => (
          <Checkbox
            key={category}
            checked={chosen.includes(category)}
            disabled={!chosen.includes(category) && chosen.length >= INDEX_LINES_MAX}
            onChange={({ target }) =>
              setWanted(
                target.checked ? [...chosen, category] : chosen.filter((one) => one !== category),
              )
            }
          >
            {pick(CATEGORY_WORDS[category as Category] ?? { zh: category, en: category })}
          </Checkbox>
        ))}
      </fieldset>
      <Chart
        title={t('overview.index')}
        summary={t('overview.indexSum', { list })}
        labels={labels}
        series={series}
        format={oneDecimal}
      />
    </Panel>
  );
}

const BUCKET_HOURS = 24;

function TimeToCash({ of }: { of: Overview }): ReactNode {
  const t = useSay();
  const { p50Hours, p90Hours, buckets } = of.timeToCash;
  const summary = t('overview.cashSum', { p50: p50Hours.toFixed(1), p90: p90Hours.toFixed(1) });
  const labels = useMemo(
    () => buckets.map(({ hours }) => `${hours}–${hours + BUCKET_HOURS} h`),
    [buckets],
  );
  const series = useMemo(
    () => [
      {
        name: t('overview.count'),
        kind: 'bar' as const,
        values: buckets.map(({ orders }) => orders),
      },
    ],
    [buckets, t],
  );
  return (
    <Panel title={t('overview.cash')} note={summary}>
      <Chart title={t('overview.cash')} summary={summary} labels={labels} series={series} />
    </Panel>
  );
}

function Mix({ of }: { of: Overview }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const rows = useMemo(() => {
    const total = of.categoryMix.reduce((sum, { faceFen }) => sum + inYuan(faceFen), 0);
    return of.categoryMix
      .map(({ category, faceFen }) => ({
        name: pick(CATEGORY_WORDS[category as Category] ?? { zh: category, en: category }),
        faceFen,
        pct: total > 0 ? (inYuan(faceFen) / total) * 100 : 0,
      }))
      .sort((a, b) => b.pct - a.pct);
  }, [of.categoryMix, pick]);
  const top = rows[0];
  const summary = top
    ? t('overview.mixSum', { name: top.name, pct: top.pct.toFixed(0) })
    : t('shell.empty');
  return (
    <Panel title={t('overview.mix')} note={summary}>
      <ul className="co-bars">
        {rows.map(({ name, faceFen, pct }) => (
          <li key={name}>
            <span>{name}</span>
            <span className="co-bar" aria-hidden="true">
              <span style={{ inlineSize: `${pct}%` }} />
            </span>
            <span className="co-figure">{pct.toFixed(1)} %</span>
            <Money fen={faceFen} size="s" />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
