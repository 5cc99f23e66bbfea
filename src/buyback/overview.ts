/** The operator's first look: volume, price index, time to cash, and what waits for a person. */
import type { Static } from 'typebox';
import { findProduct } from '#cards';
import { chinaDay, DAY, type Db, failedJobs, HOUR, MINUTE, plus } from '#platform';
import { countUnsealed } from '#record';
import { countLate, paidSince, waitingApproval } from '#settlement';
import type { Overview } from './schema.ts';
import { countByState, createdAtOf, volumeByDay, volumeBySku } from './store.ts';

const DAYS = 30;
/** Hours from accepting a price to money in the bank, by day. */
const BUCKET_HOURS = 24;

export async function overview(db: Db, at: Date): Promise<Static<typeof Overview>> {
  const since = plus(at, -DAYS * DAY);
  const [days, bySku, states, failed, approvals, unsealed, latePayouts] = await Promise.all([
    volumeByDay(db, since),
    volumeBySku(db, since),
    countByState(db),
    failedJobs(db),
    waitingApproval(db),
    countUnsealed(db, plus(at, -MINUTE)),
    countLate(db, chinaDay(at)),
  ]);
  const rows = await withCategory(db, bySku);
  return {
    days: days.map(({ day, orders, face, net }) => ({
      day,
      orders: Number(orders),
      faceFen: face.toString(),
      netFen: net.toString(),
    })),
    categoryMix: mixOf(rows),
    priceIndex: indexOf(rows),
    ...(await timeToCash(db, since)),
    queues: {
      reviews: states.get('manual_review') ?? 0,
      approvals,
      failedJobs: failed.length,
      cases: (states.get('disputed') ?? 0) + (states.get('contested') ?? 0),
      waitingIssuer: states.get('waiting_issuer') ?? 0,
      unsealed,
      latePayouts,
    },
  };
}

interface Row {
  day: string;
  category: string;
  orders: number;
  face: bigint;
  net: bigint;
}

async function withCategory(db: Db, rows: Awaited<ReturnType<typeof volumeBySku>>): Promise<Row[]> {
  const categories = new Map<string, string>();
  for (const sku of new Set(rows.map((row) => row.sku))) {
    categories.set(sku, (await findProduct(db, sku))?.category ?? 'other');
  }
  return rows.map(({ day, sku, orders, face, net }) => ({
    day,
    category: categories.get(sku) ?? 'other',
    orders: Number(orders),
    face,
    net,
  }));
}

function mixOf(rows: Row[]): Static<typeof Overview>['categoryMix'] {
  const mix = new Map<string, { face: bigint; orders: number }>();
  for (const { category, face, orders } of rows) {
    const sum = mix.get(category) ?? { face: 0n, orders: 0 };
    mix.set(category, { face: sum.face + face, orders: sum.orders + orders });
  }
  return [...mix]
    .sort(([, a], [, b]) => (a.face > b.face ? -1 : 1))
    .map(([category, { face, orders }]) => ({ category, faceFen: face.toString(), orders }));
}

/** What sellers got per 100 of face value, by category and day. */
function indexOf(rows: Row[]): Static<typeof Overview>['priceIndex'] {
  const cells = new Map<string, { day: string; category: string; face: bigint; net: bigint }>();
  for (const { day, category, face, net } of rows) {
    const cell = cells.get(`${day} ${category}`) ?? { day, category, face: 0n, net: 0n };
    cells.set(`${day} ${category}`, { ...cell, face: cell.face + face, net: cell.net + net });
  }
  return [...cells.values()].map(({ day, category, face, net }) => ({
    day,
    category,
    index: Number((net * 10_000n) / face) / 100,
  }));
}

async function timeToCash(
  db: Db,
  since: Date,
): Promise<Pick<Static<typeof Overview>, 'timeToCash' | 'onTimePct'>> {
  const paid = await paidSince(db, since);
  const started = await createdAtOf(
    db,
    paid.map(({ subject }) => subject),
  );
  const hours: number[] = [];
  for (const { subject, paidAt } of paid) {
    const from = started.get(subject);
    if (from) hours.push((paidAt.getTime() - from.getTime()) / HOUR);
  }
  hours.sort((a, b) => a - b);
  const at = (part: number): number =>
    Math.round((hours[Math.floor((hours.length - 1) * part)] ?? 0) * 10) / 10;
  const buckets = new Map<number, number>();
  for (const hour of hours) {
    const bucket = Math.floor(hour / BUCKET_HOURS) * BUCKET_HOURS;
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  const late = paid.filter(({ onTime }) => !onTime).length;
  return {
    timeToCash: {
      p50Hours: at(0.5),
      p90Hours: at(0.9),
      buckets: [...buckets]
        .sort(([a], [b]) => a - b)
        .map(([hour, orders]) => ({ hours: hour, orders })),
    },
    ...(paid.length > 0 && {
      onTimePct: Math.round(((paid.length - late) / paid.length) * 1000) / 10,
    }),
  };
}
