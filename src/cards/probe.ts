/** A second look at a card that we keep: asked of the issuer without any effect there, signed and kept as evidence. */
import assert from 'node:assert/strict';
import {
  canonicalJson,
  chinaDay,
  type Fen,
  fen,
  inTransaction,
  newId,
  type Reader,
  type Tx,
} from '#platform';
import { append } from '#record';
import { codeOf, judge, validityAfter } from './domain.ts';
import type { Snapshot } from './issuer/adapter.ts';
import { ask, type Settled } from './issuer/call.ts';
import { heldUntil } from './issuer/hold.ts';
import { findVerification, insertProbe, insertVerification, probeText } from './issuer/store.ts';
import type { Code } from './schema.ts';
import { takeOut } from './vault/keep.ts';
import { type Card, lockCard, saveVerdict } from './vault/store.ts';
import { cardAndProduct, type IssuerDeps } from './verify.ts';

export interface ProbeInput {
  readonly cardId: string;
  /** The cause; one probe per card and cause. */
  readonly ref: string;
  /** The cause under which we may have locked the card: our own hold is no fault. */
  readonly heldBy: string;
  readonly expectFen: Fen;
  readonly at: Date;
}
export interface ProbeResult {
  readonly code: Code;
  readonly balanceFen?: bigint | undefined;
  readonly probeId?: string | undefined;
}

/** Safe to repeat: the same cause continues where it stood and asks nothing twice. */
export async function probeCard(deps: IssuerDeps, input: ProbeInput): Promise<ProbeResult> {
  const { db, keys } = deps;
  const { cardId, ref, at } = input;
  const known = await findVerification(db, { cardId, ref });
  if (known) return known;
  const { card, product } = await cardAndProduct(db, cardId);
  const adapter = deps.issuers({ id: card.issuerId, caps: product.issuerCaps });
  if (!adapter.inquire) return { code: 'OTHER' };
  const inquire = adapter.inquire.bind(adapter);
  const secret = await takeOut(db, keys, cardId);
  const told = await ask({
    ...{ db, keys, adapter, card, ref, op: 'inquire', at },
    send: (ctx) => inquire({ sku: card.sku, ...secret }, ctx),
  });
  if (told.state === 'waiting') return { code: 'ISSUER_UNAVAILABLE' };
  const until = await heldUntil(db, { cardId, ref: input.heldBy, at });
  // A lock of ours that is over is somebody else's now.
  const isOurs = until !== undefined && until > at;
  return await inTransaction(db, (tx) => keep(tx, deps, { input, card, told, isOurs }));
}

interface Told {
  readonly input: ProbeInput;
  readonly card: Card;
  readonly told: Exclude<Settled<'inquire'>, { state: 'waiting' }>;
  readonly isOurs: boolean;
}

/** Evidence and verdict in one commit; whoever comes second gets the first answer. */
async function keep(
  tx: Tx,
  { keys }: IssuerDeps,
  { input, card, told, isOurs }: Told,
): Promise<ProbeResult> {
  const { cardId, ref, expectFen, at } = input;
  await lockCard(tx, cardId);
  const done = await findVerification(tx, { cardId, ref });
  if (done) return done;
  const { code, balanceFen, seen } = readingOf(told, { expectFen, isOurs, day: chinaDay(at) });
  const probeId = newId(at);
  const text = canonicalJson({
    v: 1,
    probeId,
    cardId,
    sku: card.sku,
    issuerId: card.issuerId,
    ref,
    requestNo: told.requestNo,
    declaredFen: expectFen,
    code,
    grade: card.grade,
    state: seen?.state,
    balanceFen,
    expiresOn: seen?.expiresOn,
    asOf: seen?.asOf,
    lastUse: seen?.lastUse,
    issuerFacts: told.facts?.text,
    issuerSignature: told.facts?.signature,
    at,
  });
  const signature = keys.sign(Buffer.from(text));
  const { requestNo } = told;
  await insertProbe(tx, { id: probeId, cardId, ref, requestNo, seen: text, signature, at });
  // A look changes nothing about how surely the card is ours, so the grade stays.
  const grade = card.grade ?? 'V0';
  const verification = { code, grade, probeId, ...(balanceFen !== undefined && { balanceFen }) };
  await insertVerification(tx, { cardId, ref, verification, at });
  await saveVerdict(tx, {
    cardId,
    validity: validityAfter(code, balanceFen),
    balanceFen,
    grade,
    at,
  });
  const data = { ref, code, probeId, ...(balanceFen !== undefined && { balanceFen }) };
  await append(tx, { subject: cardId, type: 'card.probed', data, at });
  return verification;
}

function readingOf(
  told: Told['told'],
  { expectFen, isOurs, day }: { expectFen: Fen; isOurs: boolean; day: string },
): { code: Code; balanceFen?: Fen; seen?: Snapshot } {
  if (told.state === 'refused') {
    const code = codeOf(told.kind);
    assert(code !== 'wait', 'a settled refusal is definite');
    return { code, ...(code === 'USED_OR_VOID' && { balanceFen: fen(0n) }) };
  }
  const said = told.value;
  const seen: Snapshot = isOurs && said.state === 'held' ? { ...said, state: 'active' } : said;
  const code = judge(seen, { faceFen: expectFen, expiresOn: undefined, day });
  const { balanceFen } = said;
  return {
    code,
    seen: said,
    ...(balanceFen !== undefined && { balanceFen: fen(BigInt(balanceFen)) }),
  };
}

/** When money was last spent from the card, as a probe saw it; undefined where the issuer does not say. */
export async function lastUseSeen(reader: Reader, probeId: string): Promise<Date | undefined> {
  const seen = await probeText(reader, probeId);
  const { lastUse } = JSON.parse(seen ?? '{}') as { lastUse?: { at: string } };
  return lastUse && new Date(lastUse.at);
}
