/**
 * Verification of one card with its issuer: inquire, then lock or re-issue as far as the issuer can. May be called
 * again at any time for the same cause: it continues where it stood and asks nothing twice.
 */
import assert from 'node:assert/strict';
import {
  canonicalJson,
  chinaDay,
  type Db,
  type Fen,
  fen,
  inTransaction,
  type Keys,
  newId,
  WorldError,
} from '#platform';
import { append } from '#record';
import { codeOf, type Declared, gradeAfter, judge, validityAfter } from './domain.ts';
import type { IssuerAdapter, Issuers, Snapshot } from './issuer/adapter.ts';
import { ask, type Settled, settleOrCancel } from './issuer/call.ts';
import { waitSeconds } from './issuer/guard.ts';
import { holdOf, LOCK_TTL_MS, settleHolds } from './issuer/hold.ts';
import {
  type CallOp,
  dropCallSecrets,
  findCall,
  findVerification,
  insertBadAttempt,
  insertProbe,
  insertVerification,
  type Verification,
} from './issuer/store.ts';
import type { Code, Grade, ProductView } from './schema.ts';
import { stoppedAmong } from './stop/store.ts';
import { productVersion } from './store.ts';
import { renewSecret, takeOut } from './vault/keep.ts';
import { type Card, findCard, lockCard, saveCustody, saveVerdict } from './vault/store.ts';

export interface IssuerDeps {
  readonly db: Db;
  readonly keys: Keys;
  readonly issuers: Issuers;
}
export interface VerifyInput {
  readonly cardId: string;
  /** The cause, an order id for example; one verification per card and cause. */
  readonly ref: string;
  readonly at: Date;
  /** What the seller has accepted; the face the card was given with unless a new quote was accepted. */
  readonly expectFen?: Fen;
  readonly expectExpiresOn?: string;
  /** The caller bounds wrong numbers by other means: none of them is a guess of the card's owner. */
  readonly bounded?: boolean;
}

interface Walk extends IssuerDeps, VerifyInput {
  readonly card: Card;
  readonly adapter: IssuerAdapter;
  readonly declared: Declared;
}
interface Finding {
  readonly code: Code;
  readonly grade: Grade;
  readonly seen: Snapshot | undefined;
  readonly balanceFen: Fen | undefined;
  /** The call that decided. */
  readonly by: Settled<CallOp> | undefined;
  readonly transfer?: Extract<Settled<'transfer'>, { state: 'done' }>;
}

export async function verifyCard(deps: IssuerDeps, input: VerifyInput): Promise<Verification> {
  const { db } = deps;
  const { cardId, ref, at } = input;
  const known = await findVerification(db, { cardId, ref });
  if (known) return known;
  const { card, product } = await cardAndProduct(db, cardId);
  const asker = { userId: card.ownerId, issuerId: card.issuerId, at };
  const guessing =
    !input.bounded && (await waitSeconds(db, asker)) > 0 && !(await wasAsked(db, { cardId, ref }));
  const walk: Walk = {
    ...deps,
    ...input,
    card,
    adapter: deps.issuers({ id: card.issuerId, caps: product.issuerCaps }),
    declared: {
      faceFen: input.expectFen ?? card.faceFen,
      expiresOn: input.expectExpiresOn ?? card.expiresOn,
      day: chinaDay(at),
    },
  };
  // After too many wrong numbers the issuer is not asked again for this person: a human looks first.
  const found = guessing ? unasked('ISSUER_EXTRA_CHECK') : await walkOver(walk);
  if ('retryAfterMs' in found)
    return { code: 'ISSUER_UNAVAILABLE', grade: 'V0', retryAfterMs: found.retryAfterMs };
  return await conclude(walk, found);
}

export async function cardAndProduct(
  db: Db,
  cardId: string,
): Promise<{ card: Card; product: ProductView }> {
  const card = await findCard(db, cardId);
  assert(card, 'unknown card');
  const version = { sku: card.sku, version: card.productVersion };
  const product = await productVersion(db, version);
  assert(product, 'a card keeps its product version');
  return { card, product };
}

const wasAsked = async (db: Db, key: { cardId: string; ref: string }): Promise<boolean> =>
  (await findCall(db, { ...key, op: 'inquire' })) !== undefined;

const unasked = (code: Code): Finding => ({
  code,
  grade: 'V0',
  seen: undefined,
  balanceFen: undefined,
  by: undefined,
});

type Waiting = { readonly retryAfterMs: number };

async function walkOver(walk: Walk): Promise<Finding | Waiting> {
  const { adapter, declared } = walk;
  if (!adapter.inquire) return unasked('OTHER');
  const secret = await takeOut(walk.db, walk.keys, walk.card.cardId);
  const ref = { sku: walk.card.sku, ...secret };
  const inquire = adapter.inquire.bind(adapter);
  const inquired = await ask({ ...walk, op: 'inquire', send: (ctx) => inquire(ref, ctx) });
  if (inquired.state === 'waiting') return inquired;
  if (inquired.state === 'refused') return refusedBy(inquired, undefined, 'V0');
  const seen = inquired.value;
  const balanceFen = seen.balanceFen === undefined ? undefined : fen(BigInt(seen.balanceFen));
  const code = judge(seen, declared);
  const inquiry: Finding = { code, grade: 'V2', seen, balanceFen, by: inquired };
  if (code !== 'OK') return inquiry;

  if (adapter.transfer) {
    const transfer = adapter.transfer.bind(adapter);
    const moved = await ask({ ...walk, op: 'transfer', send: (ctx) => transfer(ref, ctx) });
    return moved.state === 'done' ? transferred(walk, seen, moved) : unheld(moved, seen);
  }
  if (adapter.lock) {
    const lock = adapter.lock.bind(adapter);
    const terms = { amountFen: String(declared.faceFen), ttlMs: LOCK_TTL_MS };
    const held = await ask({ ...walk, op: 'lock', send: (ctx) => lock(ref, terms, ctx) });
    if (held.state !== 'done') return unheld(held, seen);
    const grade = gradeAfter({ locked: true, transferred: false, proven: false });
    return { ...inquiry, grade, by: held };
  }
  return inquiry;
}

const unheld = (
  settled: Exclude<Settled<CallOp>, { state: 'done' }>,
  seen: Snapshot,
): Finding | Waiting => (settled.state === 'waiting' ? settled : refusedBy(settled, seen, 'V2'));

function refusedBy(
  refused: Extract<Settled<CallOp>, { state: 'refused' }>,
  seen: Snapshot | undefined,
  grade: Grade,
): Finding {
  const code = codeOf(refused.kind);
  assert(code !== 'wait', 'a settled refusal is definite');
  const isEmpty = code === 'USED_OR_VOID';
  return { code, grade, seen, balanceFen: isEmpty ? fen(0n) : undefined, by: refused };
}

/** The issuer has moved what was really there: less than declared is a mismatch on a card that is ours already. */
function transferred(
  walk: Walk,
  seen: Snapshot,
  moved: Extract<Settled<'transfer'>, { state: 'done' }>,
): Finding {
  const balanceFen = fen(BigInt(moved.value.balanceFen));
  const code = balanceFen === walk.declared.faceFen ? 'OK' : 'FACE_MISMATCH_BOUND';
  const grade = gradeAfter({ locked: false, transferred: true, proven: moved.proven });
  return { code, grade, seen, balanceFen, by: moved, transfer: moved };
}

/** Evidence, verdict and the re-issued secret in one commit; whoever comes second gets the first answer. */
async function conclude(walk: Walk, found: Finding): Promise<Verification> {
  const { db, keys, card, ref, at } = walk;
  const { code, grade, seen, balanceFen, by } = found;
  const probeId = by && by.state !== 'waiting' ? newId(at) : undefined;
  const verification: Verification = {
    code,
    grade,
    ...(balanceFen !== undefined && { balanceFen }),
    ...(seen?.expiresOn !== undefined && { expiresOn: seen.expiresOn }),
    ...(probeId !== undefined && { probeId }),
    ...(seen?.soldAt !== undefined && { soldAt: new Date(seen.soldAt) }),
  };
  const { cardId } = card;
  return await inTransaction(db, async (tx) => {
    await lockCard(tx, cardId);
    const done = await findVerification(tx, { cardId, ref });
    if (done) return done;
    if (probeId && by && by.state !== 'waiting') {
      const seenText = probeText(walk, found, probeId, by);
      const signature = keys.sign(Buffer.from(seenText));
      const { requestNo } = by;
      await insertProbe(tx, { id: probeId, cardId, ref, requestNo, seen: seenText, signature, at });
    }
    await insertVerification(tx, { cardId, ref, verification, at });
    const validity = validityAfter(code, balanceFen);
    await saveVerdict(tx, { cardId, validity, balanceFen, grade, at });
    if (code === 'BAD_CREDENTIALS' && !walk.bounded)
      await insertBadAttempt(tx, {
        id: newId(at),
        userId: card.ownerId,
        issuerId: card.issuerId,
        at,
      });
    if (found.transfer?.fresh) {
      await renewSecret(tx, { keys, card, secret: found.transfer.fresh, at });
      await dropCallSecrets(tx, cardId);
      await saveCustody(tx, cardId, 'vault');
    }
    const data = { ref, code, grade, probeId, ...(balanceFen !== undefined && { balanceFen }) };
    await append(tx, { subject: cardId, type: 'card.verified', data, at });
    return verification;
  });
}

/** What was seen, in the words that are signed: ids, codes and amounts, and the issuer's own signed facts. */
function probeText(
  { card, ref, at, declared }: Walk,
  { code, grade, seen, balanceFen }: Finding,
  probeId: string,
  by: Exclude<Settled<CallOp>, { state: 'waiting' }>,
): string {
  return canonicalJson({
    v: 1,
    probeId,
    cardId: card.cardId,
    sku: card.sku,
    issuerId: card.issuerId,
    ref,
    requestNo: by.requestNo,
    declaredFen: declared.faceFen,
    code,
    grade,
    state: seen?.state,
    balanceFen,
    expiresOn: seen?.expiresOn,
    asOf: seen?.asOf,
    lastUse: seen?.lastUse,
    issuerFacts: by.facts?.text,
    issuerSignature: by.facts?.signature,
    at,
  });
}

/**
 * Gives back what `verifyCard` took at the issuer for this cause: frees the lock, or undoes the re-issue inside the
 * issuer's window. Throws WorldError while the issuer does not answer, so that the job tries again. `card_stopped`: not
 * now, and its room is told when it may.
 */
export async function releaseAtIssuer(
  deps: IssuerDeps,
  { cardId, ref, at }: { cardId: string; ref: string; at: Date },
): Promise<{ released: boolean; code?: string }> {
  // What a notice names stays as it is, at its issuer too; the caller's job is queued anew when the notice is lifted.
  if ((await stoppedAmong(deps.db, [cardId])).size > 0)
    return { released: false, code: 'card_stopped' };
  const { card, product } = await cardAndProduct(deps.db, cardId);
  const adapter = deps.issuers({ id: card.issuerId, caps: product.issuerCaps });
  const base = { ...deps, adapter, card, ref, at };
  const inquired = await settleOrCancel({ ...base, op: 'inquire' });
  const isSettled = await settleHolds(base);
  const moved = await settleOrCancel({ ...base, op: 'transfer' });
  if (!isSettled || inquired?.state === 'waiting' || moved?.state === 'waiting')
    throw new WorldError('ask', 'issuer_unavailable');
  if (moved?.state === 'done') {
    if (!adapter.void) return { released: false, code: 'not_undoable' };
    const undo = adapter.void.bind(adapter);
    const { transferId } = moved.value;
    return outcome(await ask({ ...base, op: 'void', send: (ctx) => undo(transferId, ctx) }));
  }
  return await giveBackHold(base);
}

/** Ends our lock and nothing else, once the card is its buyer's to spend; a re-issue stays. Safe to repeat. */
export async function unlockAtIssuer(
  deps: IssuerDeps,
  { cardId, ref, at }: { cardId: string; ref: string; at: Date },
): Promise<void> {
  if ((await stoppedAmong(deps.db, [cardId])).size > 0) return;
  const { card, product } = await cardAndProduct(deps.db, cardId);
  const adapter = deps.issuers({ id: card.issuerId, caps: product.issuerCaps });
  const base = { ...deps, adapter, card, ref, at };
  if (!(await settleHolds(base))) throw new WorldError('ask', 'issuer_unavailable');
  await giveBackHold(base);
}

async function giveBackHold(
  base: Parameters<typeof settleHolds>[0],
): Promise<ReturnType<typeof outcome>> {
  const { adapter, db, card, ref } = base;
  const held = await holdOf(db, { cardId: card.cardId, ref });
  if (!held || !adapter.release) return { released: true };
  const release = adapter.release.bind(adapter);
  return outcome(await ask({ ...base, op: 'release', send: (ctx) => release(held.holdId, ctx) }));
}

function outcome(settled: Settled<'void' | 'release'>): { released: boolean; code?: string } {
  if (settled.state === 'waiting') throw new WorldError('retry', 'issuer_unavailable');
  if (settled.state === 'refused') return { released: false, code: settled.kind };
  return { released: true };
}
