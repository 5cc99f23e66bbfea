// Goal: the desk sees what the house knows and what both sides say, decides, and leaves the appeal to somebody else.
// Method: Chromium on a desk's screen, one browser for each reviewer; the sides act over the API.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { openClaim } from '#disputes';
import { DAY, HOUR, inTransaction, newId, plus } from '#platform';
import type { Person } from '#test/house.ts';
import { PRICE, probe, sale, used } from '../../src/disputes/claim/world.fixture.ts';
import { audit, openWorld, reads, type World } from './browser.ts';

const act = async (page: Page, name: string): Promise<void> =>
  await page.getByRole('button', { name, exact: true }).first().click();

/** A card of which two things are known that do not settle it: it was good when listed, and used while both could. */
async function contested(world: World, buyer: Person, seller: Person): Promise<string> {
  const { db, keys, clock } = { ...world.house, ...world };
  const at = clock.now();
  const [listed, revealed] = [plus(at, -3 * DAY), plus(at, -2 * HOUR)];
  const claim = await inTransaction(db, (tx) =>
    openClaim(tx, {
      ...{ subject: newId(at), venue: 'market', reason: 'USED_OR_VOID', atStakeFen: PRICE },
      claimant: { role: 'buyer', userId: buyer.userId },
      respondent: { role: 'seller', userId: seller.userId },
      facts: sale({
        ...{ revealedAt: revealed, paidAt: plus(at, -3 * HOUR) },
        verifiedAtListing: probe(keys, listed),
        probeAtReveal: probe(keys, plus(revealed, -1_000)),
        issuerEvents: [used(plus(revealed, HOUR))],
        custody: [
          { holder: 'seller', from: plus(listed, -DAY), to: null },
          { holder: 'vault', from: listed, to: revealed },
          { holder: 'buyer', from: revealed, to: null },
        ],
      }),
      statement: '到店结账时店员说余额为零，没有用过一分钱',
      ...{ at, keys },
    }),
  );
  return claim.id;
}

async function showPhoto(world: World, { cookie }: Person, id: string): Promise<void> {
  const background = { r: 240, g: 220, b: 180 };
  const file = await sharp({ create: { width: 800, height: 600, channels: 3, background } })
    .jpeg()
    .toBuffer();
  const form = new FormData();
  form.append('photo', new Blob([new Uint8Array(file)], { type: 'image/jpeg' }), 'receipt.jpg');
  const reply = await fetch(`${world.url}/v1/disputes/${id}/photos`, {
    ...{ method: 'POST', body: form, headers: { cookie, origin: world.url } },
  });
  assert.equal(reply.status, 200, await reply.text());
}

test('at the arbitration desk', { timeout: 200_000 }, async (t) => {
  const world = await openWorld(t);
  const [buyer, seller] = [await world.seller(), await world.seller()];
  const id = await contested(world, buyer, seller);
  const on = `/v1/disputes/${id}`;
  await showPhoto(world, buyer, id);
  await world.http(seller, 'POST', `${on}/answer`, { answer: 'contest' });
  await world.http(seller, 'POST', `${on}/statements`, { text: '卡是公司发的，卖出后没有再用' });
  await world.later(DAY);
  const STATE = 'select state from process.instance where id = $1';
  await world.until('arbitration', STATE, [id]);

  const first = await world.staff('risk');
  await world.prove(first);
  const page = await world.visit(t, '/console/claims', { wide: true, as: first });
  await reads(page, '仲裁台', '待裁决', '规则裁决占比', '卡片已使用或已作废', '未领取');
  await audit(page);
  await page.getByRole('link', { name: `…${id.slice(-8)}` }).click();
  await reads(page, '买家的陈述', '店员说余额为零', '卖家的陈述', '没有再用', '签名有效', '被使用');
  await page.getByRole('img', { name: '照片 1' }).waitFor();
  await audit(page);
  await act(page, '领取');
  await act(page, '裁决');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('部分退款').click();
  await dialog.getByLabel('退款金额（元）').fill('45');
  await dialog.getByLabel('补充理由（双方可见）').fill('双方都可能知道卡密，各担一半');
  await audit(page);
  await dialog.getByRole('button', { name: '裁决', exact: true }).click();
  await reads(page, '三天内可申诉一次');
  await page
    .getByRole('dialog')
    .filter({ hasText: '三天内可申诉一次' })
    .getByRole('button', { name: '裁决', exact: true })
    .click();
  await reads(page, '已裁决，可申诉', '各担一半', '人工仲裁');
  await audit(page);

  await world.http(buyer, 'POST', `${on}/appeal`, { text: '我没有用过，应当全额退款' });
  await reads(page, '申诉复核中', '应当全额退款');
  const take = page.getByRole('button', { name: '领取', exact: true });
  assert.ok(await take.isDisabled(), 'who decided does not decide again');
  const second = await world.staff('support');
  const other = await world.visit(t, `/console/claims/${id}`, {
    ...{ wide: true, as: second, english: true },
  });
  await reads(other, 'What the house knows', 'Signature verifies', 'Partial refund');
  await act(other, 'Take it');
  await reads(other, 'Decide');
  await audit(other);
});
