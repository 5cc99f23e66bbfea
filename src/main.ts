/** The command line: reads the words, starts the wanted part of the house, and takes it down in order. */
import { createInterface } from 'node:readline/promises';
import { ConfigError, readConfig } from '#platform';
import { PostgresError } from './platform/postgres.ts';

const HELP = `huiquan COMMAND [--flag value …]

  start            everything in one: database, simulators, demo, api, worker
  start --sandbox  the same for programs: data of its own, a test clock, a key of a recycler (docs/open-api.md)
  api              the HTTP api and the web pages
  worker           jobs and deadlines
  migrate          bring the database up to date
  demo             load the demo into an empty database
  staff PHONE ROLE…  give a person roles (support risk finance compliance auditor admin)
  keys             how much is still wrapped under an older key, and who sends to the chain; keys rotate makes a new
                   key of keys, keys rotate relayer the next key that sends
  ledger reconcile   recompute every balance from its entries
  auction replay ID  clear an auction again from its published inputs
  chain deploy       bring the contracts of the profile to the chain at --chain-url
  record verify      walk the hash chain and name the first broken entry
  reset            delete this folder's data (asks first)

Flags are those of docs/config.md, e.g. --port 9000 --demo false; each also exists as HUIQUAN_PORT, …`;

/** What the sandbox is unless flags say otherwise: a house of its own, whose webhooks may come to this machine. */
const SANDBOX = { DATA_DIR: '.data/sandbox', WEBHOOK_LOOPBACK: 'true' };

interface Words {
  command: string;
  rest: string[];
  flags: Record<string, string>;
}

export function readWords(words: readonly string[]): Words {
  const [command = 'help', ...others] = words;
  const flags: Record<string, string> = {};
  const rest: string[] = [];
  for (let at = 0; at < others.length; at++) {
    const word = others[at] ?? '';
    if (!word.startsWith('--')) {
      rest.push(word);
      continue;
    }
    const [name = '', inline] = word.slice(2).split('=', 2);
    const next = others[at + 1];
    const value = inline ?? (next !== undefined && !next.startsWith('--') ? next : 'true');
    if (inline === undefined && value === next) at++;
    flags[name.toUpperCase().replaceAll('-', '_')] = value;
  }
  return { command, rest, flags };
}

async function main(): Promise<void> {
  const { command, rest, flags } = readWords(process.argv.slice(2));
  const yes = flags['YES'] === 'true';
  delete flags['YES'];
  const config = readConfig(process.env, flags);
  switch (command) {
    case 'start': {
      const sandbox = flags['SANDBOX'] === 'true' ? SANDBOX : {};
      const demo = flags['DEMO'] ?? process.env['HUIQUAN_DEMO'] ?? 'true';
      const simulators = flags['SIMULATORS'] ?? process.env['HUIQUAN_SIMULATORS'] ?? demo;
      const { startAll } = await import('./start.ts');
      return await startAll(
        readConfig(process.env, { ...sandbox, ...flags, DEMO: demo, SIMULATORS: simulators }),
      );
    }
    case 'api':
    case 'worker': {
      const { runPart } = await import('./start.ts');
      return await runPart(config, command);
    }
    case 'migrate':
    case 'demo':
    case 'staff':
    case 'keys':
    case 'ledger':
    case 'auction':
    case 'record':
    case 'chain': {
      const { runOnce } = await import('./once.ts');
      process.exitCode = await runOnce(config, command, rest);
      return;
    }
    case 'reset': {
      const { reset } = await import('./reset.ts');
      return await reset(config, yes ? async () => true : ask);
    }
    default:
      console.log(HELP);
      process.exitCode = command === 'help' ? 0 : 1;
  }
}

async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    console.error(`${question} Nobody is here to answer; add --yes to mean it.`);
    return false;
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question(`${question} Type yes: `);
  prompt.close();
  return answer.trim() === 'yes';
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    const known =
      error instanceof ConfigError ||
      error instanceof PostgresError ||
      (error as { expected?: boolean }).expected;
    console.error(known ? `✗ ${(error as Error).message}` : error);
    process.exit(1);
  }
}
