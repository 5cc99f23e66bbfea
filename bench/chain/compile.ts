/** The peers' sources into byte code, each with its own compiler and settings; Seaport takes a minute, so it is kept. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Abi, Hex } from 'viem';

export interface Code {
  readonly abi: Abi;
  readonly bytecode: Hex;
}
interface Request {
  readonly compiler: keyof typeof COMPILERS;
  readonly settings: object;
  /** By import name: a package's file, or a file here. */
  readonly roots: readonly string[];
}
interface Compiler {
  compile(question: string): string;
}
interface Made {
  readonly abi: Abi;
  readonly evm: { readonly bytecode: { readonly object: string } };
}

const here = import.meta.dirname;
const COMPILERS = {
  /** The product's own. A peer brings another of the same name. */
  solc: createRequire(join(here, '../../package.json')),
  'solc-0.8.24': createRequire(import.meta.url),
};
const cache = join(here, 'node_modules/.cache/solc');

export function compilePeer({ compiler, settings, roots }: Request): Record<string, Code> {
  const question = JSON.stringify({
    language: 'Solidity',
    sources: sourcesOf(roots),
    settings: { ...settings, outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
  });
  const file = join(
    cache,
    `${createHash('sha256')
      .update(compiler + question)
      .digest('hex')}.json`,
  );
  const { contracts } = JSON.parse(kept(file, compiler, question)) as {
    contracts: Record<string, Record<string, Made>>;
  };
  return Object.fromEntries(
    Object.values(contracts).flatMap((inFile) =>
      Object.entries(inFile).map(([name, { abi, evm }]): [string, Code] => [
        name,
        { abi, bytecode: `0x${evm.bytecode.object}` },
      ]),
    ),
  );
}

function kept(file: string, compiler: Request['compiler'], question: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const answer = (COMPILERS[compiler](compiler) as Compiler).compile(question);
    const { errors = [] } = JSON.parse(answer) as {
      errors?: readonly { severity: string; formattedMessage: string }[];
    };
    const wrong = errors.filter(({ severity }) => severity === 'error');
    if (wrong.length > 0) throw new Error(wrong.map((e) => e.formattedMessage).join('\n'));
    mkdirSync(cache, { recursive: true });
    writeFileSync(file, answer);
    return answer;
  }
}

function sourcesOf(roots: readonly string[]): Record<string, { content: string }> {
  const found: Record<string, { content: string }> = {};
  const visit = (name: string): void => {
    if (name in found) return;
    const content = readFileSync(fileOf(name), 'utf8');
    found[name] = { content };
    for (const [, target = ''] of content.matchAll(
      /^(?:import\s|\} from )[^;]*?["']([^"']+)["'];/gm,
    ))
      visit(target.startsWith('.') ? join(dirname(name), target) : target);
  };
  for (const root of roots) visit(root);
  return found;
}

/** The peers' packages lie here, OpenZeppelin with the product; a package need not export its sources. */
function fileOf(name: string): string {
  for (const place of [here, join(here, 'node_modules'), join(here, '../../node_modules')]) {
    const file = join(place, name);
    // Our own OpenZeppelin, not the one a peer brought.
    if (place.endsWith('chain/node_modules') && name.startsWith('@openzeppelin/')) continue;
    if (exists(file)) return file;
  }
  throw new Error(`no source ${name}`);
}
function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

/** As its makers build it: IR, as many runs as fit the field. */
export const seaportCode = (): Record<string, Code> =>
  compilePeer({
    compiler: 'solc-0.8.24',
    settings: {
      viaIR: true,
      optimizer: { enabled: true, runs: 4_294_967_295 },
      evmVersion: 'cancun',
      metadata: { bytecodeHash: 'none' },
    },
    roots: ['seaport-core/src/Seaport.sol', 'seaport-core/src/conduit/ConduitController.sol'],
  });

const PLAIN = { optimizer: { enabled: true, runs: 200 }, evmVersion: 'cancun' };
export const tokenCode = (): Record<string, Code> => ({
  ...compilePeer({ compiler: 'solc', settings: PLAIN, roots: ['Tokens.sol'] }),
  ...compilePeer({ compiler: 'solc-0.8.24', settings: PLAIN, roots: ['Lean.sol'] }),
});

if (process.argv[1] === import.meta.filename)
  console.log(Object.keys({ ...tokenCode(), ...seaportCode() }).length, 'contracts compiled');
