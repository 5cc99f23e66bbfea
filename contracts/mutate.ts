/**
 * Breaks the contracts in one place after the other and counts which breaks the suites notice: forge's unit and fuzz
 * suites, then the walks, then the reference model. At least 95 % have to be noticed.
 * `node contracts/mutate.ts [how many] [seed] [minutes]`: a sample drawn by the seed, until the time is up; called again
 * it goes on where it was in files that are still the same, and tries those that lived once more.
 *
 * Compiling is the dear part (most of a minute), so all slips are compiled into one code, each behind a switch: the slip
 * is made when the block's coinbase is its number. Without such a coinbase the code does what the sources say.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ForgeRun, forge } from './forge.ts';
import { actors } from './model/anvil.ts';
import { Difference, nothingReached, openTheatre, runTrace } from './model/differential.ts';
import {
  afterPragma,
  Edits,
  endOf,
  importOf,
  isTree,
  readTrees,
  startOf,
  type Tree,
  walk,
  writeSources,
} from './rewrite.ts';
import { madeAt, openPlace } from './workshop.ts';

const KILLED_AT_LEAST = 0.95;
const WORKERS = 2;
const PORT = 4_630;
const TRACES = 24;
/** A slip may run for ever; that is noticed too. */
const SUITE_SECONDS_MAX = 400;

interface Mutant {
  /** The same in every run, as long as the file is. */
  readonly id: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly slip: string;
}

/** Numbers of slips as coinbases; forge's and anvil's own are none of them. */
const coinbaseOf = (mutant: number): `0x${string}` =>
  `0x${(0xc0de_0000_0000n + BigInt(mutant)).toString(16).padStart(40, '0')}`;

const SLIP_SOL = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;
function slip(uint256 n) view returns (bool) { return uint160(address(block.coinbase)) == 0xc0de00000000 + n; }
${(
  [
    ['slipLess', '<', '<='],
    ['slipLessOrEqual', '<=', '<'],
    ['slipMore', '>', '>='],
    ['slipMoreOrEqual', '>=', '>'],
  ] as const
)
  .map(
    ([name, is, other]) =>
      `function ${name}(uint256 n, uint256 a, uint256 b) view returns (bool) { return slip(n) ? a ${other} b : a ${is} b; }`,
  )
  .join('\n')}
`;
const COMPARED: Readonly<Record<string, readonly [string, string]>> = {
  ...{ '<': ['slipLess', '<='], '<=': ['slipLessOrEqual', '<'] },
  ...{ '>': ['slipMore', '>='], '>=': ['slipMoreOrEqual', '>'] },
};
const COUNTED: Readonly<Record<string, string>> = { '+': '-', '-': '+', '*': '/' };

/** Puts all slips of one source behind switches, and adds to `mutants` what each is. */
function switched(file: string, text: string, tree: Tree, mutants: Mutant[]): string {
  const edits = new Edits();
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const first = mutants.length;
  const note = (at: number, slip: string): number => {
    const line = text.slice(0, at).split('\n').length;
    const id = `${hash}:${mutants.length - first}`;
    mutants.push({ id, file, line, slip, text: text.split('\n')[line - 1]?.trim() ?? '' });
    return mutants.length - 1;
  };
  const around = (node: Tree, before: string, after: string) => {
    edits.open(startOf(node), before);
    return () => edits.close(endOf(node), after);
  };
  walk(tree, (node, parent) => {
    if (fixed(node)) return 'enough';
    if (node.nodeType === 'IfStatement') {
      const { condition, falseBody } = node;
      if (!isTree(condition) || isTree(falseBody) || !refuses(node['trueBody'])) return;
      const n = note(startOf(node), 'refusal dropped');
      return around(condition, '(', `) && !slip(${n})`);
    }
    if (node.nodeType !== 'BinaryOperation') return;
    const { leftExpression: left, rightExpression: right } = node;
    const operator = String(node['operator']);
    if (!isTree(left) || !isTree(right) || !parent) return;
    const [from, to] = [endOf(left), startOf(right)];
    const compared = COMPARED[operator];
    if (compared) {
      const n = note(from, `${operator} → ${compared[1]}`);
      edits.replace(from, to, ', ');
      return around(node, `${compared[0]}(${n}, `, ')');
    }
    if (operator === '==' || operator === '!=') {
      const n = note(from, `${operator} → ${operator === '==' ? '!=' : '=='}`);
      return around(node, '((', `) != slip(${n}))`);
    }
    if (operator === '&&' || operator === '||') {
      const n = note(from, operator === '&&' ? '&& → ||' : '|| → &&');
      // a && b is "unless a is false, b"; a || b is "unless a is true, b".
      const rest = operator === '&&' ? `slip(${n})` : `!slip(${n})`;
      edits.replace(from, to, `) != ${rest} ? (`);
      return around(node, '((', `) : ${rest})`);
    }
    const other = COUNTED[operator];
    if (!other || typeOf(node).startsWith('int_const')) return;
    const n = note(from, `${operator} → ${other}`);
    const [a, b] = [text.slice(startOf(left), endOf(left)), text.slice(to, endOf(right))];
    return around(node, `(slip(${n}) ? (${a} ${other} ${b}) : (`, '))');
  });
  edits.open(
    afterPragma(text),
    importOf(file, 'Slip.sol', 'slip, slipLess, slipLessOrEqual, slipMore, slipMoreOrEqual'),
  );
  return edits.applied(text);
}

const typeOf = (node: Tree): string => {
  const told = node['typeDescriptions'] as { typeString?: string } | undefined;
  return told?.typeString ?? '';
};
/** Constants are worked out by the compiler, where no switch can be. */
const fixed = (node: Tree): boolean =>
  node.nodeType === 'VariableDeclaration' && node['constant'] === true;
function refuses(body: unknown): boolean {
  if (!isTree(body)) return false;
  if (body.nodeType === 'RevertStatement') return true;
  const statements = body['statements'];
  return Array.isArray(statements) && statements.length === 1 && refuses(statements[0]);
}

/** The reference model walks beside the broken contract. */
async function modelAgrees(place: string, mutant: number, port: number): Promise<ForgeRun> {
  const made = madeAt(place);
  const parts = {
    exchange: made('Exchange'),
    extension: made('ExchangeExtension'),
    desk: made('ExchangeDesk'),
    coinbase: coinbaseOf(mutant),
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
    return { status: 1, output: error instanceof Difference ? error.message : String(error) };
  }
}
/** What the model does not walk through. */
const APART = /AttestedSettlement|LogAnchor|MerkleTree|SandboxMoney|ChainProbe/;

/** Who noticed it; undefined: nobody. */
async function noticedBy(
  place: string,
  mutant: number,
  { file, port }: { file: string; port: number },
): Promise<string | undefined> {
  const kept = join(place, `failures-${port}`);
  const run = (...args: string[]) =>
    forge(['test', '--threads', '1', '--fail-fast', '--fuzz-seed', '6', ...args], {
      cwd: place,
      secondsMax: SUITE_SECONDS_MAX,
      env: {
        ...SWITCHED,
        FOUNDRY_BLOCK_COINBASE: coinbaseOf(mutant),
        FOUNDRY_FUZZ_FAILURE_PERSIST_DIR: kept,
        FOUNDRY_INVARIANT_FAILURE_PERSIST_DIR: kept,
        // The shortest walk that fails is of no use here.
        FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: '0',
      },
    });
  try {
    const suites = await run('--no-match-contract', 'Invariants');
    if (suites.status !== 0) return /\[FAIL[^\n]*/.exec(suites.output)?.[0] ?? 'suites';
    if (!APART.test(file)) {
      const model = await modelAgrees(place, mutant, port);
      if (model.status !== 0) return 'model';
    }
    const walks = await run('--match-contract', 'Invariants');
    return walks.status === 0 ? undefined : 'walks';
  } finally {
    rmSync(kept, { recursive: true, force: true });
  }
}
/** Slips with their switches do not fit below the limit on chain. */
const SWITCHED = { FOUNDRY_CODE_SIZE_LIMIT: '1000000' };

/** What earlier runs have found in files that are still the same, and where this one writes it down. */
function earlierResults() {
  const folder = join(import.meta.dirname, '../node_modules/.cache/mutants');
  const file = join(folder, 'results.txt');
  mkdirSync(folder, { recursive: true });
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return {
    noticed: new Set(lines.flatMap((line) => /^✓ (\S+)/.exec(line)?.[1] ?? [])),
    write: (line: string) => appendFileSync(file, `${line}\n`),
  };
}

/** Drawn by chance: the same for the same seed, and the same of a file that is the same, whatever becomes of others. */
function sample(mutants: readonly Mutant[], count: number, seed: number): number[] {
  const lot = (n: number): string =>
    createHash('sha256').update(`${seed} ${mutants[n]?.id}`).digest('hex');
  const lots = mutants.map((_, n) => [lot(n), n] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return lots.slice(0, count).map(([, n]) => n);
}

async function main(count = 200, seed = 1, minutes = 60): Promise<void> {
  const mutants: Mutant[] = [];
  const sources = new Map(
    readTrees().map(({ file, text, tree }) => [file, switched(file, text, tree, mutants)] as const),
  );
  const place = openPlace();
  try {
    writeSources(place, sources, { 'Slip.sol': SLIP_SOL });
    const whole = await forge(['test', '--fuzz-seed', '6'], { cwd: place, env: SWITCHED });
    if (whole.status !== 0) throw new Error(`without a slip: ${whole.output.slice(-4_000)}`);
    const end = Date.now() + minutes * 60_000;
    const results = earlierResults();
    const queue = sample(mutants, count, seed);
    let [tried, noticed] = [0, 0];
    const worker = async (_: unknown, worker: number) => {
      for (let n = queue.shift(); n !== undefined && Date.now() < end; n = queue.shift()) {
        const mutant = mutants[n];
        if (!mutant) return;
        const { id, file, line, slip, text } = mutant;
        const port = PORT + worker;
        const by = results.noticed.has(id)
          ? 'an earlier run'
          : await noticedBy(place, n, { file, port });
        tried += 1;
        if (by !== undefined) noticed += 1;
        const told = `${by === undefined ? '✗' : '✓'} ${id} ${file}:${line} ${slip}: ${text} (${by ?? 'nobody'})`;
        if (by !== 'an earlier run') results.write(told);
        console.log(told);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
    const rate = noticed / tried;
    console.log(
      `${noticed} of ${tried} noticed (${(rate * 100).toFixed(1)} %), of ${mutants.length} places, seed ${seed}`,
    );
    if (!(rate >= KILLED_AT_LEAST)) process.exitCode = 1;
  } finally {
    rmSync(place, { recursive: true });
  }
}

await main(...process.argv.slice(2).map(Number));
