/** Cards to try: numbers and PINs of every fate, as JSON for tests and as a page for people. */
import { randomInt } from 'node:crypto';
import { issuers, type MadeCard, makeCard, products, type State, serialsOf } from './world.ts';

const FATES: readonly (State | 'wrong_pin')[] = [
  'good',
  'half_used',
  'used',
  'expired',
  'frozen',
  'inactive',
  'wrong_pin',
  'drained_later',
  'held_elsewhere',
  'name_bound',
  'extra_check',
  'receipt',
];
/** Looks for a card nobody has touched yet before any is taken. */
const LOOKS_MAX = 50;
const EACH_MAX = 20;

/** `n` cards of every fate, others at each look and none that was used before, so that nobody gets another's card. */
export function demoCards(
  sku: string | null,
  n: number,
  isTouched: (number: string) => boolean = () => false,
): (Omit<MadeCard, 'state'> & { state: string })[] | undefined {
  const product = products.get(sku ?? '');
  if (!product) return undefined;
  const each = Number.isInteger(n) ? Math.min(Math.max(n, 1), EACH_MAX) : 1;
  return FATES.flatMap((fate) => {
    if (fate === 'wrong_pin' && !product.pinRule) return [];
    return Array.from({ length: each }, () => {
      const faces = product.denominationsFen;
      const faceFen = BigInt(faces[randomInt(faces.length)] ?? 0);
      const state = fate === 'wrong_pin' ? 'good' : fate;
      const draw = () =>
        makeCard(product.sku, { faceFen, state, serial: randomInt(serialsOf(product.sku)) });
      let card = draw();
      for (let look = 1; look < LOOKS_MAX && isTouched(card.number); look++) card = draw();
      if (fate !== 'wrong_pin') return card;
      return { ...card, state: fate, pin: otherPin(card.pin ?? '') };
    });
  });
}

/** The same length and symbols, the first one changed. */
const otherPin = (pin: string): string => (pin.startsWith('2') ? '3' : '2') + pin.slice(1);

const FATE_WORDS: Readonly<Record<string, string>> = {
  good: '可用 · good',
  half_used: '用过一半 · half used',
  used: '已用完 · used up',
  expired: '已过期 · expired',
  frozen: '已冻结 · frozen',
  inactive: '未激活 · not activated',
  wrong_pin: '卡密错误 · wrong PIN',
  drained_later: '查询后被他人用掉 · emptied after the first look',
  held_elsewhere: '在别处锁定 · locked elsewhere',
  name_bound: '绑定他人 · bound to a person',
  extra_check: '发卡方要求核验 · issuer wants a check',
  receipt: '要求购卡凭证 · receipt wanted',
};

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

export function demoPage(query: URLSearchParams, isTouched: (number: string) => boolean): string {
  const sku = query.get('sku') ?? 'weihe-gift';
  const cards = demoCards(sku, Number(query.get('n') ?? 1), isTouched) ?? [];
  const choices = [...products.values()].map((product) => {
    const issuer = issuers.get(product.issuerId);
    const label = `${issuer?.name.zh ?? ''} · ${product.name.zh} (${issuer?.caps.join(', ') ?? ''})`;
    const isChosen = product.sku === sku ? ' selected' : '';
    return `<option value="${product.sku}"${isChosen}>${escaped(label)}</option>`;
  });
  const rows = cards.map(
    (
      card,
    ) => `<tr><td>${FATE_WORDS[card.state] ?? card.state}</td><td>¥${Number(card.faceFen) / 100}</td>
<td>¥${Number(card.balanceFen) / 100}</td><td><code>${card.number}</code></td>
<td><code>${card.pin ?? '—'}</code></td></tr>`,
  );
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>发卡方模拟器 · Issuer simulator</title>
<style>body{font:15px/1.6 system-ui,"PingFang SC","Noto Sans SC",sans-serif;margin:2rem auto;max-width:60rem;
padding:0 1rem;color-scheme:light dark}table{border-collapse:collapse;width:100%}td,th{padding:.4rem .6rem;
text-align:left;border-bottom:1px solid #8884}code{font-size:1.05em;user-select:all}select,button{font:inherit;
padding:.3rem .6rem}</style>
<h1>发卡方模拟器 · Issuer simulator</h1>
<p>虚构的卡，仅供演示。点一下卡号即可全选。<br>Fictional cards to try; a click selects a number.</p>
<form><select name="sku" aria-label="product">${choices.join('')}</select>
<button>换一批 · Others</button></form>
<table><thead><tr><th>状态 · State</th><th>面值 · Face</th><th>余额 · Balance</th><th>卡号 · Number</th>
<th>卡密 · PIN</th></tr></thead><tbody>${rows.join('')}</tbody></table>
<h2>通知平台 · Tell the house</h2>
<form method="post" action="/tell"><input type="hidden" name="sku" value="${escaped(sku)}">
<input name="number" placeholder="卡号 · number" aria-label="number" required>
<select name="what" aria-label="what"><option value="stolen">挂失 · stolen</option>
<option value="used">已使用 · used</option><option value="blocked">停用 · blocked</option></select>
<button>通知 · Tell</button></form></html>`;
}
