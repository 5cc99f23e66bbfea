/** Notices about cards in tests: entered, confirmed and lifted by people of compliance, as the console does. */
import assert from 'node:assert/strict';
import type { Common, Person, TestHouse } from '#test/house.ts';
import type { MadeCard } from '../simulators/issuer/index.ts';

export const NOTICES = '/v1/console/notices';
export const LETTER = {
  ...{ source: 'police', receivedOn: '2026-11-23', sender: '卢修斯测试公安分局' },
  ...{ number: '测试公经通〔2026〕1号', basis: '治安管理处罚法第七十一条', victim: '受害人卢修斯' },
};
export interface Notice extends Common {
  found: { how: string; cardId?: string; personId: string; promises: { kind: string }[] }[];
}

/** Cards by the number printed on them, or by our id. */
export async function notice(
  house: TestHouse,
  officer: Person,
  cards: readonly (MadeCard | { cardId: string } | { sku: string; number: string })[],
  letter: { victim?: string } = {},
) {
  await house.prove(officer);
  const named = cards.map((card) =>
    'number' in card ? { sku: card.sku, number: card.number } : card,
  );
  const body = { ...LETTER, ...letter, cards: named };
  return await house.http<Notice>(officer, 'POST', NOTICES, body);
}

export async function decide(house: TestHouse, by: Person, id: unknown, act: string) {
  await house.prove(by);
  const body = { reason: '已与来函单位核实' };
  return await house.http<Notice>(by, 'POST', `${NOTICES}/${String(id)}/${act}`, body);
}

/** By the officer and a second person, whom it needs. */
export async function lifted(house: TestHouse, officer: Person, id: unknown): Promise<void> {
  assert.equal((await decide(house, officer, id, 'propose-lift')).body.state, 'lifting');
  const alone = await decide(house, officer, id, 'lift');
  assert.equal(alone.body.code, 'maker_cannot_approve', 'two people');
  const second = await house.staff('compliance');
  assert.equal((await decide(house, second, id, 'lift')).body.state, 'lifted');
  await house.settle();
}
