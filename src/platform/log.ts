/** Structured logs. Secrets cannot be printed (`Secret`), and fields that tend to hold personal data are cut out. */
import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

const PRIVATE = [
  'authorization',
  'cookie',
  'set-cookie',
  'otp',
  'pin',
  'number',
  'cardNumber',
  'idNumber',
  'realName',
  'phone',
  'phoneNumber',
  'accountNumber',
  'accountName',
  'password',
  'token',
  'secret',
];

export function openLog(options: { level: string; name: string; to?: DestinationStream }): Log {
  const settings = {
    level: options.level,
    base: { name: options.name },
    redact: {
      paths: PRIVATE.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]),
      censor: '[private]',
    },
    serializers: { err: safeError },
  };
  return options.to ? pino(settings, options.to) : pino(settings);
}

export const silentLog: Log = pino({ level: 'silent' });

/** Database errors carry the row in `detail`; keep what helps to find the bug, never the values. */
function safeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, code, constraint, table } = error as Error &
    Record<string, unknown>;
  return { name, message, stack, code, constraint, table };
}
