/** The exchange's own flows on the bench's chain, in the steady state in which the peers are measured. */
import { createECDH } from 'node:crypto';
import { encodeAbiParameters, type Hex, keccak256, numberToHex, parseEventLogs, slice } from 'viem';
import { publicKeyToAddress } from 'viem/accounts';
import { exchangeAbi, logAnchorAbi } from '../../contracts/abi.gen.ts';
import { openSecret, type SealedSecret, sealSecret, secretCommit } from '../../contracts/secret.ts';
import {
  attestOf,
  auctionOf,
  bidOf,
  type ChainHouse,
  cardId,
  listingOf,
  person,
} from '../../contracts/test/support/anvil.ts';
import { packFirstSale } from '../../contracts/typed-data.ts';
import { type Bench, FAR, type Note, PRICE, write } from './bench.ts';

const OPERATOR = 0;
const SELLER = 1;
const BUYER = 2;
const THIRD = 3;
const VERIFIER = 5;
const CHARITY = { charityBps: 100, charityId: 3 };
const DAY = 86_400;

export async function measureOurs({ ours }: Bench, note: Note): Promise<void> {
  await warmUp(ours);
  await sales(ours, note);
  await auction(ours, note);
  await swaps(ours, note);
  await delivery(ours, note);
  await shares(ours, note);
  await batch(ours, note);
  await anchor(ours, note);
}

let next = 0;
async function mint(h: ChainHouse, owner: number): Promise<bigint> {
  next += 1;
  const attest = attestOf(cardId(next), person(owner).address);
  await h.send(OPERATOR, 'mint', [attest, await h.sign(VERIFIER, 'Attest', attest)]);
  return attest.cardId;
}
async function listed(h: ChainHouse, change: object = {}) {
  const listing = { ...listingOf(await mint(h, SELLER), 0), ...change };
  return [listing, await h.sign(SELLER, 'Listing', listing)] as const;
}

/** Everybody has cards, a purse and a former sale; the house has fees, the charity has been given to. */
async function warmUp(h: ChainHouse): Promise<void> {
  for (const n of [SELLER, SELLER, SELLER, BUYER, BUYER, THIRD, THIRD]) await mint(h, n);
  for (const n of [SELLER, BUYER, THIRD]) await h.send(n, 'deposit', [1_000_000n]);
  await h.send(BUYER, 'buy', await listed(h, CHARITY));
  const terms = auctionOf(await mint(h, SELLER), 0);
  const signature = await h.sign(SELLER, 'AuctionTerms', terms);
  await h.send(BUYER, 'openAuction', [terms, signature, PRICE]);
  await h.send(SELLER, 'fractionalise', [await mint(h, SELLER), 10, PRICE, 100]);
}

async function sales(h: ChainHouse, note: Note): Promise<void> {
  note('buy, no fee', await h.send(BUYER, 'buy', await listed(h, { feeBps: 0 })));
  note('buy, 1 fee', await h.send(BUYER, 'buy', await listed(h)));
  note('buy, fee and charity', await h.send(BUYER, 'buy', await listed(h, CHARITY)));
  next += 1;
  const attest = attestOf(cardId(next), person(SELLER).address);
  const byVerifier = await h.sign(VERIFIER, 'Attest', attest);
  note('mint, attested', await h.send(OPERATOR, 'mint', [attest, byVerifier]));
  next += 1;
  const fresh = attestOf(cardId(next), person(SELLER).address);
  const listing = listingOf(fresh.cardId, 0);
  const attested = await h.sign(VERIFIER, 'Attest', fresh);
  const first = [packFirstSale(fresh, listing), slice(attested, 0, 32), slice(attested, 32)];
  const bySeller = await h.sign(SELLER, 'Listing', listing);
  note('mint and sale', await h.send(BUYER, 'buyLazy', [...first, bySeller]));
  const ten: (readonly [object, Hex])[] = [];
  for (let i = 0; i < 10; i++) ten.push(await listed(h));
  const many = [ten.map(([order]) => order), ten.map(([, signature]) => signature)];
  note('many, per card', (await h.send(BUYER, 'buyMany', many)) / 10n);
  const bid = bidOf(await mint(h, SELLER), person(BUYER).address, 0);
  const accepted = [bid, await h.sign(BUYER, 'Bid', bid), 0, 0];
  note('accept bid', await h.send(SELLER, 'acceptBid', accepted));
  const [ask, signature] = await listed(h);
  const offer = bidOf(ask.cardId, person(BUYER).address, 0);
  const matched = [ask, signature, offer, await h.sign(BUYER, 'Bid', offer)];
  note('match', await h.send(OPERATOR, 'matchOrders', matched));
  note('cancel', await h.send(SELLER, 'cancelAll', [await mint(h, SELLER)]));
  note('burn', await h.send(SELLER, 'burn', [await mint(h, SELLER)]));
}

async function auction(h: ChainHouse, note: Note): Promise<void> {
  const terms = auctionOf(await mint(h, SELLER), 0);
  const signature = await h.sign(SELLER, 'AuctionTerms', terms);
  const first = await h.send(BUYER, 'openAuction', [terms, signature, PRICE]);
  const outbid = await h.send(THIRD, 'bid', [terms.cardId, PRICE * 2n]);
  await h.client.increaseTime({ seconds: DAY });
  const settled = await h.send(OPERATOR, 'settleAuction', [terms.cardId]);
  note('auction: first bid', first);
  note('auction: outbid, refund', outbid);
  note('auction: settle', settled);
  note('auction in all', first + outbid + settled);
}

async function swaps(h: ChainHouse, note: Note): Promise<void> {
  for (const [flow, topUp] of [
    ['swap', 0n],
    ['swap with top-up', 1_000n],
  ] as const) {
    const offer = {
      ...{ give: await mint(h, SELLER), want: await mint(h, BUYER), topUp, makerPays: false },
      ...{ feeBps: 0, nonce: 0, epoch: 0, deadline: Number(FAR) },
    };
    const signature = await h.sign(SELLER, 'SwapOffer', offer);
    note(flow, await h.send(BUYER, 'swap', [offer, signature]));
  }
}

async function delivery(h: ChainHouse, note: Note): Promise<void> {
  const session = createECDH('secp256k1');
  const key = session.generateKeys();
  const secret = ['0x01', '0x02', '0x03'].map((n) => keccak256(n as Hex)) as [Hex, Hex, Hex];
  const id = await mint(h, SELLER);
  const bid = {
    ...bidOf(id, person(BUYER).address, 0),
    session: publicKeyToAddress(`0x${key.toString('hex')}`),
    secretCommit: secretCommit(id, secret),
  };
  const wrong = sealSecret(id, [secret[0], secret[1], secret[0]], key);
  const args = [bid, await h.sign(BUYER, 'Bid', bid), wrong];
  note('deliver with ciphertext', await h.send(SELLER, 'deliver', args));
  const hash = (await h.client.getBlock()).transactions[0] ?? '0x';
  const { logs } = await h.client.getTransactionReceipt({ hash });
  const [delivered] = parseEventLogs({ abi: exchangeAbi, logs, eventName: 'Delivered' });
  if (!delivered) throw new Error('nothing delivered');
  const { until, secret: sealed } = delivered.args;
  const record = { bid, seller: person(SELLER).address, until, secret: sealed };
  const opened = openSecret(id, sealed as SealedSecret, session.getPrivateKey());
  const k = BigInt(`0x${session.getPrivateKey('hex')}`);
  const proof = [record, k, opened?.sx, opened?.sy];
  note('prove a wrong delivery', await h.send(BUYER, 'proveWrongDelivery', proof));
}

async function shares(h: ChainHouse, note: Note): Promise<void> {
  const id = await mint(h, SELLER);
  note('fractionalise', await h.send(SELLER, 'fractionalise', [id, 10, PRICE, 100]));
  const shareId = await h.view('shareIdOf', [id]);
  await h.send(SELLER, 'transferShares', [shareId, person(THIRD).address, 4]);
  note('buy out', await h.send(BUYER, 'buyOut', [id]));
  note('cash', await h.send(THIRD, 'cash', [shareId]));
}

async function batch(h: ChainHouse, note: Note): Promise<void> {
  const items = Array.from({ length: 100 }, (_, n) => {
    const hash = BigInt(keccak256(numberToHex(n, { size: 8 })));
    const id = ((hash >> 40n) << 40n) | 3_000_000_000n;
    return { cardId: id, issuerClass: 7, secretCommit: numberToHex(hash, { size: 32 }) };
  });
  const components = [
    { name: 'cardId', type: 'uint256' },
    { name: 'issuerClass', type: 'uint16' },
    { name: 'secretCommit', type: 'bytes32' },
  ] as const;
  const itemsHash = keccak256(encodeAbiParameters([{ type: 'tuple[100]', components }], [items]));
  const attest = { holder: person(SELLER).address, itemsHash, deadline: Number(FAR) };
  const signature = await h.sign(VERIFIER, 'BatchAttest', attest);
  note('batch, per card', (await h.send(OPERATOR, 'mintBatch', [attest, items, signature])) / 100n);
}

async function anchor(h: ChainHouse, note: Note): Promise<void> {
  const send = (size: bigint): Promise<bigint> =>
    write(h, OPERATOR, {
      ...{ address: h.log, abi: logAnchorAbi, functionName: 'anchor' },
      args: [size, keccak256(numberToHex(size))],
    });
  await send(1_000n);
  note('anchor a root', await send(11_000n));
}
