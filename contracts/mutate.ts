/**
 * The long run: breaks the contracts in one place after the other and counts which breaks the suites notice: forge's unit
 * and fuzz suites, then the walks, then the reference model. At least 95 % have to be noticed.
 * `npm run contracts:long -- [how many] [seed] [minutes]`: a sample drawn by the seed, two at a time, until the time is up.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ForgeRun } from './forge.ts';
import { actors } from './model/anvil.ts';
import { Difference, nothingReached, openTheatre, runTrace } from './model/differential.ts';
import { randomOf } from './model/random.ts';
import { type Made, openWorkshop, type Slip, type Suite, type Workshop } from './workshop.ts';

const root = join(import.meta.dirname, '..');
const KILLED_AT_LEAST = 0.95;
const WORKERS = 2;
const PORT = 4_630;
const TRACES = 24;

/** Slips of one token. */
const SLIPS: readonly (readonly [RegExp, string])[] = [
  [/ < (?=[\w(])/, ' <= '],
  [/ <= /, ' < '],
  [/ > (?=[\w(])/, ' >= '],
  [/ >= /, ' > '],
  [/ == /, ' != '],
  [/ != /, ' == '],
  [/ && /, ' || '],
  [/ \|\| /, ' && '],
  [/ \+ /, ' - '],
  [/ - /, ' + '],
  [/ \* /, ' / '],
];
/** A dropped refusal. */
const REFUSAL = /^\s*if \(.*\) revert .*;$/;

type Mutant = Slip & { readonly line: number };

function mutantsOf(file: string): Mutant[] {
  const lines = readFileSync(join(root, 'contracts/src', file), 'utf8').split('\n');
  return lines.flatMap((text, line) => {
    if (/^\s*(\/\/|\*|import|event|error|pragma|function .*;$)/.test(text)) return [];
    const code = text.replace(/\/\/.*$/, '');
    const slips = SLIPS.filter(([token]) => token.test(code)).map(([token, other]) => ({
      ...{ file, line, from: text, to: text.replace(token, other) },
    }));
    return REFUSAL.test(code) ? [...slips, { file, line, from: text, to: '' }] : slips;
  });
}

/** Spread over all sources by chance, the same for the same seed. */
export function sample(count: number, seed: number): Mutant[] {
  const sources = readdirSync(join(root, 'contracts/src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sol') && !/(^|\/)I[A-Z]|interfaces/.test(file))
    .sort();
  const random = randomOf(seed);
  const left = sources.flatMap(mutantsOf);
  const chosen: Mutant[] = [];
  while (chosen.length < count && left.length > 0)
    chosen.push(...left.splice(random.below(left.length), 1));
  return chosen;
}

/** The reference model walks beside the broken contract. */
const model =
  (port: number): Suite =>
  async (made: Made): Promise<ForgeRun> => {
    const parts = {
      exchange: made('Exchange'),
      extension: made('ExchangeExtension'),
      desk: made('ExchangeDesk'),
    };
    try {
      const theatre = await openTheatre(port, { ...parts, actors: actors() });
      try {
        for (let seed = 1; seed <= TRACES; seed += 1)
          await runTrace(theatre, seed, { steps: 110, reached: nothingReached() });
      } finally {
        await theatre.stop();
      }
      return { status: 0, output: '' };
    } catch (error) {
      // A difference, or a contract that cannot even be set up.
      const output = error instanceof Difference ? error.message : String(error);
      return { status: 1, output };
    }
  };
/** What the model does not walk through. */
const APART = /AttestedSettlement|LogAnchor|MerkleTree|SandboxMoney|ChainProbe/;

async function noticed(workshop: Workshop, mutant: Mutant, port: number): Promise<boolean> {
  const suites: Suite[] = [
    ['--no-match-contract', 'Invariants', '--fail-fast'],
    ['--match-contract', 'Invariants'],
    ...(APART.test(mutant.file) ? [] : [model(port)]),
  ];
  const { status } = await workshop.tryOut(mutant, ...suites);
  return status !== 0;
}

async function main(count = 120, seed = 1, minutes = 40): Promise<void> {
  const end = Date.now() + minutes * 60_000;
  const all = sample(Number.POSITIVE_INFINITY, seed);
  const queue = all.slice(0, count);
  const survivors: Mutant[] = [];
  let tried = 0;
  await Promise.all(
    Array.from({ length: WORKERS }, async (_, n) => {
      const workshop = await openWorkshop();
      try {
        while (Date.now() < end) {
          const mutant = queue.shift();
          if (!mutant) return;
          const dead = await noticed(workshop, mutant, PORT + n);
          tried += 1;
          if (!dead) survivors.push(mutant);
          const { file, line, from, to } = mutant;
          console.log(`${dead ? '✓' : '✗'} ${file}:${line + 1} ${from.trim()} → ${to.trim()}`);
        }
      } finally {
        workshop.close();
      }
    }),
  );
  const rate = 1 - survivors.length / tried;
  const share = `${tried - survivors.length} of ${tried} noticed (${(rate * 100).toFixed(1)} %)`;
  console.log(`${share}, out of ${all.length} places, seed ${seed}`);
  if (!(rate >= KILLED_AT_LEAST)) process.exitCode = 1;
}

if (process.argv[1] === import.meta.filename) await main(...process.argv.slice(2).map(Number));
