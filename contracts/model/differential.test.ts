// Goal: the contract does what the specification says, call by call, whatever honest and hostile people send it.
// Method: the reference model and the contract on anvil walk the same random traces; after every step the answer (done,
// or the named reason), every event and the whole state are compared. Bent signatures, replays, wrong callers, values at
// their edges, late and early calls, money and wallets that misbehave are among the steps. A run that goes nowhere
// fails: cards must have been in every state, every function must have succeeded and every refusal been said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXCHANGE_TYPES } from '../typed-data.ts';
import { askRaw, told } from './anvil.ts';
import { nothingReached, openTheatre, runTrace, STATES } from './differential.ts';
import { committed, digestOf, golden, goldenText } from './golden.ts';
import { MESSAGES, TYPES } from './messages.ts';

const PORT = 8710;
/** About 40 seconds; the last five meet what is rare. The long run is `node contracts/model/differential.ts 200`. */
const SEEDS = [...Array.from({ length: 16 }, (_, n) => n + 1), 20, 28, 34, 69, 73];
const STEPS = 110;

/** What must have succeeded, and what must have been refused, before agreement means anything. */
const DONE = [
  ...['mint', 'mintBatch', 'buy', 'buyMany', 'buyLazy', 'buyDutch', 'acceptBid', 'matchOrders'],
  ...['deliver', 'swap', 'cancelAll', 'cancelBids', 'openAuction', 'bid', 'settleAuction', 'burn'],
  ...['openSealed', 'commitBid', 'revealBid', 'settleSealed', 'forfeitBond', 'confirmReissue'],
  ...['refundHold', 'proveWrongDelivery', 'releaseBond', 'fractionalise', 'transferShares'],
  ...['buyOut', 'cash', 'unite', 'emergencyUnwind', 'deposit', 'withdraw', 'multicall'],
  ...['setKyc', 'setAccountFrozen', 'fileCase', 'setFrozenTokens', 'forcedTransfer', 'pause'],
  ...['unpause', 'setSigner', 'revokeSigner', 'setCharity', 'payCharity', 'sweepFees'],
  ...['transferFrom', 'safeTransferFrom', 'approve', 'setApprovalForAll', 'redeem', 'cancel'],
];
const REFUSED = [
  ...['FeatureOff', 'Paused', 'ApprovalEnded', 'PriceAboveCap', 'PriceZero'],
  ...['NoSuchCard', 'AlreadyMinted', 'CardExpired', 'WrongState', 'NotOwner', 'BadSignature'],
  ...['BadSigner', 'Expired', 'WrongNonce', 'WrongEpoch', 'NotTaker', 'NotAdmitted', 'FeeAboveCap'],
  ...['NoSuchCharity', 'SelfTrade', 'LengthMismatch', 'PriceAboveMax', 'PriceBelowListing'],
  ...['NotStarted', 'BadTerms', 'WrongFill', 'BidTooLow', 'AuctionEnded', 'AuctionRunning'],
  ...['NothingCommitted', 'BadReveal', 'TooEarly', 'TooLate', 'NoSuchRecord', 'WrongKey'],
  ...['DeliveryWasRight', 'DeliveryAccepted', 'NotAllShares', 'SharesZero', 'InsufficientShares'],
  ...['InsufficientPurse', 'MoneyFailed', 'Insolvent', 'CaseRequired', 'PauseCoolingDown'],
  ...['NoEmergency', 'ZeroAddress', 'RedemptionExists', 'NoSuchRedemption'],
];

test('the contract and the model agree on every step', async () => {
  const reached = nothingReached();
  const theatre = await openTheatre(PORT);
  try {
    for (const seed of SEEDS) await runTrace(theatre, seed, { steps: STEPS, reached });
  } finally {
    await theatre.stop();
  }
  for (const { name, number } of STATES) assert(reached.states.has(number), `never ${name}`);
  const missing = (seen: ReadonlyMap<string, number>, wanted: readonly string[]) =>
    wanted.filter((name) => !seen.has(name));
  assert.deepEqual(missing(reached.done, DONE), [], 'never done');
  assert.deepEqual(missing(reached.errors, REFUSED), [], 'never refused so');
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
