/**
 * Compiles the contracts and writes what the rest of the house reads: `artifacts/<Name>.json` and `abi.gen.ts`.
 * `node contracts/build.ts` writes them; with `--check` it fails, without compiling, when a source has changed since.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const here = import.meta.dirname;
const require = createRequire(import.meta.url);

export type EvmVersion = 'paris' | 'cancun';

export interface Artifact {
  readonly contract: string;
  readonly abi: readonly AbiItem[];
  readonly bytecode: `0x${string}`;
  /** Of the code on chain; EIP-170 allows 24,576. */
  readonly runtimeBytes: number;
  readonly compiler: { readonly version: string; readonly settings: unknown };
  readonly sourceHash: string;
}
interface AbiItem {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly unknown[];
}

interface Place {
  readonly source: string;
  readonly face?: string;
  /** Optimizer runs, where they are not those of all: the hot paths trade size for gas. */
  readonly runs?: number;
}

/** Artifact → source, contract, and the interface whose ABI tells it whole (a contract with an extension). */
const CONTRACTS: Readonly<Record<string, Place>> = {
  Exchange: { source: 'src/Exchange.sol', face: 'src/IExchange.sol', runs: 1_000_000 },
  ExchangeExtension: { source: 'src/ExchangeExtension.sol' },
  ExchangeDesk: { source: 'src/ExchangeDesk.sol' },
  AttestedSettlement: { source: 'src/AttestedSettlement.sol' },
  LogAnchor: { source: 'src/LogAnchor.sol' },
  ChainProbe: { source: 'src/ChainProbe.sol' },
  SandboxMoney: { source: 'src/SandboxMoney.sol', runs: 1_000_000 },
  AccessManager: { source: '@openzeppelin/contracts/access/manager/AccessManager.sol' },
};

/** Read by forge's foundry.toml too; a test keeps the two alike. */
export const SETTINGS = {
  viaIR: true,
  optimizer: { enabled: true, runs: 2_000 },
  evmVersion: 'paris' as EvmVersion,
  metadata: { bytecodeHash: 'none', appendCBOR: false },
} as const;

export const settingsOf = (contract: string) => ({
  ...SETTINGS,
  optimizer: { enabled: true, runs: CONTRACTS[contract]?.runs ?? SETTINGS.optimizer.runs },
});

/** Every file a contract needs, by the name under which Solidity imports it. */
export function sourcesOf(roots: readonly string[]): Record<string, { content: string }> {
  const found: Record<string, { content: string }> = {};
  const visit = (name: string): void => {
    if (name in found) return;
    const file = name.startsWith('@') ? require.resolve(name) : join(here, name);
    const content = readFileSync(file, 'utf8');
    found[name] = { content };
    for (const [, target = ''] of content.matchAll(/^import\s[^;]*?["']([^"']+)["'];/gm))
      visit(target.startsWith('.') ? join(dirname(name), target) : target);
  };
  for (const root of roots) visit(root);
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export interface Compiled {
  readonly abi: readonly AbiItem[];
  readonly evm: {
    readonly bytecode: { readonly object: string };
    readonly deployedBytecode: { readonly object: string };
  };
}
export type Output = Readonly<Record<string, Readonly<Record<string, Compiled>>>>;

/** Standard JSON through the wrapper that forge uses too, so that both share one cache. */
export function compile(settings: object, sources: Record<string, { content: string }>): Output {
  const outputSelection = {
    '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] },
  };
  const { contracts, errors } = askSolc({
    language: 'Solidity',
    sources,
    settings: { ...settings, outputSelection },
  });
  const wrong = errors.filter(({ severity }) => severity === 'error');
  if (wrong.length > 0) throw new Error(wrong.map((e) => e.formattedMessage).join('\n'));
  return contracts;
}

interface SolcError {
  readonly severity: string;
  readonly errorCode?: string;
  readonly message: string;
  readonly formattedMessage: string;
}
export interface Answer {
  readonly contracts: Output;
  readonly sources: Readonly<Record<string, { readonly ast?: unknown }>>;
  readonly errors: readonly SolcError[];
}
export function askSolc(question: object): Answer {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(here, 'solc.mjs')], {
    input: JSON.stringify(question),
    maxBuffer: 2 ** 28,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`solc ended with ${status}: ${stderr}`);
  const { contracts = {}, sources = {}, errors = [] } = JSON.parse(stdout);
  return { contracts, sources, errors };
}

function sourceHash(settings: object, sources: Record<string, { content: string }>): string {
  return createHash('sha256')
    .update(JSON.stringify([settings, sources]))
    .digest('hex');
}

/** The ABI of a contract and its face, each entry once. */
function abiOf(output: Output, name: string, { source, face }: Place) {
  const own = output[source]?.[name]?.abi ?? [];
  const told = face ? (output[face]?.[`I${name}`]?.abi ?? []) : [];
  const byText = new Map([...own, ...told].map((item) => [JSON.stringify(item), item]));
  return [...byText.values()].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
}
const keyOf = (item: AbiItem): string =>
  `${item.type} ${item.name ?? ''} ${JSON.stringify(item.inputs ?? [])}`;

export function build(): Record<string, Artifact> {
  return Object.fromEntries(
    Object.entries(CONTRACTS).map(([contract, place]) => {
      const settings = settingsOf(contract);
      // Those with the same settings are one question, which the cache answers for the second of them.
      const alike = Object.keys(CONTRACTS).filter((other) => alikeSettings(other, contract));
      const roots = alike.map((other) => CONTRACTS[other]?.source ?? '');
      const output = compile(settings, sourcesOf(roots));
      const made = output[place.source]?.[contract];
      if (!made) throw new Error(`${contract} is not in ${place.source}`);
      return [
        contract,
        {
          contract,
          abi: abiOf(output, contract, place),
          bytecode: `0x${made.evm.bytecode.object}`,
          runtimeBytes: made.evm.deployedBytecode.object.length / 2,
          compiler: { version: require('solc/package.json').version, settings },
          sourceHash: hashOf(contract),
        } satisfies Artifact,
      ];
    }),
  );
}
const alikeSettings = (one: string, other: string): boolean =>
  settingsOf(one).optimizer.runs === settingsOf(other).optimizer.runs;

function hashOf(contract: string): string {
  const place = CONTRACTS[contract];
  if (!place) throw new Error(`no contract ${contract}`);
  const roots = place.face ? [place.source, place.face] : [place.source];
  return sourceHash(settingsOf(contract), sourcesOf(roots));
}

/** The committed files' text, by path under contracts/. */
export function files(artifacts: Record<string, Artifact>): Record<string, string> {
  const abis = Object.entries(artifacts).map(
    ([name, { abi }]) =>
      `export const ${name[0]?.toLowerCase()}${name.slice(1)}Abi = ${JSON.stringify(abi)} as const;\n`,
  );
  return {
    ...Object.fromEntries(
      Object.entries(artifacts).map(([name, artifact]) => [
        `artifacts/${name}.json`,
        `${JSON.stringify(artifact, null, 1)}\n`,
      ]),
    ),
    'abi.gen.ts': `/** Generated by contracts/build.ts: the ABIs as types for viem. */\n${abis.join('')}`,
  };
}

/** Artifacts whose source or settings have changed since they were written. */
export function stale(): string[] {
  return Object.keys(CONTRACTS).filter((contract) => {
    try {
      const text = readFileSync(join(here, `artifacts/${contract}.json`), 'utf8');
      return (JSON.parse(text) as Artifact).sourceHash !== hashOf(contract);
    } catch {
      return true;
    }
  });
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--check')) {
    const old = stale();
    if (old.length > 0) {
      console.error(`out of date, run npm run contracts: ${old.join(', ')}`);
      process.exit(1);
    }
  } else {
    const artifacts = build();
    mkdirSync(join(here, 'artifacts'), { recursive: true });
    for (const [path, text] of Object.entries(files(artifacts)))
      writeFileSync(join(here, path), text);
    for (const { contract, runtimeBytes } of Object.values(artifacts))
      console.log(`${contract}: ${runtimeBytes} B`);
    console.log(
      `${readdirSync(join(here, 'artifacts')).length} artifacts in ${relative('.', here)}`,
    );
  }
}
