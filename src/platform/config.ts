/** Configuration: read once at start, checked by a schema, and the only place that reads the environment. */
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

const text = (description: string, fallback?: string) =>
  Type.String({ description, ...(fallback !== undefined && { default: fallback }) });
const whole = (description: string, fallback: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: fallback, minimum, maximum });
const flag = (description: string, fallback: boolean) =>
  Type.Boolean({ description, default: fallback });

/** Each key is an environment variable with the prefix `HUIQUAN_`, and a flag `--like-this` of the command line. */
export const ConfigSchema = Type.Object({
  HOST: text('Address to listen on', '127.0.0.1'),
  PORT: whole('Port of the api and the web pages', 8790, 0, 65_535),
  PUBLIC_URL: text(
    'Address that people use, without a slash at the end; empty: http://HOST:PORT',
    '',
  ),
  DATABASE_URL: text('PostgreSQL 18 to use; empty: our own server in DATA_DIR', ''),
  DATA_DIR: text('Folder of the embedded database, the keys and uploaded files', '.data'),
  DATABASE_POOL: whole('Connections that one process may hold', 12, 2, 200),
  DEMO: flag(
    'Demo mode: simulators, a month of history, demo sign-ins; operators need no second factor',
    false,
  ),
  PROFILE: Type.Union([Type.Literal('CN'), Type.Literal('SANDBOX'), Type.Literal('INTL')], {
    description: 'Jurisdiction profile',
    default: 'CN',
  }),
  SANDBOX_APPROVAL: text('Profile SANDBOX: number of the approval', ''),
  SANDBOX_UNTIL: text('Profile SANDBOX: last day of the approval, YYYY-MM-DD', ''),
  SANDBOX_PRICE_CAP_FEN: whole(
    'Profile SANDBOX: highest price of one sale',
    100_000,
    1,
    100_000_000,
  ),
  CHAIN_URL: text(
    'JSON-RPC of the chain; empty: none in CN, in SANDBOX and INTL `start` brings its own anvil',
    '',
  ),
  CHAIN_ID: whole('Id of the chain; another one at CHAIN_URL is refused', 31_337, 1, 2_147_483_647),
  CHAIN_PORT: whole('Port of our own anvil', 8796, 1, 65_535),
  CHAIN_FINALITY: whole('Blocks on top of a block before money and cards follow it', 2, 0, 1_000),
  RELAY_GAS_PER_DAY: whole(
    'Gas that one person may have sent by the house in 24 hours',
    6_000_000,
    0,
    2_000_000_000,
  ),
  LOG_LEVEL: Type.Union(
    ['trace', 'debug', 'info', 'warn', 'error', 'silent'].map((level) => Type.Literal(level)),
    {
      description: 'Least level of the structured logs',
      default: 'info',
    },
  ),
  TRUSTED_PROXIES: text(
    'Comma-separated addresses of proxies whose X-Forwarded-For is believed; empty: none',
    '',
  ),
  RATE_PER_MINUTE: whole(
    'Requests a minute before 429: of each person or key, of each address without one; of an address in all, and of files of pages, ten times as many',
    600,
    10,
    1_000_000,
  ),
  WORKER_CONCURRENCY: whole('Jobs one worker runs side by side', 8, 1, 64),
  WEBHOOK_CONCURRENCY: whole(
    'Webhooks sent side by side, by workers of their own; two at most to one address',
    24,
    1,
    256,
  ),
  WEBHOOK_LOOPBACK: flag(
    'Webhooks may go by http to this very machine: for the sandbox and tests, never in production',
    false,
  ),
  SANDBOX: flag(
    'The demo as a sandbox for programs: keys of recyclers may move the clock and ask for sellers; never in production',
    false,
  ),
  SIMULATORS: flag('Start the simulators of the outside beside the app', false),
  SMS_URL: text('SMS gateway', 'http://127.0.0.1:8791'),
  REALNAME_URL: text('Real-name check provider', 'http://127.0.0.1:8792'),
  REGISTRY_URL: text('Public register of companies', 'http://127.0.0.1:8795'),
  WATCH_URL: text('Publisher of watch lists; empty: it is at REGISTRY_URL', ''),
  CHARITY_URL: text('Public register of charities; empty: it is at REALNAME_URL', ''),
  PSP_URL: text('Custody bank or payment institution', 'http://127.0.0.1:8793'),
  PSP_MERCHANT: text('Our merchant number at the custody bank', 'huiquan-demo'),
  PSP_PUBLIC_KEY: text(
    'PEM of the Ed25519 key the custody bank signs with; empty in demo: fetched once from PSP_URL',
    '',
  ),
  ISSUER_URL: text('Issuer gateway', 'http://127.0.0.1:8794'),
  ISSUER_SECRET: text('Secret shared with the issuer gateway', 'huiquan-demo-issuer-secret'),
  ISSUER_PUBLIC_KEY: text(
    'PEM of the Ed25519 key issuers sign with; empty in demo: fetched once from ISSUER_URL',
    '',
  ),
});

export type Config = Static<typeof ConfigSchema>;

export class ConfigError extends Error {}

/** Flags win over the environment, the environment over the defaults. Unknown flags and bad values are named. */
export function readConfig(
  env: Record<string, string | undefined>,
  flags: Record<string, string> = {},
): Config {
  const given: Record<string, unknown> = {};
  for (const key of Object.keys(ConfigSchema.properties)) {
    const value =
      flags[key] ?? env[`HUIQUAN_${key}`] ?? (key === 'DATABASE_URL' ? env[key] : undefined);
    if (value !== undefined) given[key] = value;
  }
  const unknown = Object.keys(flags).find((key) => !(key in ConfigSchema.properties));
  if (unknown)
    throw new ConfigError(`unknown flag --${unknown.toLowerCase().replaceAll('_', '-')}`);
  const config = Value.Default(ConfigSchema, Value.Convert(ConfigSchema, given));
  const [first] = Value.Errors(ConfigSchema, config);
  if (first) throw new ConfigError(`HUIQUAN_${first.instancePath.slice(1)} ${first.message}`);
  return config as Config;
}

/** The page docs/config.md; a test fails when the committed one differs. */
export function configPage(): string {
  const rows = Object.entries(ConfigSchema.properties).map(([key, schema]) => {
    const { description = '', default: fallback } = schema as {
      description?: string;
      default?: unknown;
    };
    return `| \`HUIQUAN_${key}\` | \`--${key.toLowerCase().replaceAll('_', '-')}\` | ${description} | \`${String(fallback)}\` |`;
  });
  return [
    '# Configuration',
    '',
    'Generated from `src/platform/config.ts`; do not edit. `DATABASE_URL` is read without the prefix too.',
    '',
    '| variable | flag | what | default |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
