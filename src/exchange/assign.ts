/**
 * Profile CN: a card is assigned to one named person (债权转让) and settled by the bank. Each step leaves a signed document
 * by the types of AttestedSettlement, which a chain may be told later; without one it is evidence all the same.
 */
import assert from 'node:assert/strict';
import type { Hex } from 'viem';
import { hashTypedData, keccak256, stringToHex, toHex } from 'viem/utils';
import {
  type CardSecret,
  type CardTold,
  deriveFromSecret,
  disencumber,
  encumber,
  findProduct,
  openRecorded,
  parseCard,
  printsOf,
  probeCard,
  recordOpening,
  releaseAtIssuer,
  returnCard,
  sealCard,
  setCustody,
  unlockAtIssuer,
  verifyCard,
} from '#cards';
import { requireRealName } from '#parties';
import {
  addJob,
  type Fen,
  fen,
  inTransaction,
  newId,
  plus,
  Refused,
  randomDigits,
  randomToken,
  type Secret,
  type Tx,
} from '#platform';
import { type ClockHandler, type Move, move, start } from '#process';
import { append } from '#record';
import {
  type Channel,
  closePayIn,
  createPayout,
  hasPayoutAccount,
  openPayIn,
  refund,
  splitPayIn,
} from '#settlement';
import {
  type Assignment,
  assignmentByCode,
  findAssignment,
  insertAssignment,
  insertDocument,
  lockAssignment,
  saveAssignment,
} from './assign-store.ts';
import { type OwnKind, signerAt } from './attest.ts';
import type { ExchangeDeps } from './deps.ts';
import { FEE_BPS, feeOf, secretCommit, secretWords } from './domain.ts';
import { accountFor } from './keys.ts';
import { ASSIGN_PAY_MS, ATTEST_MS, assignmentLife } from './life.ts';
import { SETTLEMENT_MESSAGES, settlementDomain } from './schema.ts';

export const ASSIGN_CHECK_TASK = 'exchange.assign_check';
export const NOTICE_TASK = 'exchange.notice';
export const ASSIGN_LET_GO_TASK = 'exchange.assign_let_go';
export const ASSIGN_UNLOCK_TASK = 'exchange.assign_unlock';
const CODE_DIGITS = 12;

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
const printOf = ({ keys }: ExchangeDeps, code: string): Buffer =>
  keys.fingerprint('exchange/assignment-code', code);

export interface Offer {
  readonly userId: string;
  readonly sku: string;
  readonly faceFen: Fen;
  readonly priceFen: Fen;
  readonly number: Secret;
  readonly pin: Secret | undefined;
  readonly at: Date;
}

/** Seals the card; gives the code by which the one buyer is invited, which is not kept. */
export async function offerAssignment(
  deps: ExchangeDeps,
  input: Offer,
): Promise<{ assignment: Assignment; code: string }> {
  const { db, keys } = deps;
  const { userId, sku, faceFen, priceFen, at } = input;
  const code = randomDigits(CODE_DIGITS);
  const assignment = await inTransaction(db, async (tx) => {
    await requireRealName(tx, userId);
    if (!(await hasPayoutAccount(tx, userId))) throw new Refused('payout_account_needed');
    const product = await findProduct(tx, sku);
    if (!product) throw new Refused('unknown_product');
    if (priceFen > faceFen) throw new Refused('price_above_balance');
    const card = parseCard(product, { number: input.number.reveal(), pin: input.pin?.reveal() });
    if (!card.ok) throw new Refused(card);
    const { cardId } = await sealCard(tx, {
      ...{ keys, userId, product, number: card.number, pin: card.pin, faceFen, at },
    });
    const id = newId(at);
    await encumber(tx, { cardId, kind: 'order', ref: id, at });
    await insertAssignment(tx, {
      ...{ id, card_id: cardId, seller_id: userId, code_print: printOf(deps, code) },
      ...{ sku, product_zh: product.name.zh, product_en: product.name.en },
      ...{ face_fen: faceFen, price_fen: priceFen, fee_fen: feeOf(priceFen) },
      ...{ last4: card.number.reveal().slice(-4), state: assignmentLife.initial, created_at: at },
    });
    await start(tx, assignmentLife, {
      ...{ id, at, by: 'seller', actor: userId, record: { cardId, priceFen: String(priceFen) } },
      jobs: [{ task: ASSIGN_CHECK_TASK, payload: { assignmentId: id } }],
    });
    return await take(tx, id);
  });
  return { assignment, code };
}

async function take(tx: Tx, id: string): Promise<Assignment> {
  const found = await lockAssignment(tx, id);
  if (!found) throw new Refused('not_found');
  return found;
}

type Step = Omit<Move<typeof assignmentLife>, 'id'> & {
  readonly save?: Parameters<typeof saveAssignment>[2];
};

async function change(tx: Tx, before: Assignment, step: Step): Promise<Assignment> {
  const { save = {}, accounts, ...rest } = step;
  const after = await move(tx, assignmentLife, {
    ...rest,
    id: before.id,
    accounts: {
      ...{ ESCROW: `ESCROW:${before.id}`, PAYABLE: `PAYABLE:${before.seller_id}`, FEE: 'FEE' },
      ...(before.buyer_id && { BUYER: `PAYABLE:${before.buyer_id}` }),
      ...accounts,
    },
    amounts: {
      ...{ price: before.price_fen, fee: before.fee_fen },
      net: fen(before.price_fen - before.fee_fen),
    },
  });
  await saveAssignment(tx, before.id, { ...save, state: after.state });
  return await take(tx, before.id);
}

/** Signs a document by its type and keeps it; the record knows its digest. */
async function sign(
  tx: Tx,
  deps: ExchangeDeps,
  of: {
    assignmentId: string;
    kind: keyof typeof SETTLEMENT_MESSAGES;
    by: OwnKind;
    message: Record<string, bigint | number | string>;
    at: Date;
  },
): Promise<Hex> {
  const { assignmentId, kind, by, message, at } = of;
  const signer = await signerAt(tx, by, at);
  assert(signer, `a ${by} key is in its window`);
  const account = accountFor(deps.keys, by, signer.version);
  assert(account.signTypedData, 'a key of ours signs');
  const data = {
    ...{ domain: settlementDomain, types: { [kind]: SETTLEMENT_MESSAGES[kind] } },
    ...{ primaryType: kind, message },
  };
  const digest = hashTypedData(data);
  const signature = await account.signTypedData(data);
  const plain = Object.fromEntries(
    Object.entries(message).map(([key, value]) => [key, String(value)]),
  );
  await insertDocument(tx, {
    ...{ assignmentId, kind, message: plain, digest, signature },
    ...{ signer: signer.address, signedAt: at },
  });
  const noted = { kind, digest, signer: signer.address };
  await append(tx, { subject: assignmentId, type: 'assignment.signed', data: noted, at });
  return digest;
}

/** A word that names something to those who know the salt, and says nothing to others. */
const wordOf = (deps: ExchangeDeps, what: string, id: string): Hex =>
  toHex(deps.keys.fingerprint(`exchange/${what}`, id));

/** One for each agreement: a second buyer, or a second try, is another order. */
const orderIdOf = (deps: ExchangeDeps, of: Pick<Assignment, 'id' | 'buyer_id' | 'pay_by'>): Hex =>
  wordOf(deps, 'order', `${of.id}/${of.buyer_id}/${of.pay_by?.getTime()}`);

/** The task: asks the issuer, then attests, or gives the card back. Safe to run again. */
export async function checkAssignment(deps: ExchangeDeps, id: string, at: Date): Promise<void> {
  const asked = await findAssignment(deps.db, id);
  if (asked?.state !== 'checking') return;
  const seen = await verifyCard(deps.cards, {
    ...{ cardId: asked.card_id, ref: id, expectFen: asked.face_fen, at },
  });
  if (seen.code === 'ISSUER_UNAVAILABLE') return;
  await inTransaction(deps.db, async (tx) => {
    const now = await take(tx, id);
    if (now.state !== 'checking') return;
    const balance = seen.balanceFen ?? null;
    if (seen.code !== 'OK') {
      await change(tx, now, {
        ...{ transition: 'turn_down', by: 'system', at, record: { reason: seen.code } },
        ...{ save: { balance_fen: balance, reason: seen.code } },
        jobs: [{ task: ASSIGN_LET_GO_TASK, payload: { assignmentId: id } }],
      });
      return;
    }
    await attestCard(tx, deps, now, { balance: balance ?? now.face_fen, at });
  });
}

async function attestCard(
  tx: Tx,
  deps: ExchangeDeps,
  now: Assignment,
  { balance, at }: { balance: bigint; at: Date },
): Promise<void> {
  const { keys } = deps;
  const print = (await printsOf(tx, now.card_id)).at(-1);
  assert(print, 'a sealed card has a fingerprint');
  const salt = Buffer.from(randomToken(), 'base64url');
  const cardRef = wordOf(deps, 'card-ref', `${now.id}/${print.toString('hex')}`);
  const commit = await deriveFromSecret(
    tx,
    { keys, cardId: now.card_id, cause: `assignment/${now.id}/commit`, at },
    ({ number, pin }) =>
      secretCommit(cardRef, secretWords({ number: number.reveal(), pin: pin?.reveal() }), salt),
  );
  await sign(tx, deps, {
    ...{ assignmentId: now.id, kind: 'CardAttest', by: 'verifier', at },
    message: {
      ...{ cardRef, secretCommit: commit, balance },
      ...{ asOf: seconds(at), deadline: seconds(plus(at, ATTEST_MS)) },
    },
  });
  await change(tx, now, {
    ...{ transition: 'attest', by: 'system', at, record: { cardRef, commit } },
    save: {
      ...{ balance_fen: balance, card_ref: cardRef, secret_commit: commit },
      salt: keys.seal('exchange/salt', toHex(salt), now.id),
    },
  });
}

/** The assignment that a code invites to; nothing for a code that was not given, and not to its own seller. */
export async function invitedBy(
  deps: ExchangeDeps,
  { code, userId }: { code: string; userId: string },
): Promise<Assignment> {
  const found = await assignmentByCode(deps.db, printOf(deps, code));
  if (!found || found.seller_id === userId) throw new Refused('not_found');
  if (found.buyer_id !== null && found.buyer_id !== userId) throw new Refused('not_found');
  return found;
}

/** The invited buyer agrees: the order is signed, and the bank is told what to expect. */
export async function agreeAssignment(
  deps: ExchangeDeps,
  input: { code: string; userId: string; channel: Channel; at: Date },
): Promise<Assignment> {
  const { userId, channel, at } = input;
  const { id } = await invitedBy(deps, input);
  return await inTransaction(deps.db, async (tx) => {
    await requireRealName(tx, userId);
    const before = await take(tx, id);
    if (before.state !== 'attested') throw new Refused('wrong_state', { state: before.state });
    assert(before.card_ref, 'what is attested has its reference');
    const payBy = plus(at, ASSIGN_PAY_MS);
    await sign(tx, deps, {
      ...{ assignmentId: id, kind: 'Order', by: 'desk', at },
      message: {
        ...{ orderId: orderIdOf(deps, { id, buyer_id: userId, pay_by: payBy }) },
        ...{ cardRef: before.card_ref, payee: wordOf(deps, 'payee', before.seller_id) },
        ...{ buyer: wordOf(deps, 'buyer', userId), price: before.price_fen, feeBps: FEE_BPS },
        ...{ charityBps: 0, charityId: 0, deadline: seconds(payBy) },
      },
    });
    const after = await change(tx, before, {
      ...{ transition: 'agree', by: 'buyer', actor: userId, at },
      save: { buyer_id: userId, channel, pay_by: payBy },
    });
    await openPayIn(tx, {
      ...{ subject: id, payerId: userId, amountFen: before.price_fen, channel, at },
      expiresAt: payBy,
    });
    return after;
  });
}

export async function withdrawAssignment(
  deps: ExchangeDeps,
  { id, userId, at }: { id: string; userId: string; at: Date },
): Promise<Assignment> {
  return await inTransaction(deps.db, async (tx) => {
    const before = await lockAssignment(tx, id);
    if (before?.seller_id !== userId) throw new Refused('not_found');
    return await change(tx, before, {
      ...{ transition: 'withdraw', by: 'seller', actor: userId, at },
      jobs: [{ task: ASSIGN_LET_GO_TASK, payload: { assignmentId: id } }],
    });
  });
}

/** The bank has told, signed, that the price is there: escrow, proof, and the issuer is to be told. Undefined: not ours. */
export async function assignmentPaid(
  tx: Tx,
  deps: ExchangeDeps,
  paid: { subject: string; payInId: string; amountFen: Fen; from: string; at: Date },
): Promise<'taken' | 'late' | undefined> {
  const { subject: id, payInId, amountFen, from, at } = paid;
  const before = await lockAssignment(tx, id);
  if (!before) return undefined;
  const inTime = before.pay_by !== null && at < before.pay_by;
  if (before.state !== 'agreed' || !inTime || amountFen !== before.price_fen) return 'late';
  await sign(tx, deps, {
    ...{ assignmentId: id, kind: 'PaymentProof', by: 'bank', at },
    message: {
      ...{ orderId: orderIdOf(deps, before), payee: wordOf(deps, 'payee', before.seller_id) },
      ...{ amount: amountFen, bankRef: keccak256(stringToHex(payInId)), time: seconds(at) },
    },
  });
  await change(tx, before, {
    ...{ transition: 'pay', by: 'system', at, record: { payInId } },
    accounts: { BUYER_IN: from },
    jobs: [{ task: NOTICE_TASK, payload: { assignmentId: id } }],
  });
  return 'taken';
}

/** Nothing came: the invitation stands again, for whoever has the code. */
export async function assignmentUnpaid(
  tx: Tx,
  { subject, at }: { subject: string; at: Date },
): Promise<void> {
  const before = await lockAssignment(tx, subject);
  if (before?.state !== 'agreed') return;
  await change(tx, before, { transition: 'pay_late', by: 'system', at, save: NO_BUYER });
}
const NO_BUYER = { buyer_id: null, channel: null, pay_by: null };

/** The task: the card is proved once more, then the notice of assignment is given. Safe to run again. */
export async function giveNotice(deps: ExchangeDeps, id: string, at: Date): Promise<void> {
  const asked = await findAssignment(deps.db, id);
  if (asked?.state !== 'paid') return;
  const seen = await probeCard(deps.cards, {
    ...{ cardId: asked.card_id, ref: `${id}/notice`, heldBy: id, expectFen: asked.face_fen, at },
  });
  if (seen.code === 'ISSUER_UNAVAILABLE') return;
  await inTransaction(deps.db, async (tx) => {
    const now = await take(tx, id);
    if (now.state !== 'paid') return;
    if (seen.code !== 'OK') return await giveMoneyBack(tx, now, { reason: seen.code, at });
    const noticeHash = keccak256(
      stringToHex(`债权转让通知 ${now.sku} ${now.card_ref} ${now.price_fen} ${at.toISOString()}`),
    );
    await sign(tx, deps, {
      ...{ assignmentId: id, kind: 'AssignmentNotice', by: 'issuer', at },
      message: { orderId: orderIdOf(deps, now), noticeHash, receivedAt: seconds(at) },
    });
    await change(tx, now, {
      ...{ transition: 'notice', by: 'system', at },
      record: { noticeHash, ...(seen.probeId && { probe: seen.probeId }) },
    });
  });
}

/** Somebody tells that the card is bad. Nobody has seen its secret before the sale is settled. */
export async function stopAssigned(tx: Tx, { promise, reason, at }: CardTold): Promise<void> {
  const before = promise.kind === 'order' ? await lockAssignment(tx, promise.ref) : undefined;
  if (!before) return;
  const { id, state } = before;
  const letGo = { jobs: [{ task: ASSIGN_LET_GO_TASK, payload: { assignmentId: id } }] };
  const step = { by: 'system', at, record: { reason }, save: { reason } } as const;
  if (state === 'checking')
    await change(tx, before, { ...step, ...letGo, transition: 'turn_down' });
  if (state === 'paid' || state === 'noticed') await giveMoneyBack(tx, before, { reason, at });
  if (state !== 'attested' && state !== 'agreed') return;
  if (state === 'agreed') {
    await closePayIn(tx, { subject: id, at });
    await change(tx, before, { transition: 'pay_late', by: 'system', at, save: NO_BUYER });
  }
  await change(tx, await take(tx, id), { ...step, ...letGo, transition: 'withdraw' });
}

/** The notice was lifted: the card of an assignment that came to nothing goes back now. */
export async function freeAssigned(tx: Tx, { refs }: { refs: readonly string[] }): Promise<void> {
  for (const assignmentId of refs)
    if (await findAssignment(tx, assignmentId))
      await addJob(tx, ASSIGN_LET_GO_TASK, { assignmentId });
}

async function giveMoneyBack(
  tx: Tx,
  now: Assignment,
  { reason, at, by = 'system' }: { reason: string; at: Date; by?: 'system' | 'clock' },
): Promise<void> {
  const transition = by === 'clock' ? 'notice_late' : 'fail';
  await change(tx, now, {
    ...{ transition, by, at, record: { reason }, save: { reason } },
    jobs: [{ task: ASSIGN_LET_GO_TASK, payload: { assignmentId: now.id } }],
  } as Step);
  assert(now.buyer_id, 'what was paid has a buyer');
  await refund(tx, {
    ...{ subject: now.id, amountFen: now.price_fen, at },
    ...{ from: `PAYABLE:${now.buyer_id}`, reason: `assignment.${now.id}` },
  });
}

/** The assignee fetches the secret: recorded first, once; with it the seller is paid. */
export async function openAssigned(
  deps: ExchangeDeps,
  { id, userId, at }: { id: string; userId: string; at: Date },
): Promise<CardSecret> {
  const opening = await inTransaction(deps.db, async (tx) => {
    const before = await lockAssignment(tx, id);
    if (before?.buyer_id !== userId) throw new Refused('not_found');
    const found = { cardId: before.card_id, cause: `assignment/${id}`, personId: userId };
    const late = before.state === 'settled';
    if (!late) await settle(tx, before, { by: 'buyer', actor: userId, at });
    await recordOpening(tx, { ...found, at });
    return found;
  });
  return await openRecorded(deps, opening);
}

async function settle(
  tx: Tx,
  before: Assignment,
  who: { by: 'buyer' | 'clock'; actor?: string; at: Date },
): Promise<void> {
  const { at } = who;
  const { id: subject, seller_id: userId, fee_fen: fee, price_fen: price } = before;
  const net = fen(price - fee);
  await change(tx, before, {
    ...{ ...who, transition: 'settle' },
    jobs: [{ task: ASSIGN_UNLOCK_TASK, payload: { assignmentId: subject } }],
  });
  const shares = [
    { receiver: `PAYABLE:${userId}`, role: 'payee' as const, amount: net },
    { receiver: 'FEE', role: 'platform' as const, amount: fee },
  ].filter(({ amount }) => amount > 0n);
  await splitPayIn(tx, { subject, key: subject, shares, at });
  await createPayout(tx, { userId, subject, amountFen: net, cardId: before.card_id, at });
  await disencumber(tx, { cardId: before.card_id, ref: subject, at });
  await setCustody(tx, { cardId: before.card_id, custody: 'buyer', at });
}

/** The task: a card whose assignment did not come about goes back to its seller. Safe to run again. */
export async function letGoAssigned(deps: ExchangeDeps, id: string, at: Date): Promise<void> {
  const of = await findAssignment(deps.db, id);
  if (!of || !['turned_down', 'withdrawn', 'refunded'].includes(of.state)) return;
  const { card_id: cardId } = of;
  const { released, code } = await releaseAtIssuer(deps.cards, { cardId, ref: id, at });
  if (code === 'card_stopped') return;
  await inTransaction(deps.db, async (tx) => {
    if (released) return await returnCard(tx, { cardId, ref: id, at });
    await disencumber(tx, { cardId, ref: id, at });
  });
}

export async function unlockAssigned(deps: ExchangeDeps, id: string, at: Date): Promise<void> {
  const of = await findAssignment(deps.db, id);
  if (of) await unlockAtIssuer(deps.cards, { cardId: of.card_id, ref: id, at });
}

const TASK_OF: Readonly<Partial<Record<string, string>>> = {
  ask_again: ASSIGN_CHECK_TASK,
  notice_again: NOTICE_TASK,
  unanswered: ASSIGN_LET_GO_TASK,
  lapse: ASSIGN_LET_GO_TASK,
};

export function assignmentClock(): Record<string, ClockHandler> {
  return {
    assignment: async (db, { id, transition, at }) =>
      await inTransaction(db, async (tx) => {
        const before = await lockAssignment(tx, id);
        if (!before) return;
        if (transition === 'settle') return await settle(tx, before, { by: 'clock', at });
        if (transition === 'notice_late')
          return await giveMoneyBack(tx, before, { reason: 'NOTICE_LATE', at, by: 'clock' });
        const task = TASK_OF[transition];
        await change(tx, before, {
          ...{ transition: transition as 'ask_again', by: 'clock', at },
          ...(transition === 'pay_late' && { save: NO_BUYER }),
          ...(task && { jobs: [{ task, payload: { assignmentId: id } }] }),
        });
      }),
  };
}
