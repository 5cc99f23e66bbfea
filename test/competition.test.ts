// Goal: say what a seller receives for a card with 1, 3, 10 and 30 competing recyclers, by each way of selling it, and
// that competition never leaves the seller with less. Method: 2,000 cards a cell through the house's own price table,
// quote and clearing rules, seeded; the table is printed, and the one in docs/auctions.md must be the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { meanReceived, RIVALS, WAYS } from './competition/sales.ts';

const SEED = 20_261_125;
const CARDS = 2_000;
const PAGE = join(import.meta.dirname, '../docs/auctions.md');

const NAMES = {
  house: '自营 alone',
  standing: 'standing bids',
  first_price: '`first_price`',
  second_price: '`second_price`',
  english: '`english`',
  dutch: '`dutch`',
  batch: '`batch`',
} as const satisfies Record<(typeof WAYS)[number], string>;

test('the more recyclers compete, the more a seller receives, and never less than from the house', (t) => {
  const means = RIVALS.map((rivals) => meanReceived(SEED, rivals, CARDS));
  const rows = RIVALS.map((rivals, at) => {
    const cells = WAYS.map((way) => ((means[at]?.[way] ?? 0) / 100).toFixed(2));
    return `| ${rivals} | ${cells.join(' | ')} |`;
  });
  const head = `| recyclers | ${WAYS.map((way) => NAMES[way]).join(' | ')} |`;
  const table = [head, `|---|${WAYS.map(() => '---').join('|')}|`, ...rows].join('\n');
  for (const line of table.split('\n')) t.diagnostic(line);
  for (const way of WAYS) {
    for (const [at, mean] of means.entries()) {
      assert(mean[way] >= mean.house, `${way} with ${RIVALS[at]} recyclers`);
      const before = means[at - 1]?.[way] ?? 0;
      if (way !== 'house') assert(mean[way] > before, `${way} grows up to ${RIVALS[at]}`);
    }
  }
  assert.deepEqual(meanReceived(SEED, 3, 50), meanReceived(SEED, 3, 50), 'the seed decides');
  assert(
    readFileSync(PAGE, 'utf8').includes(table),
    `docs/auctions.md has another table:\n${table}`,
  );
});
