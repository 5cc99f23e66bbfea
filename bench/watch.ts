/**
 * How long does it take to compare one person with 100,000 entries of a watch list? By the index of sounds, numbers and
 * spellings, beside a plain scan with the same comparison in the same run. `node bench/watch.ts [entries] [askers]`.
 */
import { checkCharacter } from '../src/parties/domain.ts';
import { type Entry, matcherOf, type Subject } from '../src/parties/watch/domain.ts';

const ENTRIES = Number(process.argv[2] ?? 100_000);
const ASKERS = Number(process.argv[3] ?? 500);
/** A scan is slow: fewer are enough to know how slow. */
const SCANNED = 12;
const FAMILIES =
  '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段';
const GIVEN =
  '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红鹏辉玲建国文丹波宁欣怡子涵梓轩浩宇博思雨晨佳嘉俊凯峰云海龙志新春梅雪琴倩颖婷慧莹洁晓东旭阳帆航飞振兴德福寿康乐安瑞祥庆喜荣富贵成功立业家和万年永久长青松柏竹菊荷莲清泉溪江河湖山石林森';

/** Numbers from 0 to 1, the same in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
const chance = seeded(49);
const pick = (from: string): string => from[Math.floor(chance() * from.length)] ?? '';
const two = (most: number): string => String(1 + Math.floor(chance() * most)).padStart(2, '0');

function person(): { name: string; idNumber: string } {
  const first17 = `${two(64)}0101${1950 + Math.floor(chance() * 50)}${two(12)}${two(28)}${two(99)}7`;
  const name = pick(FAMILIES) + pick(GIVEN) + (chance() < 0.85 ? pick(GIVEN) : '');
  return { name, idNumber: first17 + checkCharacter(first17) };
}

const entries = Array.from({ length: ENTRIES }, (_, at): Entry => {
  const { name, idNumber: id } = person();
  const bornOn = `${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`;
  const idNumber = at % 3 === 0 ? { idNumber: id } : {};
  return { ref: `N-${at}`, type: 'person', names: [name], bornOn, ...idNumber };
});
const askers = Array.from({ length: ASKERS }, (): Subject => ({ type: 'person', ...person() }));

const builtFrom = performance.now();
const matches = matcherOf(entries);
const builtMs = performance.now() - builtFrom;

/** The comparison of the index, over every entry: an index of one entry each. */
const single = entries.map((entry) => matcherOf([entry]));
const scan = (subject: Subject): number =>
  single.reduce((found, one) => found + one(subject).length, 0);

function times(asked: readonly Subject[], ask: (subject: Subject) => number) {
  const found: number[] = [];
  const each = asked.map((subject) => {
    const from = performance.now();
    found.push(ask(subject));
    return performance.now() - from;
  });
  each.sort((a, b) => a - b);
  const at = (share: number): number =>
    each[Math.min(each.length - 1, Math.floor(each.length * share))] ?? 0;
  return { found, p50: at(0.5), p99: at(0.99) };
}

const warm = askers.slice(0, 20);
for (const one of warm) matches(one);
const index = times(askers, (one) => matches(one).length);
const plain = times(askers.slice(0, SCANNED), scan);
const agree = plain.found.every((count, at) => count === index.found[at]);
if (!agree) throw new Error('index and scan do not find the same');
const row = (name: string, { p50, p99 }: { p50: number; p99: number }): string =>
  `${name.padEnd(12)} p50 ${p50.toFixed(2)} ms   p99 ${p99.toFixed(2)} ms`;
console.log(`${ENTRIES} entries, ${ASKERS} people; index built in ${builtMs.toFixed(0)} ms`);
console.log(row('by the index', index));
console.log(row('plain scan', plain));
console.log(
  JSON.stringify({
    ...{ bench: 'watch', entries: ENTRIES, askers: ASKERS, builtMs: Math.round(builtMs) },
    indexMs: { p50: index.p50, p99: index.p99 },
    scanMs: { p50: plain.p50, p99: plain.p99 },
    alerts: index.found.reduce((sum, count) => sum + count, 0),
  }),
);
