/** SQL of deployments, keys, wallets, challenges, tokens, signed orders, sales and reconciliations. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Address, Hex } from 'viem';
import { type Database, type Fen, fen, type Reader, type Tx, violated } from '#platform';
import type { OrderState, TokenState } from './life.ts';

export type Deployment = Selectable<Database['exchange.deployment']>;

export async function liveDeployment(
  reader: Reader,
  chainId: number,
): Promise<Deployment | undefined> {
  return await reader
    .selectFrom('exchange.deployment')
    .selectAll()
    .where('chain_id', '=', BigInt(chainId))
    .where('retired_at', 'is', null)
    .executeTakeFirst();
}

export async function insertDeployment(
  tx: Tx,
  row: Insertable<Database['exchange.deployment']>,
): Promise<void> {
  await tx
    .updateTable('exchange.deployment')
    .set({ retired_at: row.deployed_at })
    .where('chain_id', '=', row.chain_id)
    .where('retired_at', 'is', null)
    .execute();
  await tx.insertInto('exchange.deployment').values(row).execute();
}

/** A new deployment begins with a chain that nobody has read. */
export async function forgetChain(tx: Tx): Promise<void> {
  for (const table of [
    ...(['block', 'cursor', 'holding', 'balance', 'fraction', 'permit'] as const),
  ])
    await tx.deleteFrom(`exchange.${table}`).execute();
  // Issuers' keys are told to it anew; one that was revoked stays so.
  await tx
    .deleteFrom('exchange.signer')
    .where('kind', '=', 'reissuer')
    .where('revoked_at', 'is', null)
    .execute();
}

export type SignerRow = Selectable<Database['exchange.signer']>;

/** Houses that open at once on one database renew keys one after the other. */
export async function lockSigners(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('exchange/signers', 0))`.execute(tx);
}

export async function insertSigner(
  tx: Tx,
  row: Insertable<Database['exchange.signer']>,
): Promise<void> {
  await tx.insertInto('exchange.signer').values(row).execute();
}

/** Keys that the contract has yet to take. */
export async function awaitingSigners(reader: Reader): Promise<SignerRow[]> {
  return await reader
    .selectFrom('exchange.signer')
    .selectAll()
    .where('awaits_chain', '=', true)
    .where('revoked_at', 'is', null)
    .orderBy('version')
    .execute();
}

/** False when somebody has noted it already. */
export async function signerTaken(
  tx: Tx,
  { kind, version }: Pick<SignerRow, 'kind' | 'version'>,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('exchange.signer')
    .set({ awaits_chain: false })
    .where('kind', '=', kind)
    .where('version', '=', version)
    .where('awaits_chain', '=', true)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Newest first. */
export async function signersOf(reader: Reader, kind: string): Promise<SignerRow[]> {
  return await reader
    .selectFrom('exchange.signer')
    .selectAll()
    .where('kind', '=', kind)
    .orderBy('version', 'desc')
    .execute();
}

export async function signersAt(reader: Reader, address: string): Promise<SignerRow[]> {
  return await reader
    .selectFrom('exchange.signer')
    .selectAll()
    .where('address', '=', address)
    .execute();
}

export async function endSigner(
  tx: Tx,
  { kind, version, at }: { kind: string; version: number; at: Date },
): Promise<void> {
  await tx
    .updateTable('exchange.signer')
    .set({ revoked_at: at })
    .where('kind', '=', kind)
    .where('version', '=', version)
    .execute();
}

type WalletRow = Selectable<Database['exchange.wallet']>;
export interface Wallet extends Omit<WalletRow, 'address'> {
  readonly address: Address;
}
const toWallet = (row: WalletRow): Wallet => row as Wallet;
const wallets = (reader: Reader) => reader.selectFrom('exchange.wallet').selectAll();

/** False when the address speaks for somebody already. */
export async function insertWallet(
  tx: Tx,
  row: { id: string; address: string; user_id: string; kind: string; bound_at: Date },
): Promise<boolean> {
  try {
    await tx.insertInto('exchange.wallet').values(row).execute();
    return true;
  } catch (error) {
    if (violated(error) === 'wallet_live') return false;
    throw error;
  }
}

export async function findWallet(reader: Reader, id: string): Promise<Wallet | undefined> {
  const row = await wallets(reader).where('id', '=', id).executeTakeFirst();
  return row && toWallet(row);
}

/** Locks the wallet until commit. */
export async function lockWallet(tx: Tx, id: string): Promise<Wallet | undefined> {
  const row = await wallets(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toWallet(row);
}

/** Who speaks by this address now. */
export async function walletAt(reader: Reader, address: string): Promise<Wallet | undefined> {
  const row = await wallets(reader)
    .where('address', '=', address.toLowerCase())
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row && toWallet(row);
}

export async function walletsOf(reader: Reader, userId: string): Promise<Wallet[]> {
  const rows = await wallets(reader)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .orderBy('bound_at')
    .execute();
  return rows.map(toWallet);
}

export async function saveWallet(
  tx: Tx,
  id: string,
  change: Updateable<Database['exchange.wallet']>,
): Promise<void> {
  await tx.updateTable('exchange.wallet').set(change).where('id', '=', id).execute();
}

export async function insertChallenge(
  tx: Tx,
  row: { nonce: string; user_id: string | null; made_at: Date; expires_at: Date },
): Promise<void> {
  await tx.insertInto('exchange.challenge').values(row).execute();
}

/** Uses the number up; undefined when there is none such, or it was used. */
export async function useChallenge(
  tx: Tx,
  { nonce, at }: { nonce: string; at: Date },
): Promise<{ userId: string | undefined; expiresAt: Date } | undefined> {
  const row = await tx
    .updateTable('exchange.challenge')
    .set({ used_at: at })
    .where('nonce', '=', nonce)
    .where('used_at', 'is', null)
    .returning(['user_id', 'expires_at'])
    .executeTakeFirst();
  return row && { userId: row.user_id ?? undefined, expiresAt: row.expires_at };
}

export async function forgetChallenges(tx: Tx, before: Date): Promise<void> {
  await tx.deleteFrom('exchange.challenge').where('expires_at', '<', before).execute();
}

type TokenRow = Selectable<Database['exchange.token']>;
export interface Token
  extends Omit<TokenRow, 'state' | 'face_fen' | 'balance_fen' | 'token_id' | 'wallet'> {
  readonly state: TokenState;
  readonly face_fen: Fen;
  readonly balance_fen: Fen | null;
  readonly token_id: Hex | null;
  readonly wallet: Address;
}
const toToken = (row: TokenRow): Token => ({
  ...row,
  state: row.state as TokenState,
  face_fen: fen(row.face_fen),
  balance_fen: row.balance_fen === null ? null : fen(row.balance_fen),
  token_id: row.token_id as Hex | null,
  wallet: row.wallet as Address,
});
const tokens = (reader: Reader) => reader.selectFrom('exchange.token').selectAll();

export async function insertToken(
  tx: Tx,
  row: Insertable<Database['exchange.token']>,
): Promise<void> {
  await tx.insertInto('exchange.token').values(row).execute();
}

export async function findToken(reader: Reader, id: string): Promise<Token | undefined> {
  const row = await tokens(reader).where('id', '=', id).executeTakeFirst();
  return row && toToken(row);
}

/** Locks the token until commit. Whoever holds it may go on to lock its order, never the other way round. */
export async function lockToken(tx: Tx, id: string): Promise<Token | undefined> {
  const row = await tokens(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toToken(row);
}

export async function tokenBy(reader: Reader, tokenId: string): Promise<Token | undefined> {
  const row = await tokens(reader).where('token_id', '=', tokenId).executeTakeFirst();
  return row && toToken(row);
}

export async function saveToken(
  tx: Tx,
  id: string,
  change: Updateable<Database['exchange.token']>,
): Promise<void> {
  await tx.updateTable('exchange.token').set(change).where('id', '=', id).execute();
}

/** What a person brought and what their wallets hold or burnt last; newest first. */
async function portfolioOf(reader: Reader, userId: string, limit: number): Promise<Token[]> {
  const addresses = (await walletsOf(reader, userId)).map(({ address }) => address as string);
  const rows = await reader
    .selectFrom('exchange.token as t')
    .leftJoin('exchange.holding as h', 'h.token_id', 't.token_id')
    .selectAll('t')
    .where((eb) =>
      eb.or([
        eb.and([eb('t.user_id', '=', userId), eb('h.token_id', 'is', null)]),
        ...(addresses.length > 0
          ? [
              eb('h.owner', 'in', addresses),
              eb.and([eb('h.owner', 'is', null), eb('h.last_owner', 'in', addresses)]),
            ]
          : []),
      ]),
    )
    .orderBy('t.id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toToken);
}

/** On the chain, free to change hands, and with somebody else of this house; newest first, one row more than asked for. */
export async function cardsOfOthers(
  reader: Reader,
  { userId, cursor, limit }: { userId: string; cursor?: string | undefined; limit: number },
): Promise<Token[]> {
  let query = reader
    .selectFrom('exchange.token as t')
    .innerJoin('exchange.holding as h', 'h.token_id', 't.token_id')
    .innerJoin('exchange.wallet as w', 'w.address', 'h.owner')
    .selectAll('t')
    .where('t.state', '=', 'on_chain')
    .where('h.state', '=', 'ACTIVE')
    .where('w.ended_at', 'is', null)
    .where('w.user_id', '<>', userId)
    .orderBy('t.id', 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) query = query.where('t.id', '<', cursor);
  return (await query.execute()).map(toToken);
}

const PORTFOLIO_MAX = 100;

/** The newest hundred of a person's. */
export const portfolio = async (reader: Reader, userId: string): Promise<Token[]> =>
  await portfolioOf(reader, userId, PORTFOLIO_MAX);

/** Tokens whose card the vault keeps for the chain. */
export async function tokensIn(reader: Reader, states: readonly TokenState[]): Promise<Token[]> {
  const rows = await tokens(reader)
    .where('state', 'in', [...states])
    .orderBy('id')
    .execute();
  return rows.map(toToken);
}

type OrderRow = Selectable<Database['exchange.signed_order']>;
export interface SignedOrder
  extends Omit<
    OrderRow,
    'state' | 'token_id' | 'signer' | 'buyer' | 'price_fen' | 'signature' | 'digest'
  > {
  readonly state: OrderState;
  readonly token_id: Hex;
  readonly signer: Address;
  readonly buyer: Address | null;
  readonly price_fen: Fen;
  readonly signature: Hex;
  readonly digest: Hex;
}
const toOrder = (row: OrderRow): SignedOrder => ({
  ...row,
  state: row.state as OrderState,
  token_id: row.token_id as Hex,
  signer: row.signer as Address,
  buyer: row.buyer as Address | null,
  price_fen: fen(row.price_fen),
  signature: row.signature as Hex,
  digest: row.digest as Hex,
});
const orders = (reader: Reader) => reader.selectFrom('exchange.signed_order').selectAll();

/** False when the token is on offer already, or this very message was given before. */
export async function insertOrder(
  tx: Tx,
  row: Insertable<Database['exchange.signed_order']>,
): Promise<boolean> {
  try {
    await tx.insertInto('exchange.signed_order').values(row).execute();
    return true;
  } catch (error) {
    const name = violated(error);
    if (name === 'signed_order_one_open' || name === 'signed_order_digest_key') return false;
    throw error;
  }
}

export async function findOrder(reader: Reader, id: string): Promise<SignedOrder | undefined> {
  const row = await orders(reader).where('id', '=', id).executeTakeFirst();
  return row && toOrder(row);
}

export async function lockOrder(tx: Tx, id: string): Promise<SignedOrder | undefined> {
  const row = await orders(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toOrder(row);
}

/** The order on this token that still may be filled, locked. */
export async function lockLiveOrder(tx: Tx, tokenId: string): Promise<SignedOrder | undefined> {
  const row = await orders(tx)
    .where('token_id', '=', tokenId)
    .where('state', 'in', ['open', 'filling'])
    .forUpdate()
    .executeTakeFirst();
  return row && toOrder(row);
}

/** The order that is open on this token, one that waits for the issuer among them. */
export async function liveOrder(reader: Reader, tokenId: string): Promise<SignedOrder | undefined> {
  const row = await orders(reader)
    .where('token_id', '=', tokenId)
    .where('state', 'in', ['open', 'filling', 'held'])
    .executeTakeFirst();
  return row && toOrder(row);
}

export async function saveOrder(
  tx: Tx,
  id: string,
  change: Updateable<Database['exchange.signed_order']>,
): Promise<void> {
  await tx.updateTable('exchange.signed_order').set(change).where('id', '=', id).execute();
}

/** Newest first; one row more than asked for. */
export async function listOrders(
  reader: Reader,
  {
    userId,
    cursor,
    limit,
  }: { userId?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<SignedOrder[]> {
  let query = orders(reader)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  query =
    userId === undefined
      ? query.where('state', '=', 'open')
      : query.where((eb) => eb.or([eb('user_id', '=', userId), eb('buyer_id', '=', userId)]));
  if (cursor !== undefined) query = query.where('id', '<', cursor);
  return (await query.execute()).map(toOrder);
}

/** A chain that is read again from an earlier block tells the same sale again. */
export async function insertSale(
  tx: Tx,
  row: Insertable<Database['exchange.sale']>,
): Promise<void> {
  await tx
    .insertInto('exchange.sale')
    .values(row)
    .onConflict((on) => on.columns(['block', 'index']).doNothing())
    .execute();
}

export async function insertReconciliation(
  tx: Tx,
  row: { id: string; block: bigint; at: Date; checked: number; findings: string },
): Promise<void> {
  await tx.insertInto('exchange.reconciliation').values(row).execute();
}

export async function listReconciliations(reader: Reader, limit: number) {
  return await reader
    .selectFrom('exchange.reconciliation')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** A number per issuer for the contract's 16-bit class, given once. */
export async function classOf(tx: Tx, issuerId: string): Promise<number> {
  await tx
    .insertInto('exchange.issuer_class')
    .values({ issuer_id: issuerId })
    .onConflict((on) => on.column('issuer_id').doNothing())
    .execute();
  const { class: found } = await tx
    .selectFrom('exchange.issuer_class')
    .select('class')
    .where('issuer_id', '=', issuerId)
    .executeTakeFirstOrThrow();
  return found;
}
