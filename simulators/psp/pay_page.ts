/** The page on which a payer pays, as the payment institution shows it: the amount, and yes or no. */
import type { Order } from './till_rules.ts';

const yuan = (fen: string): string =>
  `¥${(BigInt(fen) / 100n).toLocaleString('en')}.${(BigInt(fen) % 100n).toString().padStart(2, '0')}`;
const CHANNELS = {
  alipay: ['支付宝渠道', 'Alipay channel'],
  wechat: ['微信支付渠道', 'WeChat Pay channel'],
  bank: ['银行渠道', 'Bank channel'],
} as const;
const WORDS = {
  paid: ['已支付', 'Paid'],
  closed: ['支付单已关闭', 'This payment was closed'],
} as const;

export function payPage(order: Order, now: number): string {
  const [zh, en] = CHANNELS[order.channel];
  const isPaid = order.payments.length > 0;
  const isOpen = order.status === 'open' && order.expiresAt > now;
  const [endZh, endEn] = WORDS[isPaid ? 'paid' : 'closed'];
  const minutes = Math.max(1, Math.ceil((order.expiresAt - now) / 60_000));
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>收银台（模拟） · Checkout (simulated)</title>
<style>body{font:16px/1.6 system-ui,"Noto Sans SC",sans-serif;margin:0 auto;max-width:26rem;padding:2rem 1rem;text-align:center}
.amount{font-size:2.6rem;font-weight:600;font-variant-numeric:tabular-nums;margin:.5rem 0}
button{font:inherit;width:100%;padding:.8rem;border-radius:.6rem;border:1px solid #8886;margin-top:.8rem;cursor:pointer}
button.pay{background:#1a6b4f;color:#fff;border-color:#1a6b4f}small{color:#777;display:block}</style>
<p>${zh}<small>${en} · 模拟环境，不产生真实扣款 No real money moves</small></p>
<p class="amount" data-testid="amount">${yuan(order.amountFen)}</p>
<p><small>商户单号 Number ${order.outNo}</small></p>
${
  isOpen
    ? `<p><small>${minutes} 分钟内有效 Valid for ${minutes} min</small></p>
<button class="pay" data-act="pay" data-testid="pay">支付 Pay</button>
<button data-act="cancel" data-testid="cancel">取消 Cancel</button>`
    : `<p data-testid="end">${endZh}<small>${endEn}</small></p>`
}
<script>for (const b of document.querySelectorAll('button')) b.onclick = async () => {
  for (const other of document.querySelectorAll('button')) other.disabled = true;
  await fetch(location.pathname, { method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ action: b.dataset.act }) });
  location.reload(); };</script></html>`;
}
