/** Zora's auction, EAS's attestations, the leanest tokens: deployed from what their packages ship. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Abi, type Hex, keccak256, numberToHex, zeroAddress, zeroHash } from 'viem';
import { person } from '../../contracts/test/support/anvil.ts';
import { type Bench, deploy, type Note, PRICE } from './bench.ts';
import { type Code, tokenCode } from './compile.ts';

const packages = join(import.meta.dirname, 'node_modules');

function published(path: string, name: string): Code {
  const file = join(packages, path, `${name}.sol/${name}.json`);
  const { abi, bytecode } = JSON.parse(readFileSync(file, 'utf8')) as {
    abi: Abi;
    bytecode: Hex | { object: Hex };
  };
  return { abi, bytecode: typeof bytecode === 'string' ? bytecode : bytecode.object };
}

// ------------------------------------------------------------------ Zora v3

const ZORA = '@zoralabs/v3/dist/artifacts';
const SELLER = 1;
const BIDDER = 2;
const SECOND = 3;
const OPERATOR = 0;
const DAY = 86_400;
const MAX = 2n ** 256n - 1n;

/** ReserveAuctionCoreErc20 with a protocol fee of 1 %; no royalties are asked for. */
export async function measureZora(bench: Bench, note: Note): Promise<void> {
  const names = [
    ...['ZoraModuleManager', 'ZoraProtocolFeeSettings', 'ERC20TransferHelper'],
    ...['ERC721TransferHelper', 'ReserveAuctionCoreErc20', 'WETH'],
  ];
  const code: Record<string, Code> = { ...tokenCode() };
  for (const name of names) code[name] = published(ZORA, name);
  const make = async (name: string, ...args: unknown[]) => ({
    address: await deploy(bench, code, name, args),
    abi: code[name]?.abi ?? [],
  });
  const fees = await make('ZoraProtocolFeeSettings');
  const modules = await make('ZoraModuleManager', person(OPERATOR).address, fees.address);
  const helper20 = await make('ERC20TransferHelper', modules.address);
  const helper721 = await make('ERC721TransferHelper', modules.address);
  const royalty = await make('NoRoyalties');
  const weth = await make('WETH');
  const auction = await make(
    ...(['ReserveAuctionCoreErc20', helper20.address, helper721.address] as const),
    ...[royalty.address, fees.address, weth.address],
  );
  await bench.to(fees).send(OPERATOR, 'init', [modules.address, zeroAddress]);
  await bench.to(modules).send(OPERATOR, 'registerModule', [auction.address]);
  await bench.to(fees).send(OPERATOR, 'setFeeParams', [auction.address, person(8).address, 100]);
  await bench.to(bench.card).send(SELLER, 'setApprovalForAll', [helper721.address, true]);
  for (const n of [SELLER, BIDDER, SECOND]) {
    await bench.to(modules).send(n, 'setApprovalForModule', [auction.address, true]);
    await bench.to(bench.money).send(n, 'approve', [helper20.address, MAX]);
  }
  const at = bench.to(auction);
  const create = async (): Promise<[bigint, bigint]> => {
    const id = await bench.mint(SELLER);
    const args = [
      bench.card.address,
      id,
      DAY,
      PRICE,
      person(SELLER).address,
      0,
      bench.money.address,
    ];
    return [id, await at.send(SELLER, 'createAuction', args)];
  };
  // Another auction stands all the while, as the house holds another bid: its balance is not zero.
  const [other] = await create();
  await at.send(BIDDER, 'createBid', [bench.card.address, other, PRICE]);
  const [id, created] = await create();
  const first = await at.send(BIDDER, 'createBid', [bench.card.address, id, PRICE]);
  const outbid = await at.send(SECOND, 'createBid', [bench.card.address, id, PRICE * 2n]);
  await bench.ours.client.increaseTime({ seconds: DAY + 1 });
  const settled = await at.send(OPERATOR, 'settleAuction', [bench.card.address, id]);
  note('auction: create', created);
  note('auction: first bid', first);
  note('auction: outbid, refund', outbid);
  note('auction: settle', settled);
  note('auction in all', created + first + outbid + settled);
}

// ------------------------------------------------------------------ EAS

const EAS = '@ethereum-attestation-service/eas-contracts/artifacts/contracts';

export async function measureEas(bench: Bench, note: Note): Promise<void> {
  const code = { EAS: published(EAS, 'EAS'), SchemaRegistry: published(EAS, 'SchemaRegistry') };
  const registry = {
    address: await deploy(bench, code, 'SchemaRegistry'),
    abi: code.SchemaRegistry.abi,
  };
  const eas = bench.to({
    address: await deploy(bench, code, 'EAS', [registry.address]),
    abi: code.EAS.abi,
  });
  await bench
    .to(registry)
    .send(OPERATOR, 'register', ['bytes32 root,uint64 size', zeroAddress, true]);
  const { client } = bench.ours;
  const { logs } = await client.getTransactionReceipt({
    hash: (await client.getBlock()).transactions[0] ?? '0x',
  });
  const schema = logs[0]?.topics[1] ?? zeroHash;
  const item = (n: number) => ({
    ...{ recipient: zeroAddress, expirationTime: 0n, revocable: true, refUID: zeroHash },
    ...{ data: `${keccak256(numberToHex(n))}${'0'.repeat(63)}1`, value: 0n },
  });
  await eas.send(OPERATOR, 'timestamp', [keccak256('0x01')]);
  note('anchor a root', await eas.send(OPERATOR, 'timestamp', [keccak256('0x02')]));
  const data = Array.from({ length: 50 }, (_, n) => item(n));
  const many = await eas.send(OPERATOR, 'multiAttest', [[{ schema, data }]]);
  note('attest, per event', many / 50n);
}

// ------------------------------------------------------------------ tokens

export async function measureTokens(bench: Bench, note: Note): Promise<void> {
  const code = tokenCode();
  const place = async (name: string) =>
    bench.to({ address: await deploy(bench, code, name), abi: code[name]?.abi ?? [] });
  const owner = person(SELLER).address;
  const id = (n: number): bigint => (BigInt(keccak256(numberToHex(n, { size: 8 }))) >> 40n) << 40n;
  const solady = await place('Solady721');
  await solady.send(SELLER, 'mint', [owner, id(1)]);
  note('Solady ERC-721 mint', await solady.send(SELLER, 'mint', [owner, id(2)]));
  const oz = bench.to(bench.card);
  note('OpenZeppelin ERC-721 mint', await oz.send(SELLER, 'mint', [owner, id(3)]));
  const ids = Array.from({ length: 100 }, (_, n) => id(n + 10));
  const ones = ids.map(() => 1n);
  const batch = await place('Solady1155');
  note(
    'Solady ERC-1155 batch, per card',
    (await batch.send(SELLER, 'mintBatch', [owner, ids, ones])) / 100n,
  );
  const plain = await place('Card1155');
  note(
    'OpenZeppelin ERC-1155 batch, per card',
    (await plain.send(SELLER, 'mintBatch', [owner, ids, ones])) / 100n,
  );
  const serial = await place('Serial721');
  await serial.send(SELLER, 'mint', [owner, 1n]);
  note('ERC-721A batch, per card', (await serial.send(SELLER, 'mint', [owner, 100n])) / 100n);
}
