/** The status page of the simulated bank: what it was asked, what became of it, and a few levers. */
import type { Bank } from './bank.ts';
import type { Post } from './post.ts';

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
const yuan = (fen: string): string =>
  `¥${(BigInt(fen) / 100n).toLocaleString('en')}.${(BigInt(fen) % 100n).toString().padStart(2, '0')}`;
const clock = (at: number | undefined): string =>
  at === undefined ? '' : new Date(at + 8 * 3_600_000).toISOString().slice(5, 19).replace('T', ' ');
const WORDS = { accepted: '已受理', paid: '已付款', failed: '失败', returned: '已退汇' } as const;
const ROWS_MAX = 100;

export function statusPage(bank: Bank, post: Post, now: number): string {
  const rows = [...bank.entries.values()].reverse().slice(0, ROWS_MAX);
  const faults = Object.entries(bank.faults)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(' · ');
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>存管银行模拟器 · Custody bank simulator</title>
<style>body{font:14px/1.6 system-ui,"Noto Sans SC",sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884}
td.n{text-align:right;font-variant-numeric:tabular-nums}code{font-size:12px}button{margin-right:.5rem}</style>
<h1>存管银行模拟器 <small>Custody bank simulator</small></h1>
<p>银行时间 ${clock(now)} · ${escapeHtml(faults)} · 待发通知 ${post.held.length}</p>
<p><button data-path="/control/settle" data-body="{}">立即清算 Settle now</button>
<button data-path="/control/faults" data-body='{"down":true}'>停机 Down</button>
<button data-path="/control/faults" data-body='{"down":false}'>恢复 Up</button></p>
<table><tr><th>类型<th>商户单号<th>金额<th>账户<th>状态<th>提交<th>受理<th>入账<th>退回</tr>
${rows
  .map(
    (
      row,
    ) => `<tr><td>${row.kind === 'transfer' ? '付款' : '收款'}<td><code>${escapeHtml(row.outNo)}</code>
<td class="n">${yuan(row.amountFen)}<td>${escapeHtml(row.account)}<td>${WORDS[row.status]} ${escapeHtml(row.reason ?? '')}
<td class="n">${row.submits}<td>${clock(row.acceptedAt)}<td>${clock(row.paidAt)}<td>${clock(row.returnedAt)}</tr>`,
  )
  .join('\n')}</table>
<script>for (const b of document.querySelectorAll('button')) b.onclick = async () => {
  await fetch(b.dataset.path, { method: 'POST', body: b.dataset.body }); location.reload(); };</script></html>`;
}
