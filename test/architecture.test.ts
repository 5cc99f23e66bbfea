// Goal: the ranks, faces and pure files of the design hold, and this test would notice if they did not.
// Method: read every source file; bad fixtures prove that each rule bites.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { breaches, sourcesUnder } from './architecture.ts';

const root = join(import.meta.dirname, '..');

test('no file breaks the law of the rooms', () => {
  const sources = ['src', 'simulators', 'web'].flatMap((folder) =>
    sourcesUnder(join(root, folder), root),
  );
  assert(sources.length > 20, 'the sources were found');
  assert.deepEqual(sources.flatMap(breaches), []);
});

const bad: Record<string, [string, string]> = {
  'a lower room importing a higher one': ['src/ledger/index.ts', `import { x } from '#buyback';`],
  'equals importing each other': ['src/cards/seal.ts', `import { x } from '#parties';`],
  'the price reading the person': ['src/pricing/quote.ts', `import { x } from '#parties';`],
  'reaching behind a face': ['src/buyback/accept.ts', `import { x } from '../cards/store.ts';`],
  'a room importing its own face': ['src/cards/seal.ts', `import { x } from '#cards';`],
  'a clock in a pure file': ['src/buyback/domain.ts', 'const now = new Date();'],
  'chance in a pure file': ['src/buyback/domain.ts', 'const x = Math.random();'],
  'a store in a pure file': ['src/buyback/domain.ts', `import { x } from './store.ts';`],
  "another room's table": ['src/buyback/store.ts', `db.selectFrom('cards.card')`],
  "another room's table in SQL": ['src/buyback/store.ts', 'sql`select 1 from cards.card`'],
  'the environment outside config': ['src/buyback/accept.ts', 'process.env.HOME'],
  'a simulator using our code': ['simulators/psp/main.ts', `import { x } from '#platform';`],
  'the web using server code': ['web/api.ts', `import { x } from '../src/platform/db.ts';`],
};
for (const [what, [path, text]] of Object.entries(bad)) {
  test(`it notices ${what}`, () => assert.notDeepEqual(breaches({ path, text }), []));
}
