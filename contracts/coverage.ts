/**
 * Which lines and branches of the contracts do forge's unit, fuzz and attack suites reach? `forge coverage` cannot say (it
 * would have to compile another way, with wrong source maps), so a copy of the sources gets a mark at each statement and
 * in each arm of each branch; a mark is a call of the cheat code that writes a file, which no revert takes back.
 * `node contracts/coverage.ts` lists what nobody reached, and fails when it is not what `UNREACHABLE` says. An arm is a side
 * of an `if`, a `?:`, a case in assembly, a clause of a `try`, a loop entered or left, and each operand of && and ||
 * both true and false, which is more than branches.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forge } from './forge.ts';
import {
  type After,
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
import { openPlace } from './workshop.ts';

/** What no call can reach, and why it is there all the same. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  'lib/MerkleTree.sol: if iszero(staticcall(gas(), 2, free, 65, 0, 32)) { revert(0, 0) } [taken]':
    'The precompile fails only without gas, and then there is none left to say so. It stays for a chain whose own fails.',
};

interface Mark {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Of a branch: which. Otherwise it is a statement. */
  readonly arm?: string;
  readonly text: string;
}

const FOLDER = 'coverage';
const NAME = (mark: number): string => `${FOLDER}/${String(mark).padStart(5, '0')}`;
/** Beyond all that these contracts ever lay out in memory, and dear enough not to be further. */
const FREE = '0x8000';
const CHEATS = '0x7109709ECfa91a80626fF3989D68f67F5b1DD12D';
/** The call data of writeFile(string,string): the name, and nothing in the file. */
const write = (name: string): string => `
    mstore(${FREE}, 0x897e0a9700000000000000000000000000000000000000000000000000000000)
    mstore(add(${FREE}, 4), 64)
    mstore(add(${FREE}, 36), 128)
    mstore(add(${FREE}, 68), ${NAME(0).length})
    mstore(add(${FREE}, 100), ${name})
    mstore(add(${FREE}, 132), 0)
    pop(staticcall(gas(), ${CHEATS}, ${FREE}, 164, 0, 0))
`;
const MARK_SOL = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;
function mark(bytes32 name) view { assembly ("memory-safe") {${write('name')}} }
function markIf(bool condition, bytes32 yes, bytes32 no) view returns (bool) {
    mark(condition ? yes : no);
    return condition;
}
`;

/** Marks one source, and adds to `marks` what each stands for. */
function marked(file: string, text: string, tree: Tree, marks: Mark[]): string {
  const edits = new Edits();
  const note = (node: Tree, arm?: string): string => {
    const line = text.slice(0, startOf(node)).split('\n').length;
    marks.push({
      ...{ file, line, ...(arm ? { arm } : {}) },
      text: text.split('\n')[line - 1]?.trim() ?? '',
    });
    return `"${NAME(marks.length - 1)}"`;
  };
  const say = (node: Tree, arm?: string): string => `mark(${note(node, arm)}); `;
  /** A statement that stands alone as the body of another becomes a block. */
  const body = (statement: unknown, owner: Tree, arm: string): After => {
    if (!isTree(statement)) return;
    if (statement.nodeType === 'Block') {
      edits.open(startOf(statement) + 1, say(owner, arm));
      return;
    }
    edits.open(startOf(statement), `{ ${say(owner, arm)}${say(statement)}`);
    return () => edits.close(wholeEnd(text, statement), ' }');
  };
  const choice = (condition: unknown, owner: Tree, arms: [string, string]) => {
    if (!isTree(condition)) return;
    edits.open(startOf(condition), 'markIf(');
    const [yes, no] = [note(owner, arms[0]), note(owner, arms[1])];
    return () => edits.close(endOf(condition), `, ${yes}, ${no})`);
  };
  const afterAll =
    (...done: readonly After[]) =>
    () => {
      for (const one of done) one?.();
    };
  const yul = yulMarks(edits, note);
  walk(tree, (node, parent) => {
    if (/^(Unchecked)?Block$/.test(parent?.nodeType ?? '') && node.nodeType !== 'Block')
      if (node.nodeType !== 'PlaceholderStatement') edits.open(startOf(node), say(node));
    switch (node.nodeType) {
      case 'IfStatement': {
        const { trueBody, falseBody } = node;
        const yes = body(trueBody, node, 'taken');
        if (isTree(falseBody)) return afterAll(yes, body(falseBody, node, 'not taken'));
        return () => {
          yes?.();
          edits.close(wholeEnd(text, node), ` else { ${say(node, 'not taken')}}`);
        };
      }
      case 'ForStatement':
      case 'WhileStatement': {
        // The first arm is asked for at each round, the second when it is left: entered, and not for ever.
        const { condition } = node;
        const asked = choice(condition, node, ['another round', 'no round left']);
        return afterAll(asked, body(node['body'], node, 'inside'));
      }
      case 'TryCatchClause':
        return body(node['block'], node, 'clause');
      case 'Conditional':
        return choice(node['condition'], node, ['?', ':']);
      case 'BinaryOperation': {
        if (!/^(&&|\|\|)$/.test(String(node['operator']))) return;
        const { leftExpression, rightExpression } = node;
        const sides = [leftExpression, rightExpression]
          .filter(isTree)
          // A chain of the same: its sides are asked one by one already.
          .filter((side) => side['operator'] !== node['operator'])
          .map((side) => {
            const what = text.slice(startOf(side), endOf(side));
            return choice(side, side, [`${what}: true`, `${what}: false`]);
          });
        return afterAll(...sides);
      }
      default:
        return yul(node, parent);
    }
  });
  edits.open(afterPragma(text), importOf(file, 'Mark.sol', 'mark, markIf'));
  return edits.applied(text);
}

/** The tree ends some statements before their semicolon. */
function wholeEnd(text: string, statement: Tree): number {
  const end = endOf(statement);
  return text[end - 1] === '}' || text[end - 1] === ';' ? end : text.indexOf(';', end) + 1;
}

/** Arms of `if` and `switch` in assembly. The call of a mark has an answer too: the size of the one before is kept. */
function yulMarks(edits: Edits, note: (node: Tree, arm?: string) => string) {
  const kept: string[] = [];
  const size = () => kept.at(-1) ?? 'returndatasize()';
  const arm = (block: Tree, owner: Tree, what: string) => {
    const name = note(owner, what);
    const keeper = `size${name.replace(/\D/g, '')}`;
    edits.open(startOf(block) + 1, ` let ${keeper} := ${size()}${write(name)}`);
    kept.push(keeper);
    return () => void kept.pop();
  };
  return (node: Tree, parent: Tree | undefined): After => {
    const { body } = node;
    if (node.nodeType === 'YulIf' && isTree(body)) {
      edits.replace(startOf(node), startOf(node) + 2, 'switch');
      edits.open(startOf(body), `case 0 {${write(note(node, 'not taken'))}} default `);
    }
    if (node.nodeType === 'YulBlock' && parent && /^Yul(If|Case)$/.test(parent.nodeType))
      return arm(node, parent, parent.nodeType === 'YulIf' ? 'taken' : 'case');
    const called = node['functionName'];
    if (node.nodeType === 'YulFunctionCall' && isTree(called))
      if (called['name'] === 'returndatasize' && kept.length > 0)
        edits.replace(startOf(node), endOf(node), size());
    return undefined;
  };
}

async function main(): Promise<void> {
  const place = openPlace();
  try {
    const marks: Mark[] = [];
    const sources = new Map(
      readTrees().map(({ file, text, tree }) => [file, marked(file, text, tree, marks)] as const),
    );
    writeSources(place, sources, { 'Mark.sol': MARK_SOL });
    mkdirSync(join(place, FOLDER));
    const config = join(place, 'contracts/foundry.toml');
    const toml = readFileSync(config, 'utf8');
    const allowed = `fs_permissions = [\n  { access = "write", path = "${FOLDER}" },`;
    writeFileSync(config, toml.replace('fs_permissions = [', allowed));
    const run = (...args: string[]) =>
      forge(args, { cwd: place, env: { FOUNDRY_CODE_SIZE_LIMIT: '1000000' } });
    // All of them: a run with a filter compiles what its tests import, and these get the contracts by artifact.
    const built = await run('build');
    if (built.status !== 0) throw new Error(built.output.slice(-4_000));
    const suites = ['test', '--no-match-contract', 'Invariants', '--fuzz-seed', '6'];
    const { status, output } = await run(...suites);
    if (status !== 0) throw new Error(output.slice(-4_000));
    const reached = new Set(readdirSync(join(place, FOLDER)).map(Number));
    report(marks, (n) => reached.has(n));
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** Prints what was reached; what was not must be what `UNREACHABLE` names, no more and no less. */
function report(marks: readonly Mark[], reached: (n: number) => boolean): void {
  const told = { lines: [0, 0], arms: [0, 0] };
  const missed: string[] = [];
  for (const [file, all] of Map.groupBy(marks.entries(), ([, { file }]) => file)) {
    const statements = all.filter(([, { arm }]) => arm === undefined);
    const lines = Map.groupBy(statements, ([, { line }]) => line);
    const arms = all.filter(([, { arm }]) => arm !== undefined);
    const here = {
      lines: [...lines.values()].map((these) => these.every(([n]) => reached(n))),
      arms: arms.map(([n]) => reached(n)),
    };
    const parts = (['lines', 'arms'] as const).map((kind) => {
      const done = here[kind].filter(Boolean).length;
      const [before = 0, of = 0] = told[kind];
      told[kind] = [before + done, of + here[kind].length];
      return `${kind} ${done}/${here[kind].length}`;
    });
    console.log(`${file}: ${parts.join(', ')}`);
    for (const [n, { line, arm, text }] of all)
      if (!reached(n)) missed.push(`${file}:${line}: ${text}${arm ? ` [${arm}]` : ''}`);
  }
  console.log(`all: lines ${told.lines.join('/')}, arms ${told.arms.join('/')}`);
  const excused = new Set(Object.keys(UNREACHABLE));
  for (const one of missed) {
    const excuse = UNREACHABLE[one.replace(/:\d+:/, ':')];
    console.log(`not reached: ${one}${excuse ? `\n  ${excuse}` : ''}`);
    if (!excused.delete(one.replace(/:\d+:/, ':'))) process.exitCode = 1;
  }
  for (const one of excused) {
    console.log(`reached, or gone, though named unreachable: ${one}`);
    process.exitCode = 1;
  }
}

await main();
