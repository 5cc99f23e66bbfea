// Goal: the HTTP adapter keeps every promise of the conformance suite, for each kind of issuer, and believes no forgery.
// Method: the suite against the real simulator over HTTP; then wrong secrets, wrong keys and spoilt signatures.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hexToBigInt, keccak256, stringToHex } from 'viem';
import { encodeAbiParameters, recoverTypedDataAddress } from 'viem/utils';
import { EXCHANGE_TYPES } from '#contracts/messages';
import { newId, Secret } from '#platform';
import {
  makeCard,
  type Simulator,
  startIssuerSimulator,
} from '../../../simulators/issuer/index.ts';
import { readCatalogue } from '../catalogue.ts';
import type { CardRef } from './adapter.ts';
import { type Bench, issuerConformance } from './conformance.ts';
import { issuerGateway } from './gateway.ts';

const SECRET = 'a secret of this test';
let simulator: Simulator;
let serial = 0;
before(async () => {
  simulator = await startIssuerSimulator({ secret: SECRET });
});
after(() => simulator.close());

const control = async (path: string, body: object): Promise<void> => {
  const reply = await fetch(`${simulator.url}/control/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  assert.equal(reply.status, 200);
};

const refOf = (card: { sku: string; number: string; pin?: string }): CardRef => ({
  sku: card.sku,
  number: new Secret(card.number),
  ...(card.pin !== undefined && { pin: new Secret(card.pin) }),
});

const issuerOf = (issuerId: string) => {
  const issuer = readCatalogue().issuers.find(({ id }) => id === issuerId);
  assert(issuer);
  return issuer;
};

function benchOf(issuerId: string, sku: string): Bench {
  const adapter = issuerGateway({ url: simulator.url, secret: SECRET, timeoutMs: 2_000 })(
    issuerOf(issuerId),
  );
  return {
    adapter,
    freshCard: async () => {
      const made = makeCard(sku, { serial: serial++ });
      return { card: refOf(made), balanceFen: made.balanceFen };
    },
    wrongPin: async () => refOf({ ...makeCard(sku, { serial: serial++ }), pin: '000000' }),
    loseNextAnswer: (when) =>
      control(
        `issuers/${issuerId}`,
        when === 'after_commit' ? { timeoutAfterCommit: 1 } : { timeoutBeforeCommit: 1 },
      ),
    outage: (on) => control(`issuers/${issuerId}`, { outage: on }),
  };
}

const kinds: Record<string, [string, string]> = {
  'inquire only': ['huiyu', 'huiyu-card'],
  lock: ['luyu', 'luyu-card'],
  transfer: ['xingcha', 'xingcha-card'],
  'lock, transfer and void': ['manhecang', 'manhecang-card'],
  'all, signed': ['weihe', 'weihe-gift'],
};
for (const [name, [issuerId, sku]] of Object.entries(kinds))
  issuerConformance(name, issuerOf(issuerId).caps, async () => benchOf(issuerId, sku));

test('an answer whose signature does not hold is no answer, and is asked for again', async () => {
  for (const [issuerId, sku] of [
    ['weihe', 'weihe-gift'],
    ['xingcha', 'xingcha-card'],
  ] as const) {
    const { adapter, freshCard } = benchOf(issuerId, sku);
    const { card } = await freshCard();
    const requestNo = newId();
    await control(`issuers/${issuerId}`, { badSignature: 1 });
    const forged = await adapter.transfer?.(card, { requestNo });
    assert(forged && !forged.ok);
    assert.equal(forged.kind, 'unknown_outcome');
    const past = await adapter.outcomeOf('transfer', requestNo);
    assert(past.known === true && past.outcome.ok);
  }
});

test('with another shared secret nothing is said and nothing is done', async () => {
  const stranger = issuerGateway({ url: simulator.url, secret: 'guessed' })(issuerOf('weihe'));
  const card = refOf(makeCard('weihe-gift', { serial: serial++ }));
  const answer = await stranger.transfer?.(card, { requestNo: newId() });
  assert(answer && !answer.ok);
  assert.equal(answer.kind, 'auth');
});

test('an issuer that signs with another key than the pinned one is not believed', async () => {
  const { generateKeyPairSync } = await import('node:crypto');
  const { publicKey } = generateKeyPairSync('ed25519');
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const pinned = issuerGateway({ url: simulator.url, secret: SECRET, publicKeyPem })(
    issuerOf('weihe'),
  );
  const card = refOf(makeCard('weihe-gift', { serial: serial++ }));
  const answer = await pinned.lock?.(
    card,
    { amountFen: '10000', ttlMs: 1 },
    { requestNo: newId() },
  );
  assert(answer && !answer.ok);
  assert.equal(answer.kind, 'unknown_outcome');
});

test('429 and Retry-After become rate_limited with a time', async () => {
  await control('issuers/luyu', { rateLimited: 1 });
  const { adapter, freshCard } = benchOf('luyu', 'luyu-card');
  const answer = await adapter.inquire?.((await freshCard()).card, { requestNo: newId() });
  assert.deepEqual(answer, { ok: false, kind: 'rate_limited', afterMs: 2_000 });
});

test('nobody there is unavailable: it certainly did not happen', async () => {
  const gone = await startIssuerSimulator();
  await gone.close();
  const nobody = issuerGateway({ url: gone.url, secret: SECRET })(issuerOf('luyu'));
  const card = refOf(makeCard('luyu-card', { serial: serial++ }));
  const answer = await nobody.lock?.(card, { amountFen: '1', ttlMs: 1 }, { requestNo: newId() });
  assert.deepEqual(answer, { ok: false, kind: 'unavailable' });
});

const ORDER = {
  ...{ chainId: 31_337, cardId: String(2n ** 200n + 5n), nonce: 9, deadline: 2_000_000_000 },
  exchange: '0xe1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1',
  buyer: '0xb2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2',
} as const;
const chainKey = async (issuerId: 'weihe' | 'chizhang'): Promise<string> => {
  const { adapter } = benchOf(issuerId, `${issuerId}-ecard`);
  const told = await adapter.chainKey?.({ requestNo: newId() });
  assert(told?.ok);
  return told.value.address;
};

async function reissued(sku: 'weihe-gift' | 'weihe-lunch') {
  const { adapter, freshCard } = benchOf('weihe', sku);
  assert(adapter.reissue);
  return await adapter.reissue((await freshCard()).card, { chain: ORDER }, { requestNo: newId() });
}

function signerOf({ newCommit, signature }: { newCommit: string; signature: string }) {
  const { chainId, exchange, cardId, buyer, nonce, deadline } = ORDER;
  return recoverTypedDataAddress({
    domain: { name: 'Huiquan Exchange', version: '1', chainId, verifyingContract: exchange },
    types: EXCHANGE_TYPES,
    primaryType: 'Reissued',
    message: {
      ...{ cardId: BigInt(cardId), buyer, nonce, deadline },
      newCommit: newCommit as `0x${string}`,
    },
    signature: signature as `0x${string}`,
  });
}

test('a re-issue is signed for the chain in the contract’s own words, over the secret that came with it', async () => {
  const made = await reissued('weihe-gift');
  assert(made.ok && made.fresh?.pin && made.salt);
  assert.equal((await signerOf(made.value)).toLowerCase(), await chainKey('weihe'));
  assert.notEqual(await chainKey('weihe'), await chainKey('chizhang'), 'each issuer its own key');
  const word = (text: string) => hexToBigInt(stringToHex(text, { size: 32 }));
  const salt = BigInt(`0x${Buffer.from(made.salt.reveal(), 'base64url').toString('hex')}`);
  const words = [word(made.fresh.number.reveal()), word(made.fresh.pin.reveal()), salt] as const;
  const four = Array.from({ length: 4 }, () => ({ type: 'uint256' }) as const);
  const packed = encodeAbiParameters(four, [BigInt(ORDER.cardId), ...words]);
  assert.equal(made.value.newCommit, keccak256(packed));
});

test('an issuer that signs wrongly for the chain has signed with a key that is not its own', async () => {
  await control('issuers/weihe', { badChainSignature: 1 });
  const made = await reissued('weihe-gift');
  assert(made.ok, 'its answer is in order; the chain would not take the signature in it');
  assert.notEqual((await signerOf(made.value)).toLowerCase(), await chainKey('weihe'));
  const next = await reissued('weihe-gift');
  assert(next.ok);
  assert.equal((await signerOf(next.value)).toLowerCase(), await chainKey('weihe'), 'once only');
});

test('an issuer that refuses to re-issue leaves the card as it is, under that number for ever', async () => {
  const { adapter, freshCard } = benchOf('weihe', 'weihe-gift');
  const { card } = await freshCard();
  const requestNo = newId();
  await control('issuers/weihe', { refused: 1 });
  for (const time of ['first', 'again']) {
    const refused = await adapter.reissue?.(card, { chain: ORDER }, { requestNo });
    assert(refused && !refused.ok && refused.kind === 'restricted', time);
  }
  assert.equal(
    (await adapter.inquire?.(card, { requestNo: newId() }))?.ok,
    true,
    'the old PIN lives',
  );
});

test('a card without a PIN has nothing to renew', async () => {
  const made = await reissued('weihe-lunch');
  assert(!made.ok && made.kind === 'restricted');
});
