// Goal: the diagram and the page show every state and every way between them, as the table has them.
// Method: drawn from the sample table, compared row by row.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mermaid, processPages } from './draw.ts';
import { sale } from './sale.fixture.ts';

test('the diagram has every state and every way between them', () => {
  const lines = mermaid(sale)
    .split('\n')
    .map((line) => line.trim());
  assert.equal(lines[0], 'stateDiagram-v2');
  assert(lines.includes('[*] --> placed'));
  assert(lines.includes('placed : 已下单 placed'));
  assert(lines.includes('placed --> cancelled : lapse (clock) ⏱ 15 min'));
  assert(lines.includes('delivered --> delivered : remind (clock) ⏱ 6 h ×2'));
  assert(lines.includes('disputed --> refunded : refund (operator, clock) ⏱ due'));
  assert(lines.includes('shared --> [*]'));
  const ways = Object.values(sale.transitions).reduce((sum, row) => sum + row.from.length, 0);
  assert.equal(lines.filter((line) => / --> (?!\[)/.test(line)).length, ways + 1);
});

test('the page lists states in both languages, and transitions with their money', () => {
  const page = processPages([sale]);
  assert(page.includes('## sale v1\n\n```mermaid\nstateDiagram-v2'));
  assert(page.includes('| `cancelled` | 已取消 | cancelled | ● |'));
  assert(
    page.includes(
      '| `start` | buyer, seller, operator | | placed | | hold WALLET → ESCROW price |',
    ),
  );
  assert(
    page.includes(
      '| `confirm` | buyer, clock | delivered | released | 1 d | ESCROW → PAYABLE net; ESCROW → FEE fees |',
    ),
  );
  assert(page.includes('| `refund` | operator, clock | disputed | refunded | due ≤ 12 d |'));
  assert.equal(page, processPages([sale]), 'the same tables make the same page');
});
