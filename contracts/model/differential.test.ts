// Goal: the contract does what the specification says, call by call, whatever honest and hostile people send it.
// Method: the reference model and the contract on anvil walk the same random traces; after every step the answer (done,
// or the named reason), every event and the whole state are compared. Bent signatures, replays, wrong callers, values at
// their edges, late and early calls, money and wallets that misbehave are among the steps. A run that goes nowhere
// fails: every function must have been done and refused, every error, event and state seen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangeAbi } from '../abi.gen.ts';
import { EXCHANGE_TYPES } from '../typed-data.ts';
import { askRaw, told } from './anvil.ts';
import { nothingReached, openTheatre, type Reached, runTrace, STATES } from './differential.ts';
import { committed, digestOf, golden, goldenText } from './golden.ts';
import { MESSAGES, TYPES } from './messages.ts';

const PORT = 8710;
/** At least so many traces, and more until everything was met: a change of the contract changes where traces go. */
const TRACES_MIN = 12;
const TRACES_MAX = 60;
const STEPS = 110;

/** What a trace cannot meet, and where it is tested. */
const OUT_OF_REACH = {
  functions: ['setAuthority'],
  errors: [
    // Deployment and roles: deploy.test.ts.
    ...['AccessManagedInvalidAuthority', 'AccessManagedRequiredDelay', 'ConfigMismatch'],
    // Of views, and of OpenZeppelin's helpers for cases that this contract does not have.
    ...['ERC721InvalidOwner', 'ERC721InvalidSender', 'AddressEmptyCode', 'FailedCall'],
  ],
  events: ['AuthorityUpdated', 'EIP712DomainChanged', 'TokenExpiryUpdated'],
};

test('the contract and the model agree on every step', async () => {
  const reached = nothingReached();
  const theatre = await openTheatre(PORT);
  let missing = notMet(reached);
  try {
    for (let seed = 1; seed <= TRACES_MAX; seed += 1) {
      await runTrace(theatre, seed, { steps: STEPS, reached });
      missing = notMet(reached);
      if (seed >= TRACES_MIN && missing.length === 0) break;
    }
  } finally {
    await theatre.stop();
  }
  assert.deepEqual(missing, []);
});

function notMet({ done, errors, events, states }: Reached): string[] {
  const names = (type: string): string[] =>
    exchangeAbi.flatMap((item) =>
      item.type === type && 'name' in item && !('stateMutability' in item && isView(item))
        ? [item.name]
        : [],
    );
  return [
    ...without(names('function'), OUT_OF_REACH.functions, done),
    ...without(names('error'), OUT_OF_REACH.errors, errors),
    ...without(names('event'), OUT_OF_REACH.events, events),
    ...STATES.filter(({ number }) => !states.has(number)).map(({ name }) => name),
  ];
}
const isView = ({ stateMutability }: { stateMutability: string }): boolean =>
  stateMutability === 'view' || stateMutability === 'pure';
const without = (
  all: readonly string[],
  but: readonly string[],
  seen: ReadonlyMap<string, number>,
) => [...new Set(all)].filter((name) => !but.includes(name) && !seen.has(name));

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
