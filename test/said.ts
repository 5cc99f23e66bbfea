/** What the exchange says, for tests of what is folded from it: events and fields that its contract has. */
import type { Hex } from 'viem';
import type { Log, LogOf } from '../src/exchange/log.ts';

/** An event, and those of its fields that the test is about. */
export type Word = {
  [E in Log['event']]: readonly [event: E, args: Partial<LogOf<E>['args']>];
}[Log['event']];

/** The card's word at this place of the chain, a block each. */
export const saidOf = (tokenId: Hex | undefined, [event, args]: Word, index: number): Log =>
  ({
    ...{
      block: BigInt(index),
      index,
      tx: `0x${'1'.repeat(64)}`,
      contract: 'Exchange',
      event,
      args,
    },
    ...{ tokenId, at: new Date(index * 1000) },
  }) as Log;
