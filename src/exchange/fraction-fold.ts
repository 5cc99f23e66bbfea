/** What the logs of a split card add up to: pure, so that after a reorganisation they are simply folded again. */
import type { Address, Hex } from 'viem';
import type { Log } from './log.ts';

export type FractionState = 'split' | 'bought_out' | 'united';
export interface Fraction {
  readonly shareId: Hex;
  readonly tokenId: Hex;
  readonly by: Address;
  readonly supply: bigint;
  readonly floorFen: bigint;
  readonly proceedsFen: bigint | undefined;
  readonly state: FractionState;
  readonly block: bigint;
  /** Whoever ever held some, those who hold none any more included. */
  readonly shares: ReadonlyMap<Address, Share>;
}
export interface Share {
  readonly amount: bigint;
  readonly cashedFen: bigint;
}

const NOBODY: Share = { amount: 0n, cashedFen: 0n };
const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000';

/** Undefined before the split, and where the split was taken back. */
export function foldFraction(shareId: Hex, logs: readonly Log[]): Fraction | undefined {
  const [first] = logs;
  if (first?.event !== 'Fractionalised' || !first.tokenId) return undefined;
  const shares = new Map<Address, Share>();
  const add = (who: Address, amount: bigint, cashed = 0n): void => {
    if (who === ZERO_ADDRESS) return;
    const had = shares.get(who) ?? NOBODY;
    shares.set(who, { amount: had.amount + amount, cashedFen: had.cashedFen + cashed });
  };
  const { by } = first.args;
  const supply = BigInt(first.args.supply);
  add(by, supply);
  let state: FractionState = 'split';
  let proceedsFen: bigint | undefined;
  for (const log of logs.slice(1)) {
    if (log.event === 'SharesMoved') {
      add(log.args.from, -BigInt(log.args.amount));
      add(log.args.to, BigInt(log.args.amount));
    }
    if (log.event === 'Cashed')
      add(log.args.holder, -BigInt(log.args.shares), BigInt(log.args.amount));
    if (log.event === 'United') state = 'united';
    if (log.event === 'BoughtOut') {
      state = 'bought_out';
      proceedsFen = BigInt(log.args.proceeds);
    }
  }
  const block = logs.at(-1)?.block ?? first.block;
  const floorFen = BigInt(first.args.floor);
  return {
    ...{ shareId, tokenId: first.tokenId, by, supply, floorFen, proceedsFen, state, block },
    shares,
  };
}
