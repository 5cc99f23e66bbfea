/** All that ever happened to one order, in one list: states, money, record entries, jobs. */
import type { Static } from 'typebox';
import { movementsOf } from '#ledger';
import { jobRunsOf, type Reader, yuan } from '#platform';
import { historyOf } from '#process';
import { entriesOf } from '#record';
import type { TimelineItem } from './schema.ts';
import { paymentOf } from './settle.ts';
import type { Order } from './store.ts';

type Item = Static<typeof TimelineItem>;
/** At one instant the cause stands before its effects. */
const ORDER = ['state', 'money', 'record', 'job'];

export async function timelineOf(reader: Reader, order: Order): Promise<Item[]> {
  const payout = await paymentOf(reader, order.id);
  const subjects = [
    order.id,
    ...(order.card_id ? [order.card_id] : []),
    ...(payout ? [payout.payoutId] : []),
  ];
  const parts: Item[][] = [];
  for (const subject of subjects) {
    parts.push(
      await statesOf(reader, subject),
      await moneyOf(reader, subject),
      await recordOf(reader, subject),
    );
    parts.push(await jobsOf(reader, subject));
  }
  return parts
    .flat()
    .sort((a, b) =>
      a.at === b.at
        ? ORDER.indexOf(a.kind as string) - ORDER.indexOf(b.kind as string)
        : a.at < b.at
          ? -1
          : 1,
    );
}

async function statesOf(reader: Reader, subject: string): Promise<Item[]> {
  return (await historyOf(reader, subject)).map((step) => ({
    at: step.at.toISOString(),
    kind: 'state' as const,
    title: `${step.transition} → ${step.to}`,
    detail: step.by,
  }));
}

async function moneyOf(reader: Reader, subject: string): Promise<Item[]> {
  return (await movementsOf(reader, subject)).flatMap((movement) =>
    movement.legs.map((leg) => ({
      at: movement.at.toISOString(),
      kind: 'money' as const,
      title: `${leg.from} → ${leg.to}`,
      detail: `${yuan(leg.amount)} · ${movement.kind}`,
    })),
  );
}

async function recordOf(reader: Reader, subject: string): Promise<Item[]> {
  return (await entriesOf(reader, subject)).map((entry) => ({
    at: entry.at.toISOString(),
    kind: 'record' as const,
    title: entry.type,
    detail: Object.entries(entry.data as object)
      .map(([key, value]) => `${key}: ${String(value)}`)
      .join(' · '),
  }));
}

async function jobsOf(reader: Reader, subject: string): Promise<Item[]> {
  return (await jobRunsOf(reader, subject)).map((run) => ({
    at: run.at.toISOString(),
    kind: 'job' as const,
    title: run.task,
    detail: run.error === null ? `ok · #${run.attempt}` : `failed · #${run.attempt} · ${run.error}`,
  }));
}
