/** Looks for a time within two weeks at which the same card pays more, by the same table. Pure. */
import { chinaInstant, type Fen, fen } from '#platform';
import { feesOf, holidayBps, isBelowFloor, priceOf, type QuoteContext } from './arithmetic.ts';
import { dayFacts } from './moment.ts';
import type { SlotOffer, SlotRow } from './schema.ts';
import { expiryRow } from './table.ts';

/** Further away nobody waits, and the table may have changed. */
export const LOOK_AHEAD_DAYS = 14;
const ALTERNATIVES_MAX = 3;

interface Found {
  readonly slot: SlotRow;
  readonly day: string;
  readonly fromHour: number;
  readonly toHour: number;
  readonly net: Fen;
}

interface Search extends QuoteContext {
  readonly hour: number;
  readonly net: Fen;
  readonly floorBps: number;
}

/**
 * `betterSlot`: the first that reaches the floor, or if none does the one that pays most; only when the price now
 * is below the floor. `alternatives`: the best few different slots that pay more than now, best first.
 */
export function offers(search: Search): { betterSlot?: SlotOffer; alternatives: SlotOffer[] } {
  const { net, floorBps, facts } = search;
  const best = new Map<string, Found>();
  let first: Found | undefined;
  const below = isBelowFloor(net, facts.faceFen, floorBps);
  for (const found of ahead(search)) {
    if (found.net <= net) continue;
    const known = best.get(found.slot.code);
    if (!known || found.net > known.net) best.set(found.slot.code, found);
    if (below && !first && !isBelowFloor(found.net, facts.faceFen, floorBps)) first = found;
  }
  if (best.size === 0) return { alternatives: [] };
  // Equal nets keep the order in which they were found: the sooner one first.
  const ranked = [...best.values()].sort((a, b) => (a.net === b.net ? 0 : a.net > b.net ? -1 : 1));
  const better = below ? (first ?? ranked[0]) : undefined;
  const view = (found: Found): SlotOffer => offer(search, found);
  return {
    ...(better && { betterSlot: view(better) }),
    alternatives: ranked.slice(0, ALTERNATIVES_MAX).map(view),
  };
}

/** Every run of hours from the one after now on, in the order of time, with what the card would pay. */
function* ahead(search: Search): Generator<Found> {
  const { table, prices, facts, baseBps, banded } = search;
  const nets = new Map<number, Fen>();
  let day = search.day;
  for (let ahead = 0; ahead <= LOOK_AHEAD_DAYS; ahead++, day = dayFacts(day.next)) {
    const left = search.left === undefined ? undefined : search.left - ahead;
    if (left !== undefined && left < 0) return;
    const expiryBps = expiryRow(prices, left).adjBps;
    const holiday = holidayBps(prices, day.daysToHoliday);
    for (const { slot, fromHour, toHour } of prices.week[day.weekdayIndex] ?? []) {
      if (ahead === 0 && fromHour <= search.hour) continue;
      if (ahead === LOOK_AHEAD_DAYS && fromHour > search.hour) return;
      if (facts.tableUntil && chinaInstant(day.day, fromHour) >= facts.tableUntil) return;
      const key =
        ((expiryBps + 10_000) * 20_000 + slot.adjBps + 10_000) * 20_000 + holiday + 10_000;
      let net = nets.get(key);
      if (net === undefined) {
        const by = { expiryBps, slotBps: slot.adjBps, holidayBps: holiday };
        const price = priceOf(baseBps, banded, by);
        net = fen(price - feesOf(table, price));
        nets.set(key, net);
      }
      yield { slot, day: day.day, fromHour, toHour, net };
    }
  }
}

function offer({ net, facts, floorBps }: Search, found: Found): SlotOffer {
  return {
    slot: found.slot.code,
    zh: found.slot.zh,
    en: found.slot.en,
    from: chinaInstant(found.day, found.fromHour).toISOString(),
    until: chinaInstant(found.day, found.toHour).toISOString(),
    netFen: found.net.toString(),
    gainFen: (found.net - net).toString(),
    meetsFloor: !isBelowFloor(found.net, facts.faceFen, floorBps),
  };
}
