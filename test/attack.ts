/** Reads the API document into attacks: who may call what, a body that fits, and the ways to spoil each field of it. */
import assert from 'node:assert/strict';
import type { Role } from '#platform';

export interface Schema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  format?: string;
  minLength?: number;
  minItems?: number;
  minimum?: number;
  required?: string[];
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}

export interface Route {
  readonly name: string;
  readonly method: string;
  /** With `{id}` where the document has it. */
  readonly path: string;
  readonly access: 'public' | 'user' | readonly Role[];
  readonly stepUp: boolean;
  readonly body: Schema | undefined;
  readonly params: ReadonlyMap<string, Schema>;
  readonly query: ReadonlyMap<string, Schema>;
  /** What an act does not work without, as a query that fits. */
  readonly needs: string;
}

interface Operation {
  'x-access': Route['access'];
  'x-step-up': boolean;
  requestBody?: { content: Record<string, { schema: Schema }> };
  parameters?: { name: string; in: string; schema: Schema; required?: boolean }[];
}

export function routesIn(document: unknown): Route[] {
  const { paths } = document as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const named = (place: string): Map<string, Schema> =>
        new Map(
          (operation.parameters ?? [])
            .filter((one) => one.in === place)
            .map(({ name, schema }) => [name, schema]),
        );
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        access: operation['x-access'],
        stepUp: operation['x-step-up'],
        body: operation.requestBody?.content['application/json']?.schema,
        params: named('path'),
        query: named('query'),
        needs: method === 'get' ? '' : needsOf(operation),
      };
    }),
  );
}

function needsOf({ parameters = [] }: Operation): string {
  const needed = parameters.filter((one) => one.in === 'query' && one.required);
  const pairs = needed.map(({ name, schema }) => `${name}=${fitting(schema)}`);
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

const DIGITS_OF_ID = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
export const NOBODYS_ID = '01a20621-ad00-7f2d-a19a-ffffffffffff';
const KINDS =
  'regions|storeKinds|timeWindows|minSpend|notForGoods|notCombinable|singleUse|nameBound';
/** One text for each pattern of the document; a new pattern has to be taught here. */
const FITS: Readonly<Record<string, string>> = {
  [DIGITS_OF_ID]: NOBODYS_ID,
  '^[0-9]{6}$': '000000',
  '^[0-9]{2,6}$': '330106',
  '^[0-9A-Z]{18}$': '91310000MA1FL0XY7G',
  '^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$': '1971-02-03',
  '^[0-9]{12}$': '000000000000',
  '^([0-9]{15}|[0-9]{17}[0-9Xx])$': '11010519491231002X',
  '^(0|[1-9][0-9]{0,77})$': '1',
  '^0x([0-9a-fA-F]{2}){64,65}$': `0x${'1b'.repeat(65)}`,
  '^0x[0-9a-f]{64}$': `0x${'0a'.repeat(32)}`,
  '^0x([0-9a-f]{2}){40,6000}$': `0x${'02'.repeat(110)}`,
  '^[0-9]{1,18}$': '999999999999',
  '^[A-Za-z0-9_-]{1,8192}$': 'AAAA',
  '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$': 'weihe-gift',
  '^[a-z][a-z0-9-]{2,40}$': 'weihe-gift',
  '^[1-9][0-9]{0,11}$': '10000',
  '^(0|[1-9][0-9]{0,11})$': '0',
  '^(0|[1-9][0-9]{0,8})$': '0',
  '^(0|-?[1-9][0-9]{0,14})$': '100',
  '^(0|[1-9][0-9]{0,14})$': '100',
  '^[1-9][0-9]{0,14}$': '100',
  '^[A-Z_]{2,20}(:[A-Za-z0-9._-]{1,64})?$': 'WALLET:house',
  '^[a-z][a-z0-9_]{0,31}$': 'slot_a',
  '^[0-9a-f]{64}$': 'a'.repeat(64),
  '^[A-Za-z0-9_-]+$': 'house',
  '^([01][0-9]|2[0-4]):[0-5][0-9]$': '09:30',
  [`^(${KINDS})(,(${KINDS})){0,7}$`]: 'singleUse',
  '^1[0-9]{10}$': '13800000000',
  '^20[0-9]{2}-(0[1-9]|1[0-2])$': '2026-12',
  '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$': '2027-06-30',
  '^[A-Z][A-Z_]{1,39}$': 'USED_OR_VOID',
  '^[A-Za-z0-9-]{6,40}$': 'SF1234567890',
  '^[A-Za-z0-9_-]{1,200}$': 'AAAA',
  '^[A-Za-z0-9_-]{20,200}$': 'A'.repeat(20),
  '^[A-Za-z0-9_:.-]*$': 'WALLET:house',
};
const FORMATS: Readonly<Record<string, string>> = {
  date: '2027-06-30',
  'date-time': '2026-12-30T00:00:00Z',
};

/** A value that the schema takes, every optional field included. */
export function fitting(schema: Schema, name = ''): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf?.[0]) return fitting(schema.anyOf[0]);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, one]) => [name, fitting(one, name)]),
      );
    case 'array':
      return schema.items
        ? Array.from({ length: schema.minItems || 1 }, () => fitting(schema.items ?? {}))
        : [];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return fittingText(schema, name);
  }
}

/** Texts whose rule stands in the code and not in the document: canonical verification codes. */
const NAMED: Readonly<Record<string, string>> = { code: 'USED_OR_VOID', reason: 'USED_OR_VOID' };

function fittingText({ format, pattern, minLength = 1 }: Schema, name: string): string {
  const known = (format && FORMATS[format]) || (pattern && FITS[pattern]);
  assert(known || !(format || pattern), `teach the attack a text that fits ${format} ${pattern}`);
  return known || (NAMED[name] ?? 'x'.repeat(minLength));
}

const LONG = JSON.stringify('x'.repeat(100_000));
const DEEP = '['.repeat(20_000) + ']'.repeat(20_000);
const NOT_SCALAR = ['[]', '{}', '[[]]', '{"__proto__":{"isAdmin":true}}', '["a","b"]', DEEP];
const NOT_TEXT = ['null', 'true', '1e9', '-0', '-1', '9007199254740993', '1e400', ...NOT_SCALAR];
const ODD_TEXT = ['', '__proto__', 'constructor', 'NaN', '-0', '1e9', '9007199254740993', '\0']
  .concat(['\ud800', "'; drop table x; --", '../../etc/passwd', '-5', '0', '<svg onload=x>'])
  .map((text) => JSON.stringify(text));

export interface Spoilt {
  /** Path of the field, for the message when the attack wins. */
  readonly at: string;
  /** The whole body as JSON text, since some of it is no JSON value. */
  readonly text: string;
  /** `refused`: no such value may pass. `calm`: it may fit by chance, but nothing may break. */
  readonly expect: 'refused' | 'calm';
}

const MARK = '@spoilt@';

/** Each field of a fitting body, spoilt in each way, one at a time. */
export function spoiltBodies(schema: Schema): Spoilt[] {
  const body = fitting(schema);
  return leavesOf(schema, []).flatMap(({ path, schema: leaf }) => {
    const marked = JSON.stringify(withMark(body, path));
    const spoil = (value: string, expect: Spoilt['expect']): Spoilt => ({
      at: `${path.join('.')} = ${value.slice(0, 40)}`,
      text: marked.replace(JSON.stringify(MARK), () => value),
      expect,
    });
    return waysToSpoil(leaf).map(([value, expect]) => spoil(value, expect));
  });
}

function waysToSpoil(leaf: Schema): [string, Spoilt['expect']][] {
  const refused = (values: readonly string[]) => values.map((value) => [value, 'refused'] as const);
  const calm = (values: readonly string[]) => values.map((value) => [value, 'calm'] as const);
  const ways = (): (readonly [string, Spoilt['expect']])[] => {
    if (leaf.anyOf) return [...calm(['null', ...ODD_TEXT]), ...refused([LONG, '[]', '7'])];
    switch (leaf.type) {
      case 'object':
        return [...refused(['null', '1', '"x"', '[1]', 'true']), ...calm(['{}', DEEP])];
      case 'array':
        return [...refused(['null', '1', '"x"', '{}', '[[]]', 'true', DEEP]), ...calm(['[]'])];
      case 'integer':
      case 'number':
        return [
          ...refused(['null', 'true', '"1"', '1.5', '1e400', ...ODD_TEXT, LONG, ...NOT_SCALAR]),
          ...calm(['-0', '1e9', '9007199254740993']),
        ];
      case 'boolean':
        return refused(['null', '1', '0', '"true"', ...NOT_SCALAR]);
      default:
        return [...refused([...NOT_TEXT, LONG]), ...calm(ODD_TEXT)];
    }
  };
  return ways().map(([value, expect]) => [value, expect]);
}

interface Leaf {
  path: string[];
  schema: Schema;
}

function leavesOf(schema: Schema, path: string[]): Leaf[] {
  const own = path.length > 0 ? [{ path, schema }] : [];
  const below = Object.entries(schema.properties ?? {})
    // The eight categories of a price table have one shape; one of them stands for all.
    .filter(([name]) => path.at(-1) !== 'categories' || name === 'dining')
    .flatMap(([name, one]) => leavesOf(one, [...path, name]));
  const item = schema.items ? leavesOf(schema.items, [...path, '0']) : [];
  return [...own, ...below, ...item];
}

function withMark(value: unknown, [head, ...rest]: readonly string[]): unknown {
  if (head === undefined) return MARK;
  if (Array.isArray(value)) return [withMark(value[0], rest)];
  const fields = value as Record<string, unknown>;
  return { ...fields, [head]: withMark(fields[head], rest) };
}

/** What a stranger may write into an address, already encoded. */
export const ODD_IN_ADDRESS: readonly string[] = [
  '%00',
  '..%2f..%2fetc',
  '__proto__',
  '%27%3B--',
  '1e9',
  '-0',
  'NaN',
  '9007199254740993',
  '%F0%28%8C%28',
  'x'.repeat(4_000),
  '%EF%BC%91',
];
