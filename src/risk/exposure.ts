/** Exposure to confirmed crime (R55): whoever reaches a figure of the law is reported, and what is kept of them stays kept. */
import assert from 'node:assert/strict';
import { crimeCards } from '#cards';
import { chinaDay, type Reader, type Tx } from '#platform';
import { inForce } from '#rules';
import { openCase, reportCase, stepCase } from './case.ts';
import { hasExposureCase, lockExposures } from './case-store.ts';
import type { RiskDeps } from './deps.ts';
import {
  type Exposure,
  type ExposureReason,
  type ExposureRule,
  exposureReasons,
  exposures,
} from './exposure-domain.ts';

type Exposed = Exposure & { readonly reasons: readonly ExposureReason[] };
type ExposureDeps = Pick<RiskDeps, 'keys' | 'tradedCards'>;

/**
 * In the commit that confirms a notice. Whoever confirmed it decided, with a fresh second factor, that its cards are a
 * crime's; the figures are the law's, so a party that reaches one is reported at once and in that person's name.
 */
export async function reportExposures(
  tx: Tx,
  deps: ExposureDeps,
  { actor, why, at }: { actor: string; why: string; at: Date },
): Promise<void> {
  // Two notices confirmed at the same moment: the second one counts the first.
  await lockExposures(tx);
  for (const { party, reasons, ...sums } of await exposedOn(tx, deps, chinaDay(at))) {
    const id = await openCase(tx, {
      ...{ kind: 'exposure', partyKind: party.kind, partyId: party.id, subject: undefined, at },
      ...{ amountFen: sums.settledFen, reasons },
      facts: {
        ...{ crimeCards: String(sums.cards), victims: String(sums.victims) },
        ...{ settledFen: String(sums.settledFen), profitFen: String(sums.profitFen) },
      },
    });
    if (id === undefined) continue;
    await stepCase(tx, { id, transition: 'draft', by: 'compliance', actor, at });
    await reportCase(tx, deps, { id, actor, why, at });
  }
}

/** Legal hold: reported, and still at a figure now; a notice that was lifted counts no more. */
export async function isExposed(
  reader: Reader,
  deps: ExposureDeps,
  { partyIds, at }: { partyIds: readonly string[]; at: Date },
): Promise<boolean> {
  if (!(await hasExposureCase(reader, partyIds))) return false;
  const exposed = await exposedOn(reader, deps, chinaDay(at));
  return exposed.some(({ party }) => partyIds.includes(party.id));
}

async function exposedOn(
  reader: Reader,
  { tradedCards }: ExposureDeps,
  day: string,
): Promise<Exposed[]> {
  const rule = exposureRule(day);
  const crimes = await crimeCards(reader);
  if (!rule || crimes.length === 0) return [];
  const sales = await tradedCards(reader, [...new Set(crimes.map(({ cardId }) => cardId))]);
  return exposures(sales, crimes)
    .map((one) => ({ ...one, reasons: exposureReasons(one, rule) }))
    .filter(({ reasons }) => reasons.length > 0);
}

function exposureRule(day: string): ExposureRule | undefined {
  const params: Partial<Record<keyof ExposureRule, number>> | undefined = inForce(
    'R55',
    day,
  )?.params;
  if (!params) return undefined;
  const { victims, settledFen, profitFen } = params;
  assert(victims && settledFen && profitFen, 'R55 has its figures');
  return { victims, settledFen, profitFen };
}
