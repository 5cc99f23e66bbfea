/** Seaport 1.6 on the bench's chain: its cheapest route for each flow that the exchange has too. */
import { type Address, type Hex, zeroAddress, zeroHash } from 'viem';
import { person } from '../../contracts/test/support/anvil.ts';
import { type Bench, deploy, FAR, type Note, PRICE } from './bench.ts';
import { seaportCode } from './compile.ts';

const SELLER = 1;
const BUYER = 2;
/** Fee in basis points of the price, and who gets each: as many receivers as there are fees. */
const FEE_BPS = 100n;
const FEE_PAYEES = [8, 7];
const ITEM = { ERC20: 1, ERC721: 2 } as const;
/** BasicOrderType: ERC-20 for an ERC-721, and the other way round; open, whole. */
const BASIC = { BUY: 8, ACCEPT: 16 } as const;

interface Item {
  readonly itemType: number;
  readonly token: Address;
  readonly identifierOrCriteria: bigint;
  readonly startAmount: bigint;
  readonly endAmount: bigint;
}
interface Due extends Item {
  readonly recipient: Address;
}
interface Order {
  readonly by: number;
  readonly offer: readonly Item[];
  readonly consideration: readonly Due[];
}

const ITEM_FIELDS = [
  { name: 'itemType', type: 'uint8' },
  { name: 'token', type: 'address' },
  { name: 'identifierOrCriteria', type: 'uint256' },
  { name: 'startAmount', type: 'uint256' },
  { name: 'endAmount', type: 'uint256' },
] as const;
const TYPES = {
  OrderComponents: [
    { name: 'offerer', type: 'address' },
    { name: 'zone', type: 'address' },
    { name: 'offer', type: 'OfferItem[]' },
    { name: 'consideration', type: 'ConsiderationItem[]' },
    { name: 'orderType', type: 'uint8' },
    { name: 'startTime', type: 'uint256' },
    { name: 'endTime', type: 'uint256' },
    { name: 'zoneHash', type: 'bytes32' },
    { name: 'salt', type: 'uint256' },
    { name: 'conduitKey', type: 'bytes32' },
    { name: 'counter', type: 'uint256' },
  ],
  OfferItem: ITEM_FIELDS,
  ConsiderationItem: [...ITEM_FIELDS, { name: 'recipient', type: 'address' }],
} as const;

export async function measureSeaport(bench: Bench, note: Note): Promise<void> {
  const code = seaportCode();
  const controller = await deploy(bench, code, 'ConduitController');
  const seaport = await deploy(bench, code, 'Seaport', [controller]);
  const { card, money } = bench;
  for (const n of [SELLER, BUYER]) {
    await bench.to(card).send(n, 'setApprovalForAll', [seaport, true]);
    await bench.to(money).send(n, 'approve', [seaport, 2n ** 256n - 1n]);
  }
  const at = {
    ...bench.to({ address: seaport, abi: code['Seaport']?.abi ?? [] }),
    address: seaport,
  };
  const house: Seaport = { bench, seaport, call: at.send };
  // Once unmeasured: whatever a first trade warms up is warm.
  await buy(house, 1);
  for (const fees of [0, 1, 2]) note(`basic, ${fees} fee`, await buy(house, fees));
  note('advanced, 1 fee', await advanced(house));
  note('accept bid', await accept(house));
  note('match', await match(house));
  note('many, per card', (await many(house, 10)) / 10n);
  note('swap', await swap(house, 0n));
  note('swap with top-up', await swap(house, 1_000n));
  note('cancel', await cancel(house));
}

interface Seaport {
  readonly bench: Bench;
  readonly seaport: Address;
  readonly call: (by: number, fn: string, args: readonly unknown[]) => Promise<bigint>;
}
let salt = 1n;

const money = ({ bench }: Seaport, amount: bigint): Item => ({
  ...{ itemType: ITEM.ERC20, token: bench.money.address, identifierOrCriteria: 0n },
  ...{ startAmount: amount, endAmount: amount },
});
const card = ({ bench }: Seaport, id: bigint): Item => ({
  ...{ itemType: ITEM.ERC721, token: bench.card.address, identifierOrCriteria: id },
  ...{ startAmount: 1n, endAmount: 1n },
});
const to = (item: Item, n: number): Due => ({ ...item, recipient: person(n).address });
const feesOf = (count: number): number[] => FEE_PAYEES.slice(0, count);
const FEE = (PRICE * FEE_BPS) / 10_000n;

async function sign(house: Seaport, { by, offer, consideration }: Order) {
  const components = {
    ...{ offerer: person(by).address, zone: zeroAddress as Address, offer, consideration },
    ...{ orderType: 0, startTime: 0n, endTime: FAR, zoneHash: zeroHash as Hex, salt: salt++ },
    conduitKey: zeroHash as Hex,
    counter: 0n,
  };
  const signature = await person(by).signTypedData({
    domain: {
      ...{ name: 'Seaport', version: '1.6' },
      ...{ chainId: house.bench.chainId, verifyingContract: house.seaport },
    },
    ...{ types: TYPES, primaryType: 'OrderComponents', message: components },
  });
  const { counter: _, ...parameters } = components;
  const total = BigInt(consideration.length);
  return {
    components,
    signature,
    parameters: { ...parameters, totalOriginalConsiderationItems: total },
  };
}
type SignedOrder = Awaited<ReturnType<typeof sign>>;
const whole = ({ parameters, signature }: SignedOrder) => ({
  ...{ parameters, numerator: 1n, denominator: 1n, signature, extraData: '0x' },
});

function listing(house: Seaport, id: bigint, fees: number): Order {
  const net = PRICE - FEE * BigInt(fees);
  const dues = [to(money(house, net), SELLER)];
  for (const payee of feesOf(fees)) dues.push(to(money(house, FEE), payee));
  return { by: SELLER, offer: [card(house, id)], consideration: dues };
}

async function basic(
  house: Seaport,
  signed: SignedOrder,
  basicOrderType: number,
  fulfiller: number,
): Promise<bigint> {
  const {
    offer,
    consideration,
    offerer,
    zone,
    startTime,
    endTime,
    zoneHash,
    salt: own,
  } = signed.components;
  const [given, [first, ...others]] = [offer[0], consideration];
  if (!given || !first) throw new Error('an order of nothing');
  return house.call(fulfiller, 'fulfillBasicOrder', [
    {
      considerationToken: first.token,
      considerationIdentifier: first.identifierOrCriteria,
      considerationAmount: first.startAmount,
      ...{ offerer, zone, offerToken: given.token, offerIdentifier: given.identifierOrCriteria },
      ...{ offerAmount: given.startAmount, basicOrderType, startTime, endTime, zoneHash },
      ...{ salt: own, offererConduitKey: zeroHash, fulfillerConduitKey: zeroHash },
      totalOriginalAdditionalRecipients: BigInt(others.length),
      additionalRecipients: others.map(({ startAmount: amount, recipient }) => ({
        ...{ amount, recipient },
      })),
      signature: signed.signature,
    },
  ]);
}

async function buy(house: Seaport, fees: number): Promise<bigint> {
  const id = await house.bench.mint(SELLER);
  return basic(house, await sign(house, listing(house, id, fees)), BASIC.BUY, BUYER);
}

async function advanced(house: Seaport): Promise<bigint> {
  const id = await house.bench.mint(SELLER);
  const order = whole(await sign(house, listing(house, id, 1)));
  return house.call(BUYER, 'fulfillAdvancedOrder', [order, [], zeroHash, zeroAddress]);
}

async function accept(house: Seaport): Promise<bigint> {
  const id = await house.bench.mint(SELLER);
  const consideration = [to(card(house, id), BUYER), to(money(house, FEE), 8)];
  const offer = [money(house, PRICE)];
  const signed = await sign(house, { by: BUYER, offer, consideration });
  return basic(house, signed, BASIC.ACCEPT, SELLER);
}

/** An auction held off chain: the seller's and the winner's signatures, settled by a third. */
async function match(house: Seaport): Promise<bigint> {
  const id = await house.bench.mint(SELLER);
  const ask = whole(await sign(house, listing(house, id, 1)));
  const consideration = [to(card(house, id), BUYER)];
  const bid = whole(await sign(house, { by: BUYER, offer: [money(house, PRICE)], consideration }));
  const place = (orderIndex: number, itemIndex: number) => [
    { orderIndex: BigInt(orderIndex), itemIndex: BigInt(itemIndex) },
  ];
  const fulfillments = [
    { offerComponents: place(0, 0), considerationComponents: place(1, 0) },
    { offerComponents: place(1, 0), considerationComponents: place(0, 0) },
    { offerComponents: place(1, 0), considerationComponents: place(0, 1) },
  ];
  return house.call(0, 'matchAdvancedOrders', [[ask, bid], [], fulfillments, zeroAddress]);
}

/** Ten listings of one seller, the money in one transfer for each receiver. */
async function many(house: Seaport, count: number): Promise<bigint> {
  const orders: ReturnType<typeof whole>[] = [];
  for (let i = 0; i < count; i++)
    orders.push(whole(await sign(house, listing(house, await house.bench.mint(SELLER), 1))));
  const all = (itemIndex: bigint) => orders.map((_, i) => ({ orderIndex: BigInt(i), itemIndex }));
  return house.call(BUYER, 'fulfillAvailableAdvancedOrders', [
    ...[orders, [], all(0n).map((one) => [one]), [all(0n), all(1n)]],
    ...[zeroHash, zeroAddress, BigInt(count)],
  ]);
}

async function swap(house: Seaport, topUp: bigint): Promise<bigint> {
  const give = await house.bench.mint(SELLER);
  const want = await house.bench.mint(BUYER);
  const consideration = [to(card(house, want), SELLER)];
  if (topUp > 0n) consideration.push(to(money(house, topUp), SELLER));
  const signed = await sign(house, { by: SELLER, offer: [card(house, give)], consideration });
  const { parameters, signature } = signed;
  return house.call(BUYER, 'fulfillOrder', [{ parameters, signature }, zeroHash]);
}

async function cancel(house: Seaport): Promise<bigint> {
  const id = await house.bench.mint(SELLER);
  const { components } = await sign(house, listing(house, id, 1));
  return house.call(SELLER, 'cancel', [[components]]);
}
