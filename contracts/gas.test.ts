// Goal: no flow costs more gas than its limit, and a change of any of them is seen in the diff of snapshots/gas.json.
// Method: the deployed artifacts on an anvil of our own; receipts of stand-alone transactions (21,000 and call data in)
// in steady state: every balance touched is non-zero before and after, approvals infinite, as the peers were measured;
// signatures in the 64 bytes of EIP-2098, as the house sends them.
import assert from 'node:assert/strict';
import { createECDH } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type Address,
  encodeAbiParameters,
  type Hex,
  keccak256,
  parseEventLogs,
  slice,
  toHex,
} from 'viem';
import { publicKeyToAddress } from 'viem/accounts';
import { exchangeAbi, logAnchorAbi } from './abi.gen.ts';
import { openSecret, type SealedSecret, sealSecret, secretCommit } from './secret.ts';
import {
  attestOf,
  auctionOf,
  bidOf,
  type ChainHouse,
  cardId,
  DAY,
  FAR,
  house,
  listingOf,
  person,
} from './test/support/anvil.ts';
import { consistencyProof, rootOf } from './test/support/merkle.ts';
import { packFirstSale } from './typed-data.ts';

const SNAPSHOT = join(import.meta.dirname, 'snapshots/gas.json');

/** Gas; the peers' figures beside them are in docs/contracts.md. */
const LIMITS: Readonly<Record<string, number>> = {
  'buy, one fee': 80_000,
  'buy, one fee, first card of the buyer': 80_000,
  'buy, fee and charity': 86_000,
  'buy lazily: mint and sale': 102_000,
  'buy 10 of one seller, per card': 26_000,
  'deliver with ciphertext': 115_000,
  'prove a wrong delivery': 68_000,
  'accept a bid': 82_000,
  'match orders': 88_000,
  'auction: terms, two bids, settled': 235_000,
  swap: 52_000,
  'swap with top-up': 71_000,
  burn: 45_000,
  fractionalise: 82_000,
  'buy out': 88_000,
  cash: 44_000,
  'mint 100, per card': 26_500,
  'cancel orders': 28_000,
  'anchor a head': 30_000,
  'anchor a head, proven by 13 hashes': 52_000,
};

/** As a hash is: a commitment of nothing would make an attestation 384 gas cheaper than any real one. */
const COMMIT: Hex = `0x${'c5'.repeat(32)}`;

test('every flow stays below its limit', async (t) => {
  const h = await house(t);
  const measured: Record<string, number> = {};
  const note = (flow: string, gas: bigint | number) => {
    measured[flow] = Number(gas);
  };
  await warmUp(h);
  await sales(h, note);
  await bids(h, note);
  await auctions(h, note);
  await swapsAndBurns(h, note);
  await deliveries(h, note);
  await fractions(h, note);
  await batches(h, note);
  await anchors(h, note);
  const before = JSON.parse(readFileSync(SNAPSHOT, 'utf8'));
  if (process.env['SNAPSHOT'] === 'write')
    writeFileSync(SNAPSHOT, `${JSON.stringify(measured, null, 2)}\n`);
  else assert.deepEqual(measured, before, 'run SNAPSHOT=write, and look at the diff');
  for (const [flow, limit] of Object.entries(LIMITS)) {
    const gas = measured[flow];
    assert(gas !== undefined, `nobody measured ${flow}`);
    assert(gas <= limit, `${flow}: ${gas} gas, the limit is ${limit}`);
  }
});

const wordsOf = (signature: Hex): Hex[] => [slice(signature, 0, 32), slice(signature, 32)];

type Note = (flow: string, gas: bigint | number) => void;
let next = 100;

async function mint(h: ChainHouse, owner: number): Promise<bigint> {
  const id = cardId(next++);
  const attest = attestOf(id, person(owner).address);
  await h.send(0, 'mint', [attest, await h.sign(5, 'Attest', attest)]);
  return id;
}
const SELLER = 1;
const BUYER = 2;
const THIRD = 3;

/** Everybody has a card, the house has fees, the charity has been given to, the purses are not empty. */
async function warmUp(h: ChainHouse): Promise<void> {
  for (const n of [SELLER, SELLER, SELLER, BUYER, BUYER, THIRD, THIRD]) await mint(h, n);
  for (const n of [SELLER, BUYER, THIRD]) await h.send(n, 'deposit', [1_000_000n]);
  const listing = { ...listingOf(await mint(h, SELLER), 0), charityBps: 100, charityId: 3 };
  await h.send(BUYER, 'buy', [listing, await h.sign(SELLER, 'Listing', listing)]);
  const terms = auctionOf(await mint(h, SELLER), 0);
  await h.send(BUYER, 'openAuction', [terms, await h.sign(SELLER, 'AuctionTerms', terms), 10_000n]);
}

async function sales(h: ChainHouse, note: Note): Promise<void> {
  const one = listingOf(await mint(h, SELLER), 0);
  note('buy, one fee', await h.send(BUYER, 'buy', [one, await h.sign(SELLER, 'Listing', one)]));
  const first = listingOf(await mint(h, SELLER), 0);
  note(
    'buy, one fee, first card of the buyer',
    await h.send(4, 'buy', [first, await h.sign(SELLER, 'Listing', first)]),
  );
  const gift = { ...listingOf(await mint(h, SELLER), 0), charityBps: 100, charityId: 3 };
  note(
    'buy, fee and charity',
    await h.send(BUYER, 'buy', [gift, await h.sign(SELLER, 'Listing', gift)]),
  );

  const id = cardId(next++);
  const attest = attestOf(id, person(SELLER).address, COMMIT);
  const lazy = listingOf(id, 0);
  note(
    'buy lazily: mint and sale',
    await h.send(BUYER, 'buyLazy', [
      ...[packFirstSale(attest, lazy), ...wordsOf(await h.sign(5, 'Attest', attest))],
      await h.sign(SELLER, 'Listing', lazy),
    ]),
  );

  const listings = [];
  for (let i = 0; i < 10; i++) listings.push(listingOf(await mint(h, SELLER), 0));
  const signatures = await Promise.all(listings.map((l) => h.sign(SELLER, 'Listing', l)));
  const many = await h.send(BUYER, 'buyMany', [listings, signatures]);
  note('buy 10 of one seller, per card', Math.ceil(Number(many) / 10));

  note('cancel orders', await h.send(SELLER, 'cancelAll', [await mint(h, SELLER)]));
  note('mint, attested', await mintGas(h, SELLER));
}

async function mintGas(h: ChainHouse, owner: number): Promise<bigint> {
  const attest = attestOf(cardId(next++), person(owner).address, COMMIT);
  return h.send(0, 'mint', [attest, await h.sign(5, 'Attest', attest)]);
}

async function bids(h: ChainHouse, note: Note): Promise<void> {
  const bid = bidOf(await mint(h, SELLER), person(BUYER).address, 0);
  note(
    'accept a bid',
    await h.send(SELLER, 'acceptBid', [bid, await h.sign(BUYER, 'Bid', bid), 0, 0]),
  );
  const listing = listingOf(await mint(h, SELLER), 0);
  const offer = bidOf(listing.cardId, person(BUYER).address, 0);
  note(
    'match orders',
    await h.send(0, 'matchOrders', [
      ...[listing, await h.sign(SELLER, 'Listing', listing)],
      ...[offer, await h.sign(BUYER, 'Bid', offer)],
    ]),
  );
}

async function auctions(h: ChainHouse, note: Note): Promise<void> {
  const terms = auctionOf(await mint(h, SELLER), 0);
  const signature = await h.sign(SELLER, 'AuctionTerms', terms);
  const opened = await h.send(BUYER, 'openAuction', [terms, signature, 10_000n]);
  note('auction: first bid', opened);
  const outbid = await h.send(THIRD, 'bid', [terms.cardId, 10_500n]);
  note('auction: outbid, refund', outbid);
  await h.client.increaseTime({ seconds: Number(DAY) });
  const settled = await h.send(0, 'settleAuction', [terms.cardId]);
  note('auction: settle', settled);
  note('auction: terms, two bids, settled', opened + outbid + settled);
  const late = auctionOf(await mint(h, SELLER), 0);
  await h.send(BUYER, 'openAuction', [
    ...[late, await h.sign(SELLER, 'AuctionTerms', late), 10_000n],
  ]);
  await h.client.increaseTime({ seconds: Number(DAY) - 600 });
  note('auction: outbid, extends', await h.send(THIRD, 'bid', [late.cardId, 10_500n]));
}

async function swapsAndBurns(h: ChainHouse, note: Note): Promise<void> {
  const offer = {
    ...{ give: await mint(h, SELLER), want: await mint(h, BUYER), topUp: 0n, makerPays: false },
    ...{ feeBps: 100, nonce: 0, epoch: 0, deadline: FAR },
  };
  note('swap', await h.send(BUYER, 'swap', [offer, await h.sign(SELLER, 'SwapOffer', offer)]));
  const paid = {
    ...{
      ...offer,
      give: await mint(h, SELLER),
      want: await mint(h, BUYER),
      topUp: 1_000n,
      feeBps: 0,
    },
  };
  note(
    'swap with top-up',
    await h.send(BUYER, 'swap', [paid, await h.sign(SELLER, 'SwapOffer', paid)]),
  );
  note('burn', await h.send(SELLER, 'burn', [await mint(h, SELLER)]));
}

async function deliveries(h: ChainHouse, note: Note): Promise<void> {
  const session = createECDH('secp256k1');
  session.setPrivateKey(Buffer.from('1b'.repeat(32), 'hex'));
  const publicKey = session.getPublicKey();
  const secret = [1n, 2n, 3n].map((n) => keccak256(`0x0${n}`)) as unknown as [Hex, Hex, Hex];
  const id = await mint(h, SELLER);
  const bid = {
    ...bidOf(id, person(BUYER).address, 0),
    session: publicKeyToAddress(`0x${publicKey.toString('hex')}`),
    secretCommit: secretCommit(id, secret),
  };
  const isFull = (word: Hex): boolean => !/^0x(..)*00/.test(word);
  const words = ({ x, c }: SealedSecret): Hex[] => [toHex(x, { size: 32 }), ...c];
  const points = (sealed: SealedSecret): Hex[] => {
    const shared = openSecret(id, sealed, session.getPrivateKey());
    return shared ? [toHex(shared.sx, { size: 32 }), toHex(shared.sy, { size: 32 })] : [];
  };
  // The point of a delivery is drawn by chance, and a byte of zero is 12 gas cheaper: the dearest is measured.
  let wrong: SealedSecret;
  do wrong = sealSecret(id, [secret[0], secret[1], secret[0]], publicKey);
  while (![...words(wrong), ...points(wrong)].every(isFull));
  note('deliver with ciphertext', await deliver(h, bid, wrong));
  const record = { bid, seller: person(SELLER).address, ...(await lastDelivery(h)) };
  const opened = openSecret(id, wrong, session.getPrivateKey());
  assert(opened);
  const k = BigInt(`0x${session.getPrivateKey('hex')}`);
  note(
    'prove a wrong delivery',
    await h.send(BUYER, 'proveWrongDelivery', [record, k, opened.sx, opened.sy]),
  );
}

const deliver = async (h: ChainHouse, bid: { session: Address }, sealed: SealedSecret) =>
  h.send(SELLER, 'deliver', [bid, await h.sign(BUYER, 'Bid', bid), sealed]);

async function lastDelivery(h: ChainHouse) {
  const { transactions } = await h.client.getBlock();
  const hash = transactions[0];
  assert(hash);
  const { logs } = await h.client.getTransactionReceipt({ hash });
  const [delivered] = parseEventLogs({ abi: exchangeAbi, logs, eventName: 'Delivered' });
  assert(delivered);
  const { until, secret } = delivered.args;
  return { until, secret };
}

async function fractions(h: ChainHouse, note: Note): Promise<void> {
  // The exchange holds another card all the while: its balance is not zero in steady state.
  await h.send(SELLER, 'fractionalise', [await mint(h, SELLER), 10, 10_000n, 100]);
  const id = await mint(h, SELLER);
  note('fractionalise', await h.send(SELLER, 'fractionalise', [id, 10, 10_000n, 100]));
  const shareId = await h.view('shareIdOf', [id]);
  note(
    'transfer shares to a new holder',
    await h.send(SELLER, 'transferShares', [shareId, person(THIRD).address, 4]),
  );
  note('buy out', await h.send(BUYER, 'buyOut', [id]));
  note('cash', await h.send(THIRD, 'cash', [shareId]));
  const odd = await mint(h, SELLER);
  await h.send(SELLER, 'fractionalise', [odd, 7, 10_000n, 100]);
  const oddShares = await h.view('shareIdOf', [odd]);
  await h.send(SELLER, 'transferShares', [oddShares, person(THIRD).address, 4]);
  await h.send(BUYER, 'buyOut', [odd]);
  note('cash, rounding carried on', await h.send(THIRD, 'cash', [oddShares]));
}

async function batches(h: ChainHouse, note: Note): Promise<void> {
  const items = Array.from({ length: 100 }, () => {
    const hash = BigInt(keccak256(`0x${next.toString(16).padStart(8, '0')}`));
    next += 1;
    return {
      ...{ cardId: ((hash >> 40n) << 40n) | 3_000_000_000n, issuerClass: 7 },
      secretCommit: keccak256(`0x${hash.toString(16).padStart(64, '0')}`),
    };
  });
  const item = [
    {
      type: 'tuple[100]',
      components: [
        { name: 'cardId', type: 'uint256' },
        { name: 'issuerClass', type: 'uint16' },
        { name: 'secretCommit', type: 'bytes32' },
      ],
    },
  ] as const;
  const attest = {
    holder: person(SELLER).address,
    itemsHash: keccak256(encodeAbiParameters(item, [items])),
    deadline: FAR,
  };
  const gas = await h.send(0, 'mintBatch', [attest, items, await h.sign(5, 'BatchAttest', attest)]);
  note('mint 100, per card', Math.ceil(Number(gas) / 100));
}

async function anchors(h: ChainHouse, note: Note): Promise<void> {
  const leaves = Array.from({ length: 50_000 }, (_, i) => Buffer.from(`entry ${i}`));
  const rootAt = (size: number) => rootOf(leaves.slice(0, size));
  const send = async (functionName: 'anchor' | 'anchorProven', args: readonly unknown[]) => {
    const hash = await h.client.writeContract({
      ...{ address: h.log, abi: logAnchorAbi, functionName, args },
    } as never);
    const receipt = await h.client.waitForTransactionReceipt({ hash });
    assert.equal(receipt.status, 'success');
    return receipt.gasUsed;
  };
  await send('anchor', [1_000n, rootAt(1_000)]);
  const [before] = await h.client.readContract({
    ...{ address: h.log, abi: logAnchorAbi, functionName: 'head' },
  });
  const small = rootAt(10_000);
  const anchored = await send('anchor', [10_000n, small]);
  note('anchor a head', anchored);
  const proof = consistencyProof(10_000, leaves);
  assert.equal(proof.length, 13);
  note(
    'anchor a head, proven by 13 hashes',
    await send('anchorProven', [before, small, 50_000n, rootOf(leaves), proof]),
  );
}
