/** Draws a table: the Mermaid diagram of the console and the docs, and the page that lists every life cycle. */
import { inWords } from './check.ts';
import type { MoneyRow, Process, Row } from './define.ts';

/** A Mermaid state diagram; automatic moves show their deadline. */
export function mermaid(p: Process): string {
  const lines = ['stateDiagram-v2', `  [*] --> ${p.initial}`];
  for (const [state, { zh, en }] of Object.entries(p.states))
    lines.push(`  ${state} : ${plain(zh)} ${plain(en)}`);
  for (const [name, row] of Object.entries(p.transitions))
    for (const from of row.from)
      lines.push(`  ${from} --> ${row.to} : ${name} (${row.by.join(', ')})${waiting(row)}`);
  for (const [state, { terminal }] of Object.entries(p.states))
    if (terminal) lines.push(`  ${state} --> [*]`);
  return lines.join('\n');
}

/** A colon or a line break would end the label. */
const plain = (text: string): string => text.replace(/[:;\n#]/g, ' ');

function waiting(row: Row): string {
  const limit = row.atMost === undefined ? '' : ` ×${row.atMost}`;
  if (row.after === undefined) return limit;
  return ` ⏱ ${row.after === 'due' ? 'due' : inWords(row.after)}${limit}`;
}

/** The page docs/processes.md: every life cycle as a diagram and two tables. */
export function processPages(processes: readonly Process[]): string {
  const pages = processes.toSorted((a, b) => (a.name < b.name ? -1 : 1)).flatMap(page);
  return [
    '# 流程 Processes',
    '',
    'Generated from the tables in `src/`; do not edit. Every state has a deadline by the actor `clock`,',
    'every path ends, and no path keeps money longer than its table allows: proved at each start.',
    '',
    '由 `src/` 中的流程表生成，请勿手改。每个状态都有时限，由 `clock` 自动推进；每条路径都有终点；',
    '任何路径占用资金都不超过表中规定的天数：每次启动时逐条验证。',
    '',
    ...pages,
  ].join('\n');
}

function page(p: Process): string[] {
  const states = Object.entries(p.states).map(
    ([state, { zh, en, terminal }]) => `| \`${state}\` | ${zh} | ${en} | ${terminal ? '●' : ''} |`,
  );
  const rows = Object.entries(p.transitions).map(
    ([name, row]) =>
      `| \`${name}\` | ${row.by.join(', ')} | ${row.from.join(', ')} | ${row.to} | ` +
      `${deadline(row)} | ${(row.money ?? []).map(moneyWords).join('; ')} |`,
  );
  const opening = p.opening.map(moneyWords).join('; ');
  return [
    `## ${p.name} v${p.version}`,
    '',
    '```mermaid',
    mermaid(p),
    '```',
    '',
    '| 状态 state | 中文 | English | 终点 end |',
    '|---|---|---|---|',
    ...states,
    '',
    '| 步骤 transition | 谁 by | 从 from | 到 to | 时限 after | 资金 money |',
    '|---|---|---|---|---|---|',
    `| \`start\` | ${p.roles.join(', ')} | | ${p.initial} | | ${opening} |`,
    ...rows,
    '',
  ];
}

function deadline(row: Row): string {
  const limit = row.atMost === undefined ? '' : ` ×${row.atMost}`;
  if (row.after !== 'due') return (row.after === undefined ? '' : inWords(row.after)) + limit;
  return `due${row.within === undefined ? '' : ` ≤ ${inWords(row.within)}`}${limit}`;
}

/** `hold WALLET → ESCROW price`. */
export function moneyWords(row: MoneyRow): string {
  const { do: what = 'post', from, to, amount } = row;
  const way = from === undefined || to === undefined ? '' : `${from} → ${to}`;
  return [what === 'post' ? '' : what, way, amount ?? ''].filter(Boolean).join(' ');
}
