/** Is this party on that list? Normal forms of names and numbers, and a score with its reasons; pure. */
import { polyphonic } from 'pinyin-pro';
import { checkCharacter } from '../domain.ts';

/** The three lists of art. 40 Anti-Money Laundering Law, notices of the police, and our own. */
export const LISTS = ['terror', 'un_sanctions', 'pboc_risk', 'police', 'internal'] as const;
export type ListKind = (typeof LISTS)[number];

/** As published: a person or an entity under all its names. */
export interface Entry {
  /** The publisher's own number of it. */
  readonly ref: string;
  readonly type: 'person' | 'entity';
  readonly names: readonly string[];
  /** 15 or 18 signs. */
  readonly idNumber?: string;
  readonly creditCode?: string;
  /** YYYY-MM-DD, or only the year. */
  readonly bornOn?: string;
  /** First 2 to 6 digits of the region. */
  readonly region?: string;
}

export interface Subject {
  readonly type: 'person' | 'entity';
  readonly name: string;
  readonly idNumber?: string;
  readonly creditCode?: string;
}

type NameFit =
  | 'equal'
  | 'sound'
  | 'order'
  | 'order_sound'
  | 'missing'
  | 'missing_sound'
  | 'latin'
  | 'differs';
type BirthFit = 'equal' | 'day_and_month' | 'year' | 'unknown' | 'differs';
type PlaceFit = 'same' | 'unknown' | 'differs';
type NumberFit = 'equal' | 'unknown' | 'differs';

/** How each feature compared. It names nobody, so it may be kept and shown. */
export interface Features {
  readonly number: NumberFit;
  readonly name: NameFit;
  readonly birth: BirthFit;
  readonly region: PlaceFit;
}
export interface Match {
  readonly entry: Entry;
  /** Of 1,000. */
  readonly score: number;
  readonly features: Features;
}

/** From here on a person looks at it. Chosen on the seeded population of domain.pure.test.ts. */
export const ALERT_FROM = 420;

const NAME_POINTS: Readonly<Record<NameFit, number>> = {
  ...{ equal: 1000, sound: 950, latin: 900, order: 900, order_sound: 850 },
  ...{ missing: 800, missing_sound: 650, differs: 0 },
};
const BIRTH_POINTS: Readonly<Record<BirthFit, number>> = {
  ...{ equal: 1000, day_and_month: 900, year: 500, unknown: 500, differs: 0 },
};
const PLACE_POINTS: Readonly<Record<PlaceFit, number>> = {
  ...{ same: 1000, unknown: 850, differs: 700 },
};
/** Two numbers that differ: one is somebody else's, or was printed wrong. */
const NUMBER_POINTS: Readonly<Record<NumberFit, number>> = {
  ...{ equal: 1000, unknown: 1000, differs: 500 },
};

// normal forms

/** Characters of names whose traditional form differs, in pairs; rarer ones are found by their sound. */
const PAIRS =
  '張张陳陈劉刘黃黄趙赵吳吴孫孙馬马楊杨羅罗鄭郑謝谢韓韩馮冯鄧邓許许蕭萧葉叶呂吕蘇苏盧卢蔣蒋賈贾閻阎' +
  '鐘钟鍾钟譚谭鄒邹賴赖龔龚龍龙萬万錢钱湯汤賀贺顧顾嚴严魯鲁關关畢毕單单歐欧陽阳東东國国華华偉伟麗丽' +
  '強强軍军傑杰濤涛燕燕紅红艷艳蘭兰鳳凤英英雲云飛飞鵬鹏靜静穎颖曉晓慶庆衛卫興兴榮荣貴贵寶宝銀银鋼钢鐵铁' +
  '勝胜義义禮礼學学愛爱誠诚達达遠远進进連连瑩莹瓊琼齊齐劍剑軒轩輝辉啟启樹树澤泽廣广億亿嬌娇縣县寧宁滿满' +
  '豐丰亞亚權权維维綱纲緒绪紹绍績绩繼继續续聖圣職职聰聪肅肃蓮莲衆众覺觉觀观計计詩诗諾诺謙谦賢贤贊赞' +
  '躍跃錦锦鎮镇長长門门開开陸陆雙双順顺風风駿骏鴻鸿點点黨党';
const SIMPLE = new Map<string, string>();
for (let at = 0; at < PAIRS.length; at += 2) SIMPLE.set(PAIRS.charAt(at), PAIRS.charAt(at + 1));

const TAIL = /(股份|集团)?(有限责任|有限)?公司$|（[^）]*）|\([^)]*\)/gu;

/** Half width, lower case, simplified, without points, spaces and marks between the parts of a name. */
export const foldName = (name: string): string =>
  [
    ...name
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[\p{P}\p{Z}\p{C}\p{S}]+/gu, ''),
  ]
    .map((sign) => SIMPLE.get(sign) ?? sign)
    .join('');

const foldCompany = (name: string): string => {
  const whole = foldName(name.normalize('NFKC').replace(TAIL, ''));
  return whole === '' ? foldName(name) : whole.replace(TAIL, '');
};

/** 18 signs: a number of the old kind gets its century and its check character. Undefined: no such number. */
export function foldIdNumber(text: string): string | undefined {
  const signs = text.normalize('NFKC').replace(/\s/g, '').toUpperCase();
  if (/^\d{17}[\dX]$/.test(signs)) return signs;
  if (!/^\d{15}$/.test(signs)) return undefined;
  const first17 = `${signs.slice(0, 6)}19${signs.slice(6)}`;
  return first17 + checkCharacter(first17);
}

const birthIn = (idNumber: string): string =>
  `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`;

const READINGS = new Map<string, readonly string[]>();
/** All ways to say one sign, without tone; a sign that is not Chinese is said as it is written. */
function readingsOf(sign: string): readonly string[] {
  const known = READINGS.get(sign);
  if (known) return known;
  const said = polyphonic(sign, { type: 'array', toneType: 'none', v: true })[0] ?? [sign];
  const readings = [...new Set(said.map((one) => one.toLowerCase()))];
  READINGS.set(sign, readings);
  return readings;
}
const alike = (one: string, other: string): boolean =>
  one === other || readingsOf(one).some((said) => readingsOf(other).includes(said));

// one name against another

type Same = (one: string, other: string) => boolean;
const same: Same = (one, other) => one === other;

const inOrder = (a: readonly string[], b: readonly string[], fits: Same): boolean =>
  a.length === b.length && a.every((sign, at) => fits(sign, b[at] ?? ''));

/** The same signs in another order. Names are short: each sign takes the first free one that fits. */
function anyOrder(a: readonly string[], b: readonly string[], fits: Same): boolean {
  if (a.length !== b.length) return false;
  const free = [...b];
  return a.every((sign) => {
    const at = free.findIndex((other) => fits(sign, other));
    if (at < 0) return false;
    free.splice(at, 1);
    return true;
  });
}

/** One is the other without one sign. */
function oneLess(a: readonly string[], b: readonly string[], fits: Same): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (long.length !== short.length + 1) return false;
  return long.some((_, gone) => inOrder(short, long.toSpliced(gone, 1), fits));
}

/** The least that must be left of a name before a sign may be missing: of a person, of a company. */
const LEFT_MIN = { person: 2, entity: 4 } as const;

function fitOf(a: string, b: string, type: 'person' | 'entity'): NameFit {
  if (a === b) return 'equal';
  const [one, other] = [[...a], [...b]];
  if (inOrder(one, other, alike)) return 'sound';
  const isLong = Math.min(one.length, other.length) >= LEFT_MIN[type];
  if (type === 'person' && anyOrder(one, other, same)) return 'order';
  if (type === 'person' && anyOrder(one, other, alike)) return 'order_sound';
  if (isLong && oneLess(one, other, same)) return 'missing';
  if (isLong && type === 'person' && oneLess(one, other, alike)) return 'missing_sound';
  return 'differs';
}

/** The name in Latin letters, family name first and last; a list of the United Nations may know no other. */
function latinOf(folded: string): string[] {
  const [family = '', ...given] = [...folded];
  const join = (parts: readonly string[]): string[] =>
    parts.reduce<string[]>(
      (made, sign) => made.flatMap((head) => readingsOf(sign).map((said) => head + said)),
      [''],
    );
  if (given.length > 3) return [];
  const rest = join(given);
  return readingsOf(family).flatMap((said) => rest.flatMap((end) => [said + end, end + said]));
}

// one party against one entry

interface Known {
  readonly entry: Entry;
  readonly names: readonly string[];
  readonly idNumber: string | undefined;
}
interface Asked {
  readonly subject: Subject;
  readonly name: string;
  readonly idNumber: string | undefined;
  readonly latin: ReadonlySet<string>;
}
const fold = (name: string, type: Entry['type']): string =>
  type === 'entity' ? foldCompany(name) : foldName(name);

function askedOf(subject: Subject): Asked {
  const name = fold(subject.name, subject.type);
  return {
    ...{ subject, name },
    idNumber: subject.idNumber === undefined ? undefined : foldIdNumber(subject.idNumber),
    latin: new Set(subject.type === 'person' ? latinOf(name) : []),
  };
}

function birthFit(entry: Entry, known: string | undefined, asked: string | undefined): BirthFit {
  const listed = entry.bornOn ?? (known && birthIn(known));
  if (listed === undefined || asked === undefined) return 'unknown';
  const born = birthIn(asked);
  if (listed === born) return 'equal';
  if (listed.slice(0, 4) !== born.slice(0, 4)) return 'differs';
  if (listed.length === 4) return 'year';
  const swapped = `${born.slice(0, 5)}${born.slice(8)}-${born.slice(5, 7)}`;
  return listed === swapped ? 'day_and_month' : 'differs';
}

function placeFit(entry: Entry, asked: string | undefined): PlaceFit {
  if (entry.region === undefined || asked === undefined) return 'unknown';
  return entry.region.slice(0, 2) === asked.slice(0, 2) ? 'same' : 'differs';
}

const numberFit = (listed: string | undefined, asked: string | undefined): NumberFit =>
  listed === undefined || asked === undefined ? 'unknown' : listed === asked ? 'equal' : 'differs';

function compare({ entry, names, idNumber }: Known, asked: Asked): Match {
  const { subject } = asked;
  const fits = names.map((name) =>
    asked.latin.has(name) && name !== asked.name ? 'latin' : fitOf(name, asked.name, entry.type),
  );
  const name = fits.reduce<NameFit>(
    (best, fit) => (NAME_POINTS[fit] > NAME_POINTS[best] ? fit : best),
    'differs',
  );
  if (entry.type === 'entity') {
    const number = numberFit(entry.creditCode, subject.creditCode);
    const score = number === 'equal' ? 1000 : product(NAME_POINTS[name], NUMBER_POINTS[number]);
    return { entry, score, features: { number, name, birth: 'unknown', region: 'unknown' } };
  }
  const number = numberFit(idNumber, asked.idNumber);
  const birth = birthFit(entry, idNumber, asked.idNumber);
  const region = placeFit(entry, asked.idNumber);
  const features = { number, name, birth, region };
  if (number === 'equal') return { entry, score: 1000, features };
  const points = [NAME_POINTS[name], BIRTH_POINTS[birth], PLACE_POINTS[region]];
  return { entry, score: product(...points, NUMBER_POINTS[number]), features };
}

/** Parts of 1,000 multiplied, rounded down. */
const product = (...points: number[]): number =>
  Math.floor(points.reduce((made, part) => made * (part / 1000), 1) * 1000 + 1e-9);

// one party against a list

export type Matcher = (subject: Subject) => Match[];

/** Finds in a list without reading all of it: by number, by sound, by Latin letters. */
export function matcherOf(entries: readonly Entry[]): Matcher {
  const known = entries.map((entry) => ({
    entry,
    names: entry.names.map((name) => fold(name, entry.type)),
    idNumber: entry.idNumber === undefined ? undefined : foldIdNumber(entry.idNumber),
  }));
  const byNumber = new Map<string, Set<number>>();
  const byWord = new Map<string, Set<number>>();
  known.forEach(({ entry, names, idNumber }, at) => {
    for (const number of [idNumber, entry.creditCode]) if (number) put(byNumber, number, at);
    for (const name of names) {
      put(byWord, name, at);
      for (const said of new Set([...name].flatMap(readingsOf))) put(byWord, said, at);
    }
  });
  return (subject) => {
    const asked = askedOf(subject);
    return [...candidates(asked, { byNumber, byWord })]
      .flatMap((at) => known[at] ?? [])
      .filter(({ entry }) => entry.type === subject.type)
      .map((one) => compare(one, asked))
      .filter(({ score }) => score >= ALERT_FROM)
      .sort((a, b) => b.score - a.score);
  };
}

const put = (index: Map<string, Set<number>>, key: string, at: number): void => {
  const found = index.get(key);
  if (found) found.add(at);
  else index.set(key, new Set([at]));
};

/** Whatever could reach a score: all but one of the sounds are shared, or a number, or the Latin spelling. */
function candidates(
  { name, idNumber, latin, subject }: Asked,
  index: { byNumber: Map<string, Set<number>>; byWord: Map<string, Set<number>> },
): Set<number> {
  const found = new Set<number>();
  for (const number of [idNumber, subject.creditCode])
    for (const at of (number && index.byNumber.get(number)) || []) found.add(at);
  for (const word of [name, ...latin]) for (const at of index.byWord.get(word) ?? []) found.add(at);
  const shared = new Map<number, number>();
  for (const sign of name) {
    const here = new Set(readingsOf(sign).flatMap((said) => [...(index.byWord.get(said) ?? [])]));
    for (const at of here) shared.set(at, (shared.get(at) ?? 0) + 1);
  }
  const { length } = [...name];
  const needed = Math.min(length, Math.max(LEFT_MIN.person, length - 1));
  for (const [at, count] of shared) if (count >= needed) found.add(at);
  return found;
}
