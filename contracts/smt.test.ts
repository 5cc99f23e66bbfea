// Goal: the fee split is right for every price and every share, not only for those tried.
// Method: solc's own SMTChecker (z3 inside soljson) proves the assertions of smt/Proofs.sol; a broken copy of the split
// shows that it would complain. No time-out is set: soljson cannot start the thread that would keep it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askSolc, sourcesOf } from './build.ts';

function prove(change: (source: string, text: string) => string = (_, text) => text) {
  const sources = Object.fromEntries(
    Object.entries(sourcesOf(['smt/Proofs.sol'])).map(([name, { content }]) => [
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
        contracts: { 'smt/Proofs.sol': ['Proofs'] },
      },
      outputSelection: { '*': { '*': ['abi'] } },
    },
  });
  return errors.map(({ formattedMessage }) => formattedMessage);
}

test('the assertions are proved', () => {
  const told = prove();
  assert.deepEqual(
    told.filter((text) => /happen/.test(text)),
    [],
  );
  const proved = told.filter((text) => text.includes('Assertion violation check is safe'));
  assert.equal(proved.length, 2, told.join('\n'));
});

test('a broken split is found', () => {
  const told = prove((name, text) =>
    name.endsWith('FeeSplit.sol')
      ? text.replace('net = price - fee - charity', 'net = price - fee')
      : text,
  );
  assert(
    told.some((text) => /Assertion violation happens/.test(text)),
    told.join('\n'),
  );
});
