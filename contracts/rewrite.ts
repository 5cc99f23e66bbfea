/**
 * Rewrites the contracts' sources where the compiler's own syntax tree says: how the coverage and the mutants get their
 * marks and switches into the code without a parser of ours. Positions are bytes, so sources are read as latin1.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askSolc, SETTINGS, sourcesOf } from './build.ts';

const here = import.meta.dirname;

/** A node of solc's tree; what else it has depends on its type. */
export interface Tree {
  readonly nodeType: string;
  /** start:length:file */
  readonly src: string;
  readonly [field: string]: unknown;
}

export const startOf = ({ src }: Tree): number => Number(src.split(':')[0]);
export const endOf = ({ src }: Tree): number => {
  const [start = '', length = ''] = src.split(':');
  return Number(start) + Number(length);
};
export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && 'nodeType' in value && 'src' in value;

/** What a node has below it, as it stands in the source. */
function below(node: Tree): Tree[] {
  return Object.values(node)
    .flatMap((value): unknown => (Array.isArray(value) ? value : [value]))
    .filter(isTree)
    .sort((a, b) => startOf(a) - startOf(b));
}

/** What is to be done when all below a node has been visited. */
export type After = (() => void) | undefined;

/** Parents first; `visit` may say to leave out what is below. */
export function walk(
  node: Tree,
  visit: (node: Tree, parent: Tree | undefined) => After | 'enough',
  parent?: Tree,
): void {
  const after = visit(node, parent);
  if (after === 'enough') return;
  for (const child of below(node)) walk(child, visit, node);
  after?.();
}

/** Our sources that hold code, in order, with the text and the tree of each. */
export function readTrees(): { file: string; text: string; tree: Tree }[] {
  const files = readdirSync(join(here, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sol'))
    .sort();
  const { sources, errors } = askSolc({
    language: 'Solidity',
    sources: sourcesOf(files.map((file) => `src/${file}`)),
    settings: { ...SETTINGS, outputSelection: { '*': { '': ['ast'] } } },
  });
  const wrong = errors.find(({ severity }) => severity === 'error');
  if (wrong) throw new Error(wrong.formattedMessage);
  return files.map((file) => {
    const tree = sources[`src/${file}`]?.ast;
    if (!isTree(tree)) throw new Error(`solc has no tree of ${file}`);
    return { file, text: readFileSync(join(here, 'src', file), 'latin1'), tree };
  });
}

/** Changes of one source. At one place what closes comes before what opens, and an outer one opens before an inner one. */
export class Edits {
  private readonly all: { from: number; to: number; text: string; rank: number }[] = [];

  /** Call when a node is visited. */
  open(at: number, text: string): void {
    this.all.push({ from: at, to: at, text, rank: 1 });
  }
  /** Call when all below it has been. */
  close(at: number, text: string): void {
    this.all.push({ from: at, to: at, text, rank: 0 });
  }
  replace(from: number, to: number, text: string): void {
    this.all.push({ from, to, text, rank: 2 });
  }
  /** Stable: what was called first stays first. */
  applied(source: string): string {
    let out = '';
    let at = 0;
    for (const edit of this.all.toSorted((a, b) => a.from - b.from || a.rank - b.rank)) {
      out += source.slice(at, edit.from) + edit.text;
      at = edit.to;
    }
    return out + source.slice(at);
  }
}

/** Marks and switches read the world: nothing that has one is pure any more, nor is a test that calls it. */
export function writeSources(
  place: string,
  sources: ReadonlyMap<string, string>,
  extra: Readonly<Record<string, string>>,
): void {
  for (const [file, text] of [...sources, ...Object.entries(extra)])
    writeFileSync(join(place, 'contracts/src', file), text, 'latin1');
  for (const folder of ['src', 'test']) {
    const root = join(place, 'contracts', folder);
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.sol')) continue;
      const text = readFileSync(join(root, file), 'latin1');
      writeFileSync(join(root, file), text.replace(/\bpure\b/g, 'view'), 'latin1');
    }
  }
}

/** `name` of a file beside the sources' root, as a source in `file` imports it. */
export const importOf = (file: string, name: string, what: string): string =>
  `import {${what}} from "${file.includes('/') ? '../' : './'}${name}";\n`;

/** Behind the pragma, where imports begin. */
export function afterPragma(text: string): number {
  const found = /^pragma [^\n]*\n/m.exec(text);
  if (!found) throw new Error('no pragma');
  return found.index + found[0].length;
}
