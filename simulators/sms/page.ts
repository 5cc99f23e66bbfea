/** The page of the text-message simulator: the last messages, newest first, codes easy to read and to copy. */
import type { SmsMessage } from './server.ts';

export function phonePage(messages: readonly SmsMessage[], to: string | undefined): string {
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>短信模拟器 SMS simulator</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>短信 <span lang="en">Messages</span></h1>
<p>模拟短信网关：验证码显示在这里，不会发到真手机。<br>
<span lang="en">A stand-in for the SMS gateway: codes appear here and reach no real phone.</span></p>
<form><label>手机号 <span lang="en">Number</span>
<input name="to" inputmode="tel" maxlength="11" value="${escaped(to ?? '')}"></label>
<button>筛选 <span lang="en">Filter</span></button></form>
</header>
${messages.length > 0 ? `<ol>${messages.map(item).join('')}</ol>` : EMPTY}
</main>
<script>${REFRESH}</script>
</body>
</html>`;
}

const EMPTY = `<p class="empty">还没有短信 · <span lang="en">No messages yet</span></p>`;

const item = ({ to, text, at }: SmsMessage): string => `<li>
<p class="meta"><b>${escaped(to)}</b> <time datetime="${at}">${clock(at)}</time></p>
<p class="bubble">${escaped(text).replace(/\b(\d{6})\b/, '<strong>$1</strong>')}</p>
</li>`;

const clock = (at: string): string =>
  new Date(at).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false });

const escaped = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign] ?? '',
  );

/** Looks again every two seconds, but not under the fingers of somebody who types. */
const REFRESH = `setInterval(() => {
  if (document.activeElement?.tagName !== 'INPUT') location.reload();
}, 2000);`;

const STYLE = `
:root { color-scheme: light dark; --page: #e9eaee; --phone: #fff; --text: #1c1c1e; --dim: #6a6a70;
  --bubble: #ececf0; --code: #0a5cd6; }
@media (prefers-color-scheme: dark) { :root { --page: #000; --phone: #141416; --text: #f2f2f4;
  --dim: #a2a2aa; --bubble: #2a2a2e; --code: #7ab0ff; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 24px 12px; background: var(--page); color: var(--text);
  font: 16px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", sans-serif; }
main { max-width: 390px; min-height: 720px; margin: 0 auto; padding: 28px 20px;
  background: var(--phone); border-radius: 40px; box-shadow: 0 12px 48px #0002; }
h1 { margin: 0; font-size: 28px; }
h1 span, header p, .meta, label { color: var(--dim); }
header p { margin: 4px 0 16px; font-size: 13px; }
form { display: flex; gap: 8px; align-items: end; margin-bottom: 20px; }
label { flex: 1; font-size: 12px; }
input { width: 100%; min-height: 40px; font: inherit; color: inherit; background: var(--bubble);
  border: 0; border-radius: 10px; padding: 6px 12px; }
button { min-height: 40px; font: inherit; border: 0; border-radius: 10px; padding: 6px 14px;
  background: var(--code); color: var(--phone); }
ol { list-style: none; margin: 0; padding: 0; }
li { margin-bottom: 18px; }
.meta { display: flex; justify-content: space-between; margin: 0 4px 4px; font-size: 12px; }
.bubble { margin: 0; padding: 10px 14px; background: var(--bubble); border-radius: 18px; }
.bubble strong { font-size: 22px; letter-spacing: 2px; color: var(--code); user-select: all; }
.empty { color: var(--dim); text-align: center; padding: 120px 0; }`;
