/**
 * What does the exchange cost beside its peers? Every flow of ours and of Seaport 1.6, Zora v3, EAS and the leanest
 * tokens, on one anvil with one money, all balances warm. Prints a table. `npm run bench -- chain [--write]`.
 * The peers are installed into bench/chain on the first run; the product depends on none of them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const place = join(import.meta.dirname, 'chain');
const DOCUMENT = join(import.meta.dirname, '../docs/exchange-bench.md');

install();
const { openBench } = await import('./chain/bench.ts');
const { measureOurs } = await import('./chain/ours.ts');
const { measureSeaport } = await import('./chain/seaport.ts');
const { measureEas, measureTokens, measureZora } = await import('./chain/others.ts');

const ends: (() => void)[] = [];
const measured = {
  ours: figures(),
  seaport: figures(),
  zora: figures(),
  eas: figures(),
  tokens: figures(),
};
try {
  const bench = await openBench((end) => ends.push(end));
  await measureOurs(bench, noteIn(measured.ours));
  await measureSeaport(bench, noteIn(measured.seaport));
  await measureZora(bench, noteIn(measured.zora));
  await measureEas(bench, noteIn(measured.eas));
  await measureTokens(bench, noteIn(measured.tokens));
} finally {
  for (const end of ends) end();
}
const table = report();
console.log(table);
if (process.argv.includes('--write')) writeFileSync(DOCUMENT, table);

type Figures = Map<string, number>;
function figures(): Figures {
  return new Map();
}
function noteIn(map: Figures): (flow: string, gas: bigint) => void {
  return (flow, gas) => map.set(flow, Number(gas));
}
function of(map: Figures, flow: string): number {
  const gas = map.get(flow);
  if (gas === undefined) throw new Error(`nobody measured ${flow}`);
  return gas;
}

/** Exact versions, no install scripts: the peers bring whole toolchains that nobody runs here. */
function install(): void {
  if (existsSync(join(place, 'node_modules/seaport-core'))) return;
  console.log('· installing the peers into bench/chain (once)');
  const { status } = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
    ...{ cwd: place, stdio: ['ignore', 'ignore', 'inherit'] },
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('npm could not install the peers');
}

/** Flow, what we call it, the peer's way to the same end, and what that measured. */
type Row = [flow: string, own: string, peer: string, theirs: number | undefined];

function saleRows({ seaport, tokens }: typeof measured): Row[] {
  const of1 = of(seaport, 'basic, 1 fee');
  const twice = of(tokens, 'Solady ERC-721 mint') + of1;
  const basic = 'Seaport fulfillBasicOrder';
  return [
    ['buy, no fee', 'buy, no fee', basic, of(seaport, 'basic, 0 fee')],
    ['buy, 1 fee', 'buy, 1 fee', basic, of1],
    ['buy, 1 fee', 'buy, 1 fee', 'Seaport fulfillAdvancedOrder', of(seaport, 'advanced, 1 fee')],
    [
      'buy, fee and charity',
      'buy, fee and charity',
      `${basic}, 2 fees`,
      of(seaport, 'basic, 2 fee'),
    ],
    ['mint and sale', 'mint and sale', 'Solady 721 mint, then Seaport basic', twice],
    [
      '10 of one seller, per card',
      'many, per card',
      'Seaport, in one',
      of(seaport, 'many, per card'),
    ],
    ['accept a bid', 'accept bid', basic, of(seaport, 'accept bid')],
    ['match two signatures', 'match', 'Seaport matchAdvancedOrders', of(seaport, 'match')],
    ['swap', 'swap', 'Seaport fulfillOrder', of(seaport, 'swap')],
    [
      'swap with top-up',
      'swap with top-up',
      'Seaport fulfillOrder',
      of(seaport, 'swap with top-up'),
    ],
    ['cancel', 'cancel', 'Seaport cancel', of(seaport, 'cancel')],
    ['deliver with ciphertext', 'deliver with ciphertext', 'Seaport basic, no secret', of1],
    ['prove a wrong delivery', 'prove a wrong delivery', '–', undefined],
  ];
}

function otherRows({ zora, eas, tokens }: typeof measured): Row[] {
  const opened = of(zora, 'auction: create') + of(zora, 'auction: first bid');
  const again = of(zora, 'auction: outbid, refund');
  const settled = of(zora, 'auction: settle');
  const mint = of(tokens, 'OpenZeppelin ERC-721 mint');
  const lean = of(tokens, 'Solady ERC-1155 batch, per card');
  return [
    [
      'auction: terms, 2 bids, settled',
      'auction in all',
      'Zora v3, 1 fee',
      opened + again + settled,
    ],
    ['· first bid', 'auction: first bid', 'Zora v3, create and bid', opened],
    ['· outbid with refund', 'auction: outbid, refund', 'Zora v3', again],
    ['· settle', 'auction: settle', 'Zora v3', settled],
    ['fractionalise', 'fractionalise', '–', undefined],
    ['buy out', 'buy out', '–', undefined],
    ['cash', 'cash', '–', undefined],
    ['burn, with tombstone', 'burn', '–', undefined],
    ['mint, attested', 'mint, attested', 'OpenZeppelin 721, not attested', mint],
    ['batch of 100, per card', 'batch, per card', 'Solady 1155, not attested', lean],
    [
      ...(['batch of 100, per card', 'batch, per card', 'ERC-721A, serial ids'] as const),
      of(tokens, 'ERC-721A batch, per card'),
    ],
    ['anchor a root', 'anchor a root', 'EAS timestamp', of(eas, 'anchor a root')],
    [
      '· per event at 10,000',
      'anchor per event',
      'EAS multiAttest of 50',
      of(eas, 'attest, per event'),
    ],
  ];
}

function report(): string {
  const { ours } = measured;
  ours.set('anchor per event', of(ours, 'anchor a root') / 10_000);
  const lines = [...saleRows(measured), ...otherRows(measured)].map(
    ([flow, name, peer, theirs]) => {
      const own = of(ours, name);
      const [other, ratio] = theirs ? [text(theirs), percent(own / theirs - 1)] : ['–', '–'];
      return `| ${flow} | ${text(own)} | ${peer} | ${other} | ${ratio} |`;
    },
  );
  return [...head(), ...lines, ...fairness()].join('\n');
}

function text(gas: number): string {
  return gas < 100 ? gas.toFixed(1) : Math.round(gas).toLocaleString('en');
}
function percent(change: number): string {
  if (change >= 1) return `×${(change + 1).toFixed(1)}`;
  const size = Math.abs(change * 100);
  return `${change > 0 ? '+' : '−'}${size > 99 ? size.toFixed(3) : size.toFixed(0)} %`;
}

function head(): string[] {
  return [
    '# What the exchange costs beside its peers',
    '',
    'Written by `npm run bench -- chain --write`. Gas of stand-alone transactions (21,000 and call data in) on anvil,',
    'hard fork cancun, all on one chain with the same ERC-20; every balance touched is not zero before and after,',
    'approvals infinite and given before. Ours: the committed artifacts (solc 0.8.37, IR, paris). Peers:',
    `Seaport (seaport-core ${version('seaport-core')}, solc 0.8.24, IR, most runs, cancun, direct approvals) with`,
    `OpenZeppelin ERC-721 cards; @zoralabs/v3 ${version('@zoralabs/v3')} and EAS`,
    `${version('@ethereum-attestation-service/eas-contracts')} as published; solady ${version('solady')},`,
    `erc721a ${version('erc721a')} (200 runs).`,
    '',
    '| flow | ours | peer | peer gas | ours to peer |',
    '|---|---:|---|---:|---:|',
  ];
}
function fairness(): string[] {
  return [
    '',
    'What to keep in mind when these are quoted:',
    '- Seaport and Zora are general exchanges for any token. Ours only sells its own cards, which saves the call to another',
    '  contract and the order-status word.',
    '- Ours checks the real name, the pause and re-entry in every sale; Seaport checks re-entry, Zora re-entry.',
    '- "Deliver" is beside a Seaport sale that hands over no secret. "Mint and sale" is beside two transactions.',
    '- Our attested mint verifies a signature, the plain mints beside it verify nothing; serial ids (ERC-721A) write one',
    '  owner for a whole batch, which ids made of hashes cannot.',
    '- Fractions, burning and proofs of delivery have no peer on npm: Fractional v1 and OpenSea redeemables are only in',
    '  their repositories.',
    '- One anchor holds a root; an attestation per event holds each event on chain. They are two ways to the same proof,',
    '  not the same thing.',
    '',
  ];
}

function version(name: string): string {
  const file = join(place, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
