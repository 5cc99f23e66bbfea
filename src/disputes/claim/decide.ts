/** How a claim comes to its end: the rules, the clock, and the hand-over of the money to whoever executes it. */
import assert from 'node:assert/strict';
import { type Db, type Fen, inTransaction, type Keys, Refused, type Tx, ZERO } from '#platform';
import { type ClockHandler, move } from '#process';
import { append } from '#record';
import { type Facts, factsOf } from './facts.ts';
import { claimProcess, DESK_MS } from './life.ts';
import { byBurdenOfProof, decideByRule, type Ruling } from './rules.ts';
import {
  type Basis,
  type Claim,
  type Decision,
  decisionsOf,
  findClaim,
  insertDecision,
  latestFacts,
  type Party,
  saveClaim,
  type Venue,
} from './store.ts';
import { tellOfClaim } from './tell.ts';

/** What is to be done with the money in the end. */
export interface ClaimEnd {
  readonly basis: Basis | 'withdrawn';
  readonly outcome: Decision['outcome'];
  /** Back to the buyer; the rest of the price is the seller's. */
  readonly refundFen: Fen;
  /** `issuer`, `platform` and `unknown`: the reserve bears what the seller is not at fault for. */
  readonly fault: Decision['fault'];
  /** On top of it, from one party to the other. */
  readonly penalty?: { readonly payer: Party; readonly fen: Fen };
  readonly rule: string;
}

export type EndedClaim = Claim & { readonly end: ClaimEnd };
/** Moves the money as `end` says, in this transaction; a refusal of it rolls everything back and is tried again. */
export type Execute = (tx: Tx, ended: EndedClaim, at: Date) => Promise<void>;

/** Each venue moves the money of its own orders. */
export const executeByVenue =
  (venues: Readonly<Partial<Record<Venue, Execute>>>): Execute =>
  async (tx, ended, at) => {
    const execute = venues[ended.venue];
    assert(execute, `nobody moves the money of ${ended.venue}`);
    await execute(tx, ended, at);
  };

export const WITHDRAWN: ClaimEnd = {
  ...{ basis: 'withdrawn', rule: 'withdrawn', outcome: 'release' },
  ...{ refundFen: ZERO, fault: 'unknown' },
};

export async function theClaim(tx: Tx, id: string): Promise<Claim> {
  const found = await findClaim(tx, id);
  assert(found, 'a claim has a row as long as it has a process');
  return found;
}

const UNDECIDED: ReadonlySet<string> = new Set(['awaiting_answer', 'evidence', 'arbitration']);

/** Writes down that these facts are known and, while nothing is decided, asks the rules. */
export async function ruleOn(
  tx: Tx,
  input: {
    claim: Claim;
    state: string;
    facts: Facts;
    version: number;
    digest: Buffer;
    at: Date;
    keys: Keys;
  },
): Promise<void> {
  const { claim, state, facts, version, at, keys } = input;
  const { id } = claim;
  const digest = input.digest.toString('hex');
  await append(tx, { subject: id, type: 'claim.facts', data: { version, digest }, at });
  if (!UNDECIDED.has(state)) return;
  const ruling = decideByRule(facts, keys.publicKeyPem);
  if (!ruling) return;
  const record = { ...recordOf(ruling), facts: version };
  await move(tx, claimProcess, { id, at, by: 'system', transition: 'rule', record });
  await conclude(tx, claim, { ...ruling, basis: 'rule', facts: version, at });
}

export const recordOf = ({ rule, outcome, refundFen, fault }: Omit<Ruling, 'reasons'>) => ({
  ...{ rule, outcome, refundFen, fault },
});

export type Conclusion = Omit<Decision, 'round' | 'penaltyFen'> & { readonly penaltyFen?: Fen };

/** Keeps the decision; the second one of a claim is its last. */
export async function conclude(tx: Tx, claim: Claim, made: Conclusion): Promise<Decision> {
  const round = claim.appeal ? 2 : 1;
  const decision: Decision = { penaltyFen: ZERO, ...made, round };
  await insertDecision(tx, claim.id, decision);
  await saveClaim(tx, claim.id, { deskUntil: null });
  await tellOfClaim(tx, claim.id);
  return decision;
}

/** Executes the last decision and closes; the money and the end of the claim are one commit. */
export async function finish(tx: Tx, execute: Execute, id: string, at: Date): Promise<Claim> {
  return await finishBy(tx, execute, { id, at, by: 'system' });
}

async function finishBy(
  tx: Tx,
  execute: Execute,
  { id, at, by }: { id: string; at: Date; by: 'system' | 'clock' },
): Promise<Claim> {
  const last = (await decisionsOf(tx, id)).at(-1);
  assert(last, 'what is final was decided');
  await move(tx, claimProcess, { id, at, by, transition: 'execute', record: recordOf(last) });
  await saveClaim(tx, id, { open: false, executedAt: at });
  const claim = await theClaim(tx, id);
  await execute(tx, { ...claim, end: endOf(last) }, at);
  return claim;
}

function endOf({ basis, outcome, refundFen, fault, penaltyFen, rule }: Decision): ClaimEnd {
  const end = { basis, outcome, refundFen, fault, rule };
  if (penaltyFen === 0n) return end;
  assert(fault === 'seller' || fault === 'buyer', 'only a party pays a penalty');
  return { ...end, penalty: { payer: fault, fen: penaltyFen } };
}

/** What the claimant asked for: the buyer the price, the seller that it stands. At fault is who did not object. */
export function inFull(claim: Claim) {
  const isBuyers = claim.claimant.role === 'buyer';
  return {
    outcome: isBuyers ? 'refund' : 'release',
    refundFen: isBuyers ? claim.atStakeFen : ZERO,
    fault: claim.respondent.role,
  } as const;
}

const SILENT = {
  basis: 'silence',
  rule: 'no_answer',
  reasons: {
    zh: '对方未在期限内答复，按诉求处理。',
    en: 'The other side did not answer in time, so the claim is granted.',
  },
} as const;

/** The clock's part. `execute` moves the money; while it refuses, the claim stays final and is tried again. */
export function claimClock(keys: Keys, execute: Execute): Readonly<Record<'claim', ClockHandler>> {
  const handler: ClockHandler = async (db, { id, transition, at }) => {
    const step = { id, at, by: 'clock' } as const;
    if (transition === 'execute') {
      await inTransaction(db, (tx) => finishBy(tx, execute, step));
      return;
    }
    await inTransaction(db, async (tx) => {
      const claim = await theClaim(tx, id);
      switch (transition) {
        case 'stay_silent': {
          const granted = { ...SILENT, ...inFull(claim) };
          await move(tx, claimProcess, { ...step, transition, record: recordOf(granted) });
          await conclude(tx, claim, { ...granted, at });
          return;
        }
        case 'hear': {
          const due = deskDue(claim, at);
          await move(tx, claimProcess, { ...step, transition, due });
          await saveClaim(tx, id, { deskUntil: due });
          return;
        }
        case 'lapse':
          await lapse(tx, keys, claim, at);
          return;
        default:
          assert(transition === 'become_final' || transition === 'uphold');
          await move(tx, claimProcess, { ...step, transition });
          if (claim.deskUntil) await saveClaim(tx, id, { deskUntil: null });
      }
    });
    if (transition === 'become_final' || transition === 'uphold') await tryNow(db, execute, id, at);
  };
  return { claim: handler };
}

/** The desk has three days, and never longer than the claim says. */
export function deskDue(claim: Claim, at: Date): Date {
  const due = Math.min(at.getTime() + DESK_MS, claim.decideBy.getTime());
  return new Date(Math.max(due, at.getTime() + 1));
}

async function lapse(tx: Tx, keys: Keys, claim: Claim, at: Date): Promise<void> {
  const { id } = claim;
  const frozen = await latestFacts(tx, id);
  assert(frozen, 'a claim is opened with facts');
  const ruling = byBurdenOfProof(factsOf(frozen.text), keys.publicKeyPem);
  const record = { ...recordOf(ruling), facts: frozen.version };
  await move(tx, claimProcess, { id, at, by: 'clock', transition: 'lapse', record });
  await conclude(tx, claim, { ...ruling, basis: 'burden_of_proof', facts: frozen.version, at });
}

/** At once if it can be done; a refusal leaves it final, and the clock comes back a minute later. */
async function tryNow(db: Db, execute: Execute, id: string, at: Date): Promise<void> {
  try {
    await inTransaction(db, (tx) => finish(tx, execute, id, at));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}
