/** What people see of auctions on the chain: the signed terms, and the bids as the newest block says. */
import type { Static } from 'typebox';
import type { Address } from 'viem';
import { plus, type Reader } from '#platform';
import { englishStanding, type Standing, sealedStanding } from './auction-fold.ts';
import type { ChainAuctionView } from './auction-schema.ts';
import { begunAs, type ChainAuction } from './auction-store.ts';
import { EXTENSION_S_MAX, nextBid } from './auction-terms.ts';
import { logsOf } from './log-store.ts';
import { findToken, walletsOf } from './store.ts';
import { tokenView } from './view.ts';

const MS_A_SECOND = 1000;
type View = Static<typeof ChainAuctionView>;

/** `viewer`: who looks, undefined for what everybody may see. `house`: the contract. */
export async function auctionView(
  reader: Reader,
  of: ChainAuction,
  { viewer, house }: { viewer: string | undefined; house: Address },
): Promise<View | undefined> {
  const token = await findToken(reader, of.token_ref);
  if (!token) return undefined;
  const wallets = viewer === undefined ? [] : await walletsOf(reader, viewer);
  const mine = new Set(wallets.map(({ address }) => address));
  const now = await standingAt(reader, of, house);
  const own = of.user_id === viewer;
  const { sold_fen: soldFen, buyer, reason } = of;
  const standing = standingOf(of, now, mine);
  const again = await begunAs(reader, of);
  return {
    ...{ id: of.id, kind: of.kind, state: of.state, seller: of.signer, nonce: String(of.nonce) },
    ...{ token: await tokenView(reader, token, viewer), mine: own, terms: of.terms },
    ...{ startFen: String(of.price_fen), deadline: of.deadline.toISOString() },
    ...(viewer !== undefined && !own && of.state === 'offered' && { signature: of.signature }),
    ...bidsOf(now, mine),
    ...(standing && { standing }),
    ...(soldFen !== null && { soldFen: String(soldFen) }),
    ...(buyer && { buyer }),
    ...(reason && { reason }),
    ...(again && { begunAs: again }),
  };
}

export async function standingAt(
  reader: Reader,
  of: ChainAuction,
  house: Address,
): Promise<Standing> {
  const add = of.kind === 'sealed' ? sealedStanding : englishStanding;
  return add(await logsOf(reader, of.token_id), { nonce: of.nonce, house });
}

function bidsOf(
  { bids, best, endsAt, firstEnd }: Standing,
  mine: ReadonlySet<Address>,
): Pick<View, 'bids' | 'bestFen' | 'nextFen' | 'endsAt' | 'endsAtMost'> {
  return {
    bids: bids.map(({ bidder, amount, at, commitment, forfeited }) => ({
      ...{ bidder, at: at.toISOString(), mine: mine.has(bidder) },
      ...(amount !== undefined && { amountFen: String(amount) }),
      ...(commitment && { commitment }),
      ...(forfeited && { forfeited }),
    })),
    ...(best && { bestFen: String(best.amount), nextFen: String(nextBid(best.amount)) }),
    ...(endsAt && { endsAt: endsAt.toISOString() }),
    ...(firstEnd && { endsAtMost: plus(firstEnd, EXTENSION_S_MAX * MS_A_SECOND).toISOString() }),
  };
}

const LIVE: ReadonlySet<string> = new Set(['offered', 'running', 'settling']);

function standingOf(
  of: ChainAuction,
  { bids, best }: Standing,
  mine: ReadonlySet<Address>,
): View['standing'] {
  if (of.buyer && mine.has(of.buyer)) return 'won';
  const own = bids.find(({ bidder }) => mine.has(bidder));
  if (!own) return undefined;
  if (!LIVE.has(of.state)) return 'lost';
  if (own.amount === undefined) return 'sealed';
  return best && mine.has(best.bidder) ? 'leads' : 'outbid';
}
