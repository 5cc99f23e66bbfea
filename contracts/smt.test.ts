// Goal: the fee split, the packing of a card's word and its nonce are right for every input, not only for those tried.
// Method: solc's own SMTChecker (z3 inside soljson) proves the assertions of smt/Proofs.sol; a broken copy of the fee
// split shows that it would complain. No time-out is set: soljson cannot start the thread that would keep it.
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
  return errors;
}

test('the assertions are proved', () => {
  const told = prove();
  const doubts = told.filter(
    ({ severity, message }) => severity === 'error' || /might|violation/i.test(message),
  );
  assert.deepEqual(
    doubts.map((d) => d.formattedMessage),
    [],
  );
  assert(
    told.some(({ message }) => /proved safe/i.test(message)),
    'the checker said nothing',
  );
});

test('a broken split is found', () => {
  const told = prove((name, text) =>
    name.endsWith('FeeSplit.sol')
      ? text.replace('net = price - fee - charity', 'net = price - fee')
      : text,
  );
  assert(told.some(({ message }) => /violation/i.test(message)));
});
