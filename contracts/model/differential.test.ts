// Goal: the contract does what the specification says, call by call, whatever honest and hostile people send it.
// Method: the reference model and the contract on anvil walk the same random traces; after every step the answer (done,
// or the named reason), every event and the whole state are compared. Bent signatures, replays, wrong callers, values at
// their edges, late and early calls, money and wallets that misbehave are among the steps. A run that goes nowhere
// fails: cards must have been in every state.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXCHANGE_TYPES } from '../typed-data.ts';
import { askRaw, told } from './anvil.ts';
import { nothingReached, openTheatre, runTrace, STATES } from './differential.ts';
import { committed, digestOf, golden, goldenText } from './golden.ts';
import { MESSAGES, TYPES } from './messages.ts';

const PORT = 8710;
/** About 40 seconds; the long run is `node contracts/model/differential.ts 200`. */
const TRACES = 16;
const STEPS = 110;

test('the contract and the model agree on every step', async () => {
  const reached = nothingReached();
  const theatre = await openTheatre(PORT);
  try {
    for (let seed = 1; seed <= TRACES; seed += 1)
      await runTrace(theatre, seed, { steps: STEPS, reached });
  } finally {
    await theatre.stop();
  }
  for (const { name, number } of STATES) assert(reached.states.has(number), `never ${name}`);
});

// Goal: wallets sign what the contract reads. Method: the table for wallets against the fields of the ABI's structs.
test('the messages shown to wallets have the fields of the contract', () => {
  for (const name of MESSAGES) assert.deepEqual(EXCHANGE_TYPES[name], TYPES[name], name);
});

// Goal: what a wallet signs is what the contract checks, to the bit. Method: one message of each kind with all fields
// different and large, hashed by viem and by the deployed contract; the golden file is what both have agreed on.
test('viem and the contract make the same hash of every message', async () => {
  assert.equal(
    goldenText(),
    committed(),
    'run node contracts/model/golden.ts, and look at the diff',
  );
  const theatre = await openTheatre(PORT + 1);
  try {
    const [stage] = theatre.stages;
    assert(stage);
    const all = golden();
    const views = all.map(({ type, message }) => ({
      ...{ fn: `hash${type}`, args: [message], value: undefined },
    }));
    const digests = all.map((one) => digestOf(one, stage.chainId, stage.exchange));
    const answers = await askRaw(stage, views);
    assert.deepEqual(
      answers.map((answer, i) => told(views[i] ?? assert.fail(), answer)),
      digests,
    );
  } finally {
    await theatre.stop();
  }
});
