/** A claim as its sides and the desk see it, put together from rows, facts and what was said. */
import assert from 'node:assert/strict';
import type { Static } from 'typebox';
import type { Keys, Reader } from '#platform';
import { allowedFor, historyOf, type Instance, look } from '#process';
import { type Facts, factsOf, sightOf } from './facts.ts';
import { claimProcess, HEARING } from './life.ts';
import { photosOf } from './photo.ts';
import type {
  CLAIM_ACTIONS,
  ClaimFile,
  ClaimRow,
  ClaimView,
  DecisionView,
  EvidenceView,
} from './schema.ts';
import { statementsOf } from './statement.ts';
import { type Claim, type Decision, decisionsOf, firstReviewerOf, latestFacts } from './store.ts';

/** One line of what buyer and seller wrote to each other, from whoever keeps it. */
export interface ThreadLine {
  readonly from: 'buyer' | 'seller' | 'system';
  readonly text: string;
  readonly at: Date;
}
export interface ViewDeps {
  readonly keys: Keys;
  /** What the two wrote to each other about the subject. */
  readonly thread?:
    | ((reader: Reader, subject: string) => Promise<readonly ThreadLine[]>)
    | undefined;
}

type Side = 'claimant' | 'respondent';
const sideOf = (claim: Claim, userId: string): Side =>
  claim.claimant.userId === userId ? 'claimant' : 'respondent';

export async function claimView(
  reader: Reader,
  deps: ViewDeps,
  { claim, side }: { claim: Claim; side: Side },
): Promise<Static<typeof ClaimView>> {
  const now = await standing(reader, claim.id);
  return {
    ...(await fileOf(reader, deps, claim, now)),
    side,
    allowed: await actionsOf(reader, { claim, side, state: now.state }),
  };
}

export async function claimFile(
  reader: Reader,
  deps: ViewDeps,
  claim: Claim,
): Promise<Static<typeof ClaimFile>> {
  const now = await standing(reader, claim.id);
  const first = await firstReviewerOf(reader, claim.id);
  const history = await historyOf(reader, claim.id);
  return {
    ...(await fileOf(reader, deps, claim, now)),
    claimantId: claim.claimant.userId,
    respondentId: claim.respondent.userId,
    ...(claim.assignedTo !== undefined && { assignedTo: claim.assignedTo }),
    ...(first !== undefined && { firstReviewer: first }),
    history: history.map(({ transition, by, to, at }) => ({
      ...{ transition, by, to, at: at.toISOString() },
    })),
  };
}

export async function claimRow(reader: Reader, claim: Claim): Promise<Static<typeof ClaimRow>> {
  const now = await standing(reader, claim.id);
  return {
    ...headOf(claim, now),
    claimantRole: claim.claimant.role,
    ...(claim.assignedTo !== undefined && { assignedTo: claim.assignedTo }),
    appealed: claim.appeal !== undefined,
  };
}

export async function myRow(reader: Reader, claim: Claim, userId: string) {
  return { ...headOf(claim, await standing(reader, claim.id)), side: sideOf(claim, userId) };
}

type Standing = Instance<(typeof claimProcess)['names']['states'][number]>;

async function standing(reader: Reader, id: string): Promise<Standing> {
  const now = await look(reader, id);
  assert(now?.process === claimProcess.name, 'a claim has a process as long as it has a row');
  return now as Standing;
}

function headOf(claim: Claim, now: Standing) {
  const { id, venue, subject, reason, atStakeFen, openedAt } = claim;
  return {
    ...{ id, venue, subject, reason, state: now.state },
    atStakeFen: atStakeFen.toString(),
    openedAt: openedAt.toISOString(),
    ...(now.dueAt &&
      now.dueTransition !== undefined && {
        deadline: { at: now.dueAt.toISOString(), what: now.dueTransition },
      }),
  };
}

async function fileOf(reader: Reader, { keys, thread }: ViewDeps, claim: Claim, now: Standing) {
  const { id, offer, appeal } = claim;
  const frozen = await latestFacts(reader, id);
  assert(frozen, 'a claim is opened with facts');
  const said = await statementsOf(reader, keys, id);
  const shown = await photosOf(reader, id);
  const lines = thread ? await thread(reader, claim.subject) : [];
  const side = (userId: string): Side => sideOf(claim, userId);
  return {
    ...headOf(claim, now),
    seq: now.seq,
    claimantRole: claim.claimant.role,
    ...(offer && {
      offer: {
        ...{ refundFen: offer.fen.toString(), side: side(offer.by), at: offer.at.toISOString() },
      },
    }),
    ...(appeal && { appeal: { side: side(appeal.by), at: appeal.at.toISOString() } }),
    decisions: (await decisionsOf(reader, id)).map(decisionView),
    evidence: evidenceView(factsOf(frozen.text), keys.publicKeyPem, {
      ...{ version: frozen.version, digest: frozen.digest.toString('hex') },
    }),
    statements: said.map((one) => ({
      ...{ id: one.id, side: side(one.authorId), text: one.text, at: one.at.toISOString() },
    })),
    photos: shown.map(({ authorId, at, ...photo }) => ({
      ...{ ...photo, side: side(authorId), at: at.toISOString() },
    })),
    thread: lines.map(({ from, text, at }) => ({ from, text, at: at.toISOString() })),
  };
}

function decisionView(made: Decision): Static<typeof DecisionView> {
  const { round, basis, outcome, fault, rule, reasons, words } = made;
  return {
    ...{ round, basis, outcome, fault, rule, reasons: { ...reasons } },
    refundFen: made.refundFen.toString(),
    ...(made.penaltyFen > 0n && { penaltyFen: made.penaltyFen.toString() }),
    ...(words !== undefined && { words }),
    at: made.at.toISOString(),
  };
}

function evidenceView(
  facts: Facts,
  publicKeyPem: string,
  frozen: { version: number; digest: string },
): Static<typeof EvidenceView> {
  const probes = [
    ['listing', facts.verifiedAtListing],
    ['reveal', facts.probeAtReveal],
    ['claim', facts.probeAtClaim],
  ] as const;
  return {
    ...frozen,
    delivery: facts.delivery,
    promisedBalanceFen: facts.promisedBalanceFen.toString(),
    ...(facts.promisedExpiresOn !== undefined && { promisedExpiresOn: facts.promisedExpiresOn }),
    paidAt: facts.paidAt.toISOString(),
    ...(facts.revealedAt && { revealedAt: facts.revealedAt.toISOString() }),
    probes: probes.flatMap(([when, probe]) => {
      if (!probe) return [];
      const sight = sightOf(probe, publicKeyPem);
      const counts = sight?.shows === 'holds' || sight?.shows === 'used';
      return [
        {
          ...{ when, probeId: probe.probeId, genuine: sight !== undefined },
          at: (sight?.at ?? probe.at).toISOString(),
          shows: sight?.shows ?? ('nothing' as const),
          ...(sight && counts && { balanceFen: sight.balanceFen.toString() }),
          ...(sight?.expiresOn !== undefined && { expiresOn: sight.expiresOn }),
        },
      ];
    }),
    events: facts.issuerEvents.map(({ at, kind, amountFen, causeAt, by }) => ({
      ...{ at: at.toISOString(), kind },
      ...(amountFen !== null && { amountFen: amountFen.toString() }),
      ...(causeAt && { causeAt: causeAt.toISOString() }),
      ...(by && { by }),
    })),
    custody: facts.custody.map(({ holder, from, to }) => ({
      ...{ holder, from: from.toISOString() },
      ...(to && { to: to.toISOString() }),
    })),
  };
}

/** What this side may do now; the same questions that the use cases ask again. */
async function actionsOf(
  reader: Reader,
  { claim, side, state }: { claim: Claim; side: Side; state: string },
): Promise<(typeof CLAIM_ACTIONS)[number][]> {
  const may = new Set(await allowedFor(reader, claimProcess, claim.id, side));
  const isOffered = claim.offer && sideOf(claim, claim.offer.by) !== side;
  const actions: [(typeof CLAIM_ACTIONS)[number], boolean][] = [
    ['agree', may.has('agree')],
    ['contest', may.has('contest')],
    ['offer', may.has('settle')],
    ['accept_offer', may.has('settle') && isOffered === true],
    ['withdraw', may.has('withdraw')],
    ['say', (HEARING as readonly string[]).includes(state)],
    ['appeal', may.has('appeal')],
  ];
  return actions.flatMap(([action, can]) => (can ? [action] : []));
}
