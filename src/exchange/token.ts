/** A card goes to the chain and comes back: sealed, promised to the token, checked, attested, minted; burnt, opened. */
import assert from 'node:assert/strict';
import { encodeFunctionData, toHex } from 'viem/utils';
import {
  type Cap,
  type CardSecret,
  cardOf,
  deriveFromSecret,
  disencumber,
  encumber,
  findProduct,
  openRecorded,
  parseCard,
  printsOf,
  recordOpening,
  releaseAtIssuer,
  returnCard,
  sealCard,
  setCustody,
  unlockAtIssuer,
  verifyCard,
} from '#cards';
import { exchangeAbi } from '#contracts';
import { compactSignature } from '#contracts/messages';
import { requireRealName } from '#parties';
import {
  addDays,
  chinaDay,
  chinaInstant,
  type Fen,
  inTransaction,
  newId,
  type Reader,
  Refused,
  randomToken,
  type Secret,
  type Tx,
} from '#platform';
import { type ClockHandler, type Move, move, start } from '#process';
import { attest } from './attest.ts';
import type { ChainDeps } from './deps.ts';
import { secretCommit, secretWords, tokenIdOf } from './domain.ts';
import { tokenLife } from './life.ts';
import { endLock, keepLocked } from './lock.ts';
import { findHolding } from './log-store.ts';
import { isUnanswered } from './reissue-store.ts';
import { relay } from './relay.ts';
import {
  classOf,
  findToken,
  insertToken,
  lockToken,
  saveToken,
  type Token,
  tokenBy,
  tokensIn,
  walletAt,
} from './store.ts';
import { requireWallet } from './wallet.ts';

export const CHECK_TASK = 'exchange.check';
export const LET_GO_TASK = 'exchange.let_go';
export const UNLOCK_TASK = 'exchange.unlock';
const MINT_GAS = 150_000n;
/** A card that dies sooner is of no use to whoever buys its token. */
const DAYS_LEFT_MIN = 7;

export interface Tokenise {
  readonly userId: string;
  readonly walletId: string;
  readonly sku: string;
  readonly faceFen: Fen;
  readonly expiresOn?: string | undefined;
  readonly number: Secret;
  readonly pin: Secret | undefined;
  readonly at: Date;
}

/** A token lives for years: its issuer must be able to keep the card from whoever brought it, who knows its PIN. */
export const isKeepable = (caps: readonly Cap[]): boolean =>
  caps.includes('lock') || caps.includes('transfer');

/** Seals the card and promises it to its token; what the issuer says of it decides by a job. */
export async function tokenise(deps: ChainDeps, input: Tokenise): Promise<Token> {
  const { db, keys } = deps;
  const { userId, walletId, sku, faceFen, expiresOn, at } = input;
  return await inTransaction(db, async (tx) => {
    await requireRealName(tx, userId);
    const wallet = await requireWallet(tx, { walletId, userId });
    const product = await findProduct(tx, sku);
    if (!product) throw new Refused('unknown_product');
    if (!isKeepable(product.issuerCaps)) throw new Refused('token_not_lockable');
    if (expiresOn !== undefined && expiresOn < addDays(chinaDay(at), DAYS_LEFT_MIN))
      throw new Refused('token_expires_soon', { days: DAYS_LEFT_MIN });
    const card = parseCard(product, { number: input.number.reveal(), pin: input.pin?.reveal() });
    if (!card.ok) throw new Refused(card);
    const { cardId } = await sealCard(tx, {
      ...{ keys, userId, product, number: card.number, pin: card.pin, faceFen, expiresOn, at },
    });
    const id = newId(at);
    await encumber(tx, { cardId, kind: 'token', ref: id, at });
    await insertToken(tx, {
      ...{ id, card_id: cardId, user_id: userId, wallet: wallet.address, sku: product.sku },
      ...{ product_zh: product.name.zh, product_en: product.name.en, face_fen: faceFen },
      ...{ expires_on: expiresOn ?? null, last4: card.number.reveal().slice(-4) },
      issuer_class: await classOf(tx, product.issuerId),
      ...{ state: tokenLife.initial, created_at: at },
    });
    await start(tx, tokenLife, {
      ...{ id, at, by: 'holder', actor: userId, record: { cardId, sku, faceFen: String(faceFen) } },
      jobs: [{ task: CHECK_TASK, payload: { tokenRef: id } }],
    });
    return await takeToken(tx, id);
  });
}

async function takeToken(tx: Tx, id: string): Promise<Token> {
  const found = await lockToken(tx, id);
  if (!found) throw new Refused('not_found');
  return found;
}

type TokenStep = Omit<Move<typeof tokenLife>, 'id'> & {
  readonly save?: Parameters<typeof saveToken>[2];
};

/** Nothing of ours is kept at its issuer then. */
const OVER: ReadonlySet<Token['state']> = new Set(['opened', 'turned_down', 'expired']);

/** The one way a token changes here; what it is on the chain is told by `holding`. */
export async function changeToken(tx: Tx, before: Token, step: TokenStep): Promise<Token> {
  const { save = {}, ...rest } = step;
  const { state } = await move(tx, tokenLife, { ...rest, id: before.id });
  await saveToken(tx, before.id, { ...save, state });
  if (OVER.has(state)) await endLock(tx, before.id, step.at);
  return await takeToken(tx, before.id);
}

/** The task: asks the issuer, then attests and mints, or gives the card back. Safe to run again. */
export async function checkToken(deps: ChainDeps, id: string, at: Date): Promise<void> {
  const asked = await findToken(deps.db, id);
  if (asked?.state !== 'checking') return;
  const seen = await verifyCard(deps.cards, {
    ...{ cardId: asked.card_id, ref: id, expectFen: asked.face_fen, at },
    ...(asked.expires_on !== null && { expectExpiresOn: asked.expires_on }),
  });
  // The clock asks again in two minutes, for half an hour.
  if (seen.code === 'ISSUER_UNAVAILABLE') return;
  await inTransaction(deps.db, async (tx) => {
    const now = await takeToken(tx, id);
    if (now.state !== 'checking') return;
    const { code, grade, balanceFen } = seen;
    const save = { grade, balance_fen: balanceFen ?? null };
    if (code !== 'OK') return await turnDown(tx, now, { reason: code, save, at });
    await sendToChain(tx, deps, now, { save, at });
  });
}

export async function turnDown(
  tx: Tx,
  now: Token,
  { reason, save = {}, at }: { reason: string; save?: Parameters<typeof saveToken>[2]; at: Date },
): Promise<void> {
  await changeToken(tx, now, {
    ...{ transition: 'turn_down', by: 'system', at, record: { reason } },
    save: { ...save, reason },
    jobs: [{ task: LET_GO_TASK, payload: { tokenRef: now.id } }],
  });
}

/** Binds the card's secret to its id, signs that it was seen, and queues the mint. */
async function sendToChain(
  tx: Tx,
  deps: ChainDeps,
  now: Token,
  { save, at }: { save: Parameters<typeof saveToken>[2]; at: Date },
): Promise<void> {
  const { keys, on, config } = deps;
  const tokenId = await newTokenId(tx, deps, now);
  // A second fingerprint is a second number: the issuer has replaced the one that was brought.
  const own = (await printsOf(tx, now.card_id)).length === 1;
  // The same card was on the chain before: its id is spent for ever.
  if (await tokenBy(tx, tokenId))
    return await turnDown(tx, now, { reason: 'TOKEN_SPENT', save, at });
  const salt = Buffer.from(randomToken(), 'base64url');
  const commit = await deriveFromSecret(
    tx,
    { keys, cardId: now.card_id, cause: `token/${now.id}/commit`, at },
    ({ number, pin }) =>
      secretCommit(tokenId, secretWords({ number: number.reveal(), pin: pin?.reveal() }), salt),
  );
  const { message, signature } = await attest(tx, deps, {
    ...{ cardId: BigInt(tokenId), holder: now.wallet, issuerClass: now.issuer_class },
    ...{ secretCommit: commit, at },
  });
  const mint = await relay(
    tx,
    { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) },
    {
      ...{
        purpose: 'mint',
        subject: now.id,
        userId: now.user_id,
        to: on.exchange,
        gasMax: MINT_GAS,
        at,
      },
      data: encodeFunctionData({
        abi: exchangeAbi,
        functionName: 'mint',
        args: [message, compactSignature(signature)],
      }),
    },
  );
  await setCustody(tx, { cardId: now.card_id, custody: 'chain', at });
  await changeToken(tx, now, {
    ...{ transition: 'admit', by: 'system', at, record: { tokenId, commit } },
    save: {
      ...{ ...save, token_id: tokenId, secret_commit: commit, mint_relay: mint, own_secret: own },
      salt: keys.seal('exchange/salt', toHex(salt), now.id),
    },
  });
  await keepLocked(tx, now, at);
}

/** The nullifier is an HMAC of the fingerprint, which is one of the number: a number cannot be guessed back from it. */
async function newTokenId(tx: Tx, { keys }: ChainDeps, now: Token) {
  const card = await cardOf(tx, now.card_id);
  const print = (await printsOf(tx, now.card_id)).at(-1);
  assert(card && print, 'a sealed card has a fingerprint');
  return tokenIdOf({
    issuerId: card.issuerId,
    nullifier: keys.fingerprint('exchange/nullifier', print.toString('hex')),
    expiresAt: now.expires_on ? chinaInstant(now.expires_on, 24) : undefined,
  });
}

/** The task: a card that did not get to the chain goes back to who brought it. Safe to run again. */
export async function letGo(deps: ChainDeps, id: string, at: Date): Promise<void> {
  const of = await findToken(deps.db, id);
  if (of?.state !== 'turned_down') return;
  const card = await cardOf(deps.db, of.card_id);
  if (card?.custody !== 'vault' && card?.custody !== 'chain') return;
  const { card_id: cardId } = of;
  const { released, code } = await releaseAtIssuer(deps.cards, { cardId, ref: id, at });
  if (code === 'card_stopped') return;
  await inTransaction(deps.db, async (tx) => {
    // A re-issue that cannot be undone leaves a new number, which its owner may open once.
    if (released) return await returnCard(tx, { cardId: of.card_id, ref: id, at });
    await setCustody(tx, { cardId: of.card_id, custody: 'vault', at });
    await disencumber(tx, { cardId: of.card_id, ref: id, at });
  });
}

/** The task: our own lock at the issuer ends when its owner has the secret, and not before: others may know it too. */
export async function unlockToken(deps: ChainDeps, id: string, at: Date): Promise<void> {
  const of = await findToken(deps.db, id);
  if (of) await unlockAtIssuer(deps.cards, { cardId: of.card_id, ref: id, at });
}

/** How the transaction that mints ended. Mined is not yet minted: the log says so, once it is deep enough. */
export async function mintEnded(
  tx: Tx,
  { subject, state, error }: { subject: string | null; state: string; error: string | null },
  at: Date,
): Promise<void> {
  if (subject === null || state === 'mined') return;
  const now = await lockToken(tx, subject);
  if (now?.state !== 'minting' || (await isMinted(tx, now))) return;
  await turnDown(tx, now, { reason: error ?? 'MINT_FAILED', at });
}

const isMinted = async (reader: Reader, { token_id: id }: Token): Promise<boolean> =>
  id !== null && (await findHolding(reader, id)) !== undefined;

export async function minted(tx: Tx, tokenId: string, at: Date): Promise<void> {
  const before = await lockBy(tx, tokenId);
  if (before?.state === 'minting')
    await changeToken(tx, before, { transition: 'mint', by: 'system', at });
}

/** Once an hour: cards whose last day is over end, and with them what the vault keeps for them. */
export async function expireTokens(deps: Pick<ChainDeps, 'db'>, at: Date): Promise<void> {
  const day = chinaDay(at);
  for (const { id, expires_on: last } of await tokensIn(deps.db, ['on_chain', 'frozen'])) {
    if (last === null || last >= day) continue;
    await inTransaction(deps.db, async (tx) => {
      const now = await takeToken(tx, id);
      if (now.state !== 'on_chain' && now.state !== 'frozen') return;
      await changeToken(tx, now, { transition: 'expire', by: 'system', at });
      await disencumber(tx, { cardId: now.card_id, ref: id, at });
    });
  }
}

async function lockBy(tx: Tx, tokenId: string): Promise<Token | undefined> {
  const found = await tokenBy(tx, tokenId);
  return found && (await lockToken(tx, found.id));
}

/** Burnt for ever: whoever held it last may fetch the secret now. */
export async function burnt(tx: Tx, tokenId: string, at: Date): Promise<void> {
  const before = await lockBy(tx, tokenId);
  if (before?.state !== 'on_chain' && before?.state !== 'frozen') return;
  await changeToken(tx, before, {
    ...{ transition: 'burn', by: 'system', at },
  });
}

/** May this person fetch the secret of a burnt token now? Who held it last by a wallet of theirs may, once. */
export async function mayOpen(reader: Reader, of: Token, userId: string): Promise<boolean> {
  if (of.state !== 'burnt' || of.token_id === null) return false;
  const holding = await findHolding(reader, of.token_id);
  if (holding?.lastOwner === undefined) return false;
  return (await walletAt(reader, holding.lastOwner))?.user_id === userId;
}

const causeOf = (id: string): string => `token/${id}`;

/** M3: the vault shows the secret to the last owner of record. Recorded first, once. */
export async function openToken(
  deps: ChainDeps,
  { id, userId, at }: { id: string; userId: string; at: Date },
): Promise<CardSecret> {
  const opening = await inTransaction(deps.db, async (tx) => {
    const before = await lockToken(tx, id);
    if (!before || !(await mayOpen(tx, before, userId))) throw new Refused('not_found');
    if (await isUnanswered(tx, before.token_id ?? '')) throw new Refused('reissue_open');
    const found = { cardId: before.card_id, cause: causeOf(id), personId: userId };
    await changeToken(tx, before, {
      ...{ transition: 'open', by: 'holder', actor: userId, at },
      jobs: [{ task: UNLOCK_TASK, payload: { tokenRef: id } }],
      save: { opened_by: userId },
    });
    await recordOpening(tx, { ...found, at });
    await setCustody(tx, { cardId: before.card_id, custody: 'buyer', at });
    await disencumber(tx, { cardId: before.card_id, ref: id, at });
    return found;
  });
  return await openRecorded(deps, opening);
}

export function tokenClock(): Record<string, ClockHandler> {
  return {
    token: async (db, { id, transition, at }) =>
      await inTransaction(db, async (tx) => {
        const before = await lockToken(tx, id);
        if (!before) return;
        const again = transition === 'ask_again';
        const back = transition === 'unanswered' || transition === 'mint_late';
        const task = again ? CHECK_TASK : back ? LET_GO_TASK : undefined;
        await changeToken(tx, before, {
          ...{ transition: transition as 'ask_again', by: 'clock', at },
          ...(back && { save: { reason: transition === 'mint_late' ? 'MINT_LATE' : 'NO_ANSWER' } }),
          ...(task && { jobs: [{ task, payload: { tokenRef: id } }] }),
        });
      }),
  };
}
