// Goal: what the browser seals is what the house opens, and a key is never taken for that of another auction.
// Method: random bids through both implementations, and envelopes read back whole, spoiled and swapped.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fen } from '#platform';
import { commitTo } from '../src/auctions/sealed.ts';
import { commitmentOf, readEnvelope, seal } from '../web/console/shop/envelope.ts';

test('browser and house hash the same bytes', async () => {
  const bid = fc.record({
    auction: fc.uuid(),
    bidder: fc.uuid(),
    priceFen: fc.integer({ min: 1, max: 99_999_999 }).map(String),
  });
  await fc.assert(
    fc.asyncProperty(bid, async (typed) => {
      const envelope = seal(typed);
      const { auction: lot, bidder, priceFen, salt } = envelope;
      const theirs = commitTo({ lot, bidder, priceFen: fen(BigInt(priceFen)), salt });
      assert.equal(await commitmentOf(envelope), theirs);
    }),
    { numRuns: 50 },
  );
});

test('an envelope is read back for its own auction only', () => {
  const of = { auction: 'a', bidder: 'b' };
  const envelope = seal({ ...of, priceFen: '8800' });
  const text = JSON.stringify(envelope);
  assert.deepEqual(readEnvelope(text, of), envelope);
  assert.equal(readEnvelope(text, { ...of, auction: 'other' }), undefined);
  assert.equal(readEnvelope(text, { ...of, bidder: 'other' }), undefined);
  assert.equal(readEnvelope(text.slice(1), of), undefined);
  assert.equal(readEnvelope(JSON.stringify({ ...envelope, salt: 'x' }), of), undefined);
  assert.equal(readEnvelope(JSON.stringify({ ...envelope, priceFen: '-1' }), of), undefined);
});
