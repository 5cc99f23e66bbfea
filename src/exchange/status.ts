/** How far the house has read the chain, for the console and for pages that wait. */
import type { Reader } from '#platform';
import { findCursor } from './log-store.ts';
import { countWaiting } from './relay-store.ts';

export async function chainStatus(reader: Reader) {
  const cursor = await findCursor(reader);
  const waiting = await countWaiting(reader);
  if (!cursor) return { head: '0', read: '0', final: '0', lag: 0, rollbacks: '0', waiting };
  const { head, next_block: next, final, head_at: headAt, read_at: readAt, rollbacks } = cursor;
  const read = next - 1n;
  return {
    ...{ head: String(head), read: String(read), final: String(final > 0n ? final : 0n) },
    lag: Number(head - read),
    ...(headAt && { headAt: headAt.toISOString() }),
    ...{ readAt: readAt.toISOString(), rollbacks: String(rollbacks), waiting },
  };
}
