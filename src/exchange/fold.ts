/** What a token's logs add up to: pure, so that after a reorganisation it is simply folded again. */
import type { Address, Hex } from 'viem';
import type { Log } from './log.ts';
import type { Holding, HoldingState } from './log-store.ts';

const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000';

/** Undefined when the chain has never said anything of it. `house`: the contract itself, which holds cards in fractions. */
export function fold(tokenId: Hex, logs: readonly Log[], house: Address): Holding | undefined {
  let now: Holding | undefined;
  for (const log of logs) now = afterLog(now ?? unsaid(tokenId), log, house);
  return now;
}

/** Before the first word of the chain. */
export const unsaid = (tokenId: Hex): Holding => ({
  ...{ tokenId, owner: undefined, lastOwner: undefined, nonce: 0n, state: 'NONE', block: 0n },
});

/** The card after one more log of it. */
export function afterLog(before: Holding, log: Log, house: Address): Holding {
  const { event, block } = log;
  let { owner, lastOwner, nonce, state } = before;
  if (log.event === 'Transfer') {
    const { from, to } = log.args;
    if (from !== ZERO_ADDRESS) {
      nonce += 1n;
      if (from !== house) lastOwner = from;
    }
    owner = to === ZERO_ADDRESS ? undefined : to;
    state = stateAfter(to, house);
  } else state = STATES[event] ?? state;
  if (log.event === 'SaleUnwound') nonce = BigInt(log.args.nonce);
  // A cancellation, a freeze, its end and a split void what was signed for the card, as a new owner does.
  if (BUMPS.has(event)) nonce += 1n;
  if (log.event === 'Frozen') state = log.args.frozenStatus ? 'FROZEN' : 'ACTIVE';
  return { tokenId: before.tokenId, owner, lastOwner, nonce, state, block };
}

const stateAfter = (to: Address, house: Address): HoldingState => {
  if (to === ZERO_ADDRESS) return 'REDEEMED';
  return to === house ? 'FRACTION' : 'ACTIVE';
};

const STATES: { readonly [E in Log['event']]?: HoldingState } = {
  AuctionBid: 'AUCTION',
  SealedOpened: 'SEALED',
  Held: 'HELD',
  HoldRefunded: 'ACTIVE',
  Fractionalised: 'FRACTION',
  SaleUnwound: 'ACTIVE',
  WrongDelivery: 'FROZEN',
};
/** A wrong delivery is told beside the freeze that it leads to. */
const BUMPS: ReadonlySet<Log['event']> = new Set<Log['event']>([
  'OrdersCancelled',
  'Frozen',
  'Held',
  'Fractionalised',
]);
