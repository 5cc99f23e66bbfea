// Goal: every drawing of a life cycle is readable: nothing overlaps, nothing leaves the page, forward means right.
// Method: random tables of states and transitions, cycles included; the layout is pure, so no browser is needed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Arrow, layered, NODE } from './layout.ts';

const STATES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;
const arrows = fc.array(
  fc.record({
    name: fc.constantFrom('go', 'stop', 'ask', 'tell'),
    from: fc.constantFrom(...STATES),
    to: fc.constantFrom(...STATES),
  }),
  { maxLength: 24 },
);

test('states never overlap and stay inside the drawing', () => {
  fc.assert(
    fc.property(arrows, (given) => {
      const { spots, width, height } = layered(STATES, 'a', given);
      assert.equal(spots.length, STATES.length);
      for (const spot of spots) {
        assert(spot.x >= 0 && spot.x + NODE.width <= width);
        assert(spot.y >= 0 && spot.y + NODE.height <= height);
        for (const other of spots) {
          if (other === spot || other.column !== spot.column) continue;
          assert(Math.abs(other.y - spot.y) >= NODE.height, 'two states share a place');
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('every transition is drawn once, and forward arrows point right', () => {
  let back = 0;
  fc.assert(
    fc.property(arrows, (given) => {
      const { spots, routes } = layered(STATES, 'a', given);
      const column = new Map(spots.map((spot) => [spot.state, spot.column]));
      const drawn = new Set(
        routes.flatMap(({ from, to, names }) => names.map((name) => `${from} ${name} ${to}`)),
      );
      assert.deepEqual(drawn, new Set(given.map(({ from, name, to }) => `${from} ${name} ${to}`)));
      for (const route of routes) {
        const [from = 0, to = 0] = [column.get(route.from), column.get(route.to)];
        assert.equal(route.back, to <= from);
        assert.doesNotMatch(route.path, /NaN|undefined/);
        if (route.back) back += 1;
      }
    }),
    { numRuns: 300 },
  );
  assert(back > 0, 'the walks never came back');
});

test('a straight path is one row', () => {
  const path: Arrow[] = [
    { name: 'pay', from: 'placed', to: 'paid' },
    { name: 'send', from: 'paid', to: 'sent' },
  ];
  const { spots } = layered(['placed', 'paid', 'sent'], 'placed', path);
  assert.deepEqual(
    spots.map(({ column }) => column),
    [0, 1, 2],
  );
  assert.equal(new Set(spots.map(({ y }) => y)).size, 1);
});
