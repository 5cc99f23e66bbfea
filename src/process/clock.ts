/** Time as an actor: finds what is due and lets each room's handler take the step, one transaction each. */
import { type Db, type Log, plus, Refused, SECOND, silentLog } from '#platform';
import { type Claim, claimDue, putOff } from './store.ts';

/** Opens its own transaction and calls `move` as 'clock'. A throw puts the instance off, nothing else. */
export type ClockHandler = (
  db: Db,
  due: { readonly id: string; readonly transition: string; readonly at: Date },
) => Promise<void>;

/** A worker that dies in the middle keeps its instances from the others for so long. */
const CLAIM_MS = 60 * SECOND;
/** Claimed at a time: few, so that a slow handler does not sit on what others could do. */
const BATCH = 20;
const SIDE_BY_SIDE = 8;
const PUT_OFF_MS_MIN = 10 * SECOND;
const PUT_OFF_MS_MAX = 3_600 * SECOND;

/**
 * Fires what is due at `at` and returns how many instances moved; any number of workers may run it at once.
 * That a step happens once is not the claim's doing but `move`'s, which locks the row and asks the table.
 */
export async function runClock(
  db: Db,
  input: {
    at: Date;
    handlers: Readonly<Record<string, ClockHandler>>;
    limit?: number;
    log?: Log;
  },
): Promise<number> {
  const { at, handlers, limit = 1_000, log = silentLog } = input;
  const next = claimer(db, { at, processes: Object.keys(handlers), limit });
  let moved = 0;
  const lane = async (): Promise<void> => {
    for (let claim = await next(); claim; claim = await next())
      if (await fire(db, claim, { at, handlers, log })) moved++;
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
  return moved;
}

/** Gives one claim after the other to whoever is free, and takes more as soon as none is left in hand. */
function claimer(
  db: Db,
  input: { at: Date; processes: string[]; limit: number },
): () => Promise<Claim | undefined> {
  const { at, processes } = input;
  const inHand: Claim[] = [];
  let left = input.limit;
  let claiming: Promise<void> | undefined;
  const claim = async (): Promise<void> => {
    const limit = Math.min(BATCH, left);
    const claims = await claimDue(db, { at, until: plus(at, CLAIM_MS), processes, limit });
    left = claims.length === 0 ? 0 : left - claims.length;
    inHand.push(...claims);
    claiming = undefined;
  };
  return async () => {
    while (inHand.length === 0 && left > 0) {
      claiming ??= claim();
      await claiming;
    }
    return inHand.shift();
  };
}

/** True when this handler moved the instance; one that somebody else moved meanwhile is no failure. */
async function fire(
  db: Db,
  claim: Claim,
  input: { at: Date; handlers: Readonly<Record<string, ClockHandler>>; log: Log },
): Promise<boolean> {
  const { at, handlers, log } = input;
  const { id, process, transition } = claim;
  let thrown: unknown;
  try {
    await handlers[process]?.(db, { id, transition, at });
  } catch (error) {
    thrown = error;
  }
  const failure = failureCode(thrown);
  const until = plus(at, putOffMs(claim.failures));
  const stuck = await putOff(db, claim, { until, failure });
  if (!stuck) return thrown === undefined;
  log.warn({ process, instance: id, transition, failure, until, err: thrown }, 'clock put off');
  return false;
}

/** 10 s, 20 s, 40 s … one hour: it never gives up, since nothing may wait forever. */
export const putOffMs = (failures: number): number =>
  Math.min(PUT_OFF_MS_MIN * 2 ** Math.min(failures, 20), PUT_OFF_MS_MAX);

function failureCode(thrown: unknown): string {
  if (thrown === undefined) return 'did_not_move';
  if (thrown instanceof Refused) return thrown.refusal.code;
  return thrown instanceof Error ? thrown.name : 'unknown';
}
