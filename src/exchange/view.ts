/** What people see of wallets, tokens and offers: facts of the mirror, never a secret. */
import type { Static } from 'typebox';
import type { Hex } from 'viem';
import { DAY, plus, type Reader } from '#platform';
import { liveAuction } from './auction-store.ts';
import type { ExchangeDeps } from './deps.ts';
import { FEE_BPS, feeOf } from './domain.ts';
import { liveFraction } from './fraction-store.ts';
import { ENDING, lockOfToken } from './lock-store.ts';
import { balanceOfAddress, findHolding } from './log-store.ts';
import { featuresOf } from './profile.ts';
import { promisedBy } from './promise-store.ts';
import { purseAt } from './purse-store.ts';
import { reissueIn } from './reissue-view.ts';
import { isReissuable } from './reissuer.ts';
import { gasSince, relaysOf, triesOf } from './relay-store.ts';
import type {
  Delivery,
  ExchangeView,
  ListingOnChainView,
  RelayList,
  TokenViewOf,
  WalletView,
} from './schema.ts';
import {
  liveOrder,
  type SignedOrder,
  type Token,
  tokenBy,
  type Wallet,
  walletAt,
} from './store.ts';
import { mayOpen } from './token.ts';

export async function exchangeView({
  db,
  profile,
  config,
  on,
}: ExchangeDeps): Promise<Static<typeof ExchangeView>> {
  const sandbox = profile === 'SANDBOX';
  return {
    profile,
    features: [...featuresOf(profile)],
    ...(on && {
      chain: {
        ...{ id: on.chain.id, exchange: on.exchange, money: on.money, test: on.chain.own },
        relayer: await on.relayer.current(db),
        ...{ moneyName: on.domains.money.name, feeBps: FEE_BPS },
        ...(sandbox && {
          approval: { id: config.SANDBOX_APPROVAL, until: config.SANDBOX_UNTIL },
          priceCapFen: String(config.SANDBOX_PRICE_CAP_FEN),
        }),
      },
    }),
  };
}

export async function walletView(reader: Reader, of: Wallet): Promise<Static<typeof WalletView>> {
  const { freeFen, lockedFen } = await purseAt(reader, of.address);
  return {
    ...{
      id: of.id,
      address: of.address,
      kind: of.kind as 'demo',
      boundAt: of.bound_at.toISOString(),
    },
    ...(of.admitted_until && { admittedUntil: of.admitted_until.toISOString() }),
    balanceFen: String(await balanceOfAddress(reader, of.address)),
    allowanceFen: String(of.allowance),
    nextNonce: String(of.next_nonce),
    permitNonce: String(of.permit_nonce),
    ...{ epoch: String(of.epoch), promisedFen: String(await promisedBy(reader, of.address)) },
    ...{ purseFreeFen: String(freeFen), purseLockedFen: String(lockedFen) },
  };
}

export async function tokenView(
  reader: Reader,
  of: Token,
  viewer: string | undefined,
): Promise<TokenViewOf> {
  const id = of.token_id ?? undefined;
  const holding = id && (await findHolding(reader, id));
  // Burnt, it stays with whoever held it last.
  const keeper = holding?.owner ?? holding?.lastOwner;
  const holder = keeper && (await walletAt(reader, keeper));
  const order = id && (await liveOrder(reader, id));
  const auction = id && (await liveAuction(reader, id));
  const split = id && holding?.state === 'FRACTION' && (await liveFraction(reader, id));
  const mine = viewer !== undefined && (holder ? holder.user_id === viewer : of.user_id === viewer);
  return {
    ...{ id: of.id, state: of.state, sku: of.sku, last4: of.last4 },
    product: { zh: of.product_zh, en: of.product_en },
    faceFen: String(of.face_fen),
    ...(id && { tokenId: id }),
    ...(of.balance_fen !== null && { balanceFen: String(of.balance_fen) }),
    ...(of.expires_on && { expiresOn: of.expires_on }),
    ...(of.grade && { grade: of.grade }),
    ...(of.reason && { reason: of.reason }),
    ...(mine && (await lockEnds(reader, of))),
    ...(holding && {
      ...{ nonce: String(holding.nonce), holding: holding.state },
      ...(holding.owner && { owner: holding.owner }),
    }),
    mine,
    canOpen: viewer !== undefined && (await mayOpen(reader, of, viewer)),
    ...(order && { listing: { id: order.id, priceFen: String(order.price_fen) } }),
    ...(auction && { auctionId: auction.id }),
    ...(split && { shareId: split.share_id }),
    ...(of.secret_commit && { secretCommit: of.secret_commit }),
    reissuable: mine && of.state === 'on_chain' && (await isReissuable(reader, { token: of })),
    ownSecret: of.own_secret && of.state === 'on_chain' && !split && holder?.user_id === of.user_id,
  };
}

/** From then on whoever knew the secret before may use the card. */
async function lockEnds(reader: Reader, { id }: Token): Promise<{ lockEndsAt?: string }> {
  const lock = await lockOfToken(reader, id);
  return lock && ENDING.includes(lock.state) ? { lockEndsAt: lock.until.toISOString() } : {};
}

/** Undefined for an offer on a card that is not ours. */
export async function orderView(
  reader: Reader,
  of: SignedOrder,
  viewer: string | undefined,
): Promise<Static<typeof ListingOnChainView> | undefined> {
  const token = await tokenBy(reader, of.token_id);
  if (!token) return undefined;
  return {
    ...{ id: of.id, state: of.state, seller: of.signer, nonce: String(of.nonce) },
    delivery: of.delivery as Delivery,
    ...(await reissueIn(reader, of, viewer)),
    token: await tokenView(reader, token, viewer),
    ...{ priceFen: String(of.price_fen), feeFen: String(feeOf(of.price_fen)) },
    deadline: of.deadline.toISOString(),
    ...{ mine: of.user_id === viewer, taken: viewer !== undefined && of.buyer_id === viewer },
    ...(of.reason && { reason: of.reason }),
  };
}

const RELAYS_SHOWN = 30;

export async function relayList(
  { db, config }: ExchangeDeps,
  userId: string,
  at: Date,
): Promise<Static<typeof RelayList>> {
  const rows = await relaysOf(db, userId, RELAYS_SHOWN);
  const items = await Promise.all(
    rows.map(async (one) => {
      const hash: Hex | undefined = (await triesOf(db, one.id)).at(-1)?.hash;
      return {
        ...{ id: one.id, purpose: one.purpose, state: one.state, at: one.created_at.toISOString() },
        ...(hash && { hash }),
        ...(one.error && { error: one.error }),
      };
    }),
  );
  const left = BigInt(config.RELAY_GAS_PER_DAY) - (await gasSince(db, userId, plus(at, -DAY)));
  return { items, gasLeft: String(left > 0n ? left : 0n) };
}
