// Goal: the fee split is right for every price and every share, and no field of a packed word reaches into its neighbour,
//   for every value and not only for those tried.
// Method: solc's own SMTChecker (z3 inside soljson) proves the assertions of smt/Proofs.sol; a broken copy of the split
// shows that it would complain. No time-out is set: soljson cannot start the thread that would keep it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askSolc, sourcesOf } from './build.ts';

type Change = (source: string, text: string) => string;

function prove(contract: 'Proofs' | 'Layouts', change: Change = (_, text) => text) {
  const file = `smt/${contract}.sol`;
  const sources = Object.fromEntries(
    Object.entries(sourcesOf([file])).map(([name, { content }]) => [
      name,
      { content: change(name, content) },
    ]),
  );
  const { errors } = askSolc({
    ...{ language: 'Solidity', sources },
    settings: {
      evmVersion: 'paris',
      modelChecker: {
        ...{ engine: 'bmc', targets: ['assert'], solvers: ['z3'], showProvedSafe: true },
        contracts: { [file]: [contract] },
      },
      outputSelection: { '*': { '*': ['abi'] } },
    },
  });
  return errors.map(({ formattedMessage }) => formattedMessage);
}

for (const [contract, assertions] of [
  ['Proofs', 2],
  ['Layouts', 18],
] as const)
  test(`the assertions of ${contract} are proved`, () => {
    const told = prove(contract);
    assert.deepEqual(
      told.filter((text) => /happen/.test(text)),
      [],
    );
    const proved = told.filter((text) => text.includes('Assertion violation check is safe'));
    assert.equal(proved.length, assertions, told.join('\n'));
  });

test('an overlap of two fields is found', () => {
  const told = prove('Layouts', (_, text) =>
    text.replace('extended * uint256(2 ** 234)', 'extended * uint256(2 ** 233)'),
  );
  assert(
    told.some((text) => /Assertion violation happens/.test(text)),
    told.join('\n'),
  );
});

test('a broken split is found', () => {
  const told = prove('Proofs', (name, text) =>
    name.endsWith('FeeSplit.sol')
      ? text.replace('net = price - fee - charity', 'net = price - fee')
      : text,
  );
  assert(
    told.some((text) => /Assertion violation happens/.test(text)),
    told.join('\n'),
  );
});
