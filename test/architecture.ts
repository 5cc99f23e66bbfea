/** The law of the rooms: who may import whom, what a pure file may touch, whose tables a room may name. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A room may import only faces of lower rank; equals are strangers. */
export const RANK: Readonly<Record<string, number>> = {
  platform: 0,
  ledger: 1,
  record: 1,
  process: 2,
  parties: 3,
  rules: 3,
  cards: 3,
  pricing: 4,
  settlement: 4,
  disputes: 4,
  risk: 4,
  auctions: 4,
  webhooks: 4,
  buyback: 5,
  market: 5,
  lots: 5,
  exchange: 5,
  sell: 6,
};
/** Beyond the ranks: the price never reads the person. */
const BANNED: Readonly<Record<string, readonly string[]>> = { pricing: ['parties', 'risk'] };
/** What waits, wonders or remembers has no place in a pure file. */
const IMPURE = [
  /\bprocess\.env\b/,
  /\bDate\.now\(/,
  /\bnew Date\(\s*\)/,
  /\bMath\.random\(/,
  /\bfetch\(/,
  /from 'node:(fs|net|http|crypto|child_process)/,
];
const IMPORT = /(?:from|import)\s*\(?\s*'([^']+)'/g;
const TABLE =
  /(?:selectFrom|insertInto|updateTable|deleteFrom|innerJoin|leftJoin)\(\s*'([a-z_]+)\./g;
const SQL_TABLE = /\b(?:from|join|into|update)\s+([a-z]+)\.[a-z_]+/g;

export interface Source {
  path: string;
  text: string;
}

export function sourcesUnder(folder: string, root: string): Source[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));
}

export function breaches(source: Source): string[] {
  const [top, room = ''] = source.path.split('/');
  if (top === 'web') return webBreaches(source);
  if (top === 'simulators')
    return importsOf(source)
      .filter((name) => name.startsWith('#') || name.includes('/src/'))
      .map((name) => `${source.path}: a simulator stands outside, it may not import ${name}`);
  if (top !== 'src') return [];
  const isTest = source.path.endsWith('.test.ts');
  const inRoom = room in RANK;
  return [
    ...(inRoom ? faceBreaches(source, room, isTest) : []),
    ...(source.path.endsWith('/domain.ts') ? pureBreaches(source) : []),
    ...(inRoom && !isTest ? tableBreaches(source, room) : []),
    ...(!isTest && room !== 'platform' && room !== 'main.ts' && /process\.env/.test(source.text)
      ? [`${source.path}: only platform/config and main read the environment`]
      : []),
  ];
}

const importsOf = ({ text }: Source): string[] =>
  [...text.matchAll(IMPORT)].map((match) => match[1] ?? '');

function faceBreaches(source: Source, room: string, isTest: boolean): string[] {
  const found: string[] = [];
  for (const name of importsOf(source)) {
    const target = /^#([a-z]+)(?:\/schema)?$/.exec(name)?.[1];
    if (target !== undefined && target in RANK && !isTest) {
      if ((RANK[target] ?? 99) >= (RANK[room] ?? 0) && target !== room)
        found.push(`${source.path}: ${room} may not import ${name}: not of a lower rank`);
      if (target === room) found.push(`${source.path}: ${room} imports its own face`);
      if (BANNED[room]?.includes(target))
        found.push(`${source.path}: ${room} may never import ${name}`);
    }
    if (name.startsWith('.') && !isTest) {
      const at = join('/', source.path, '..', name);
      if (!at.startsWith(`/src/${room}/`) && !at.startsWith(`/src/${room}.`))
        found.push(`${source.path}: reaches into another room by ${name}`);
    }
  }
  return found;
}

const pureBreaches = (source: Source): string[] => [
  ...IMPURE.filter((pattern) => pattern.test(source.text)).map(
    (pattern) => `${source.path}: not pure: ${pattern.source}`,
  ),
  ...importsOf(source)
    .filter((name) => /store\.ts$|tasks\.ts$|routes\.ts$|kysely|^pg$/.test(name))
    .map((name) => `${source.path}: a pure file imports ${name}`),
];

function tableBreaches(source: Source, room: string): string[] {
  const named = [...source.text.matchAll(TABLE), ...source.text.matchAll(SQL_TABLE)].map(
    (match) => match[1] ?? '',
  );
  return [...new Set(named)]
    .filter((schema) => schema in RANK && schema !== room)
    .map((schema) => `${source.path}: names a table of ${schema}`);
}

const webBreaches = (source: Source): string[] =>
  importsOf(source)
    .filter((name) => name.startsWith('#') || /\/src\//.test(name))
    .filter((name) => !/\/src\/[a-z]+\/schema\.ts$|\/src\/platform\/money\.ts$/.test(name))
    .map((name) => `${source.path}: the web may import schemas and money only, not ${name}`);
