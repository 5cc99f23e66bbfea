/** Shops for tests: one that applied, one that is open, one with money; made over the API as its people do. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { creditCodeCheck } from '#platform';
import type { Answer, Person, TestHouse } from '#test/house.ts';

let serial = 0;
/** A credit code with its check character; each call gives another one. */
export function freshCreditCode(): string {
  const first = `92110101MA${String(++serial).padStart(7, '0')}`;
  return `${first}${creditCodeCheck(first)}`;
}

export const licenceOf = (more: Record<string, string> = {}) => ({
  ...{ tier: 'tiny', creditCode: freshCreditCode() },
  ...{ legalName: '模拟街角卡券店', legalPerson: '欧阳伟' },
  ...more,
});

/** Applies, and lets the register answer. */
export async function apply(
  house: TestHouse,
  as: Person,
  more: Record<string, string> = {},
): Promise<string> {
  const made = await house.http(as, 'POST', '/v1/recyclers', licenceOf(more));
  assert.equal(made.status, 201, made.text);
  await house.settle();
  return made.body.id;
}

export async function uploadLicence<T = { code: string }>(
  house: TestHouse,
  as: Person,
  id: string,
  bytes?: Buffer,
): Promise<Answer<T>> {
  const file = bytes ?? (await smallPhoto());
  const head =
    '--x\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\ncontent-type: image/jpeg\r\n\r\n';
  const body = Buffer.concat([Buffer.from(head), file, Buffer.from('\r\n--x--\r\n')]);
  return await house.http<T>(as, 'POST', `/v1/recyclers/${id}/licence/photo`, body, {
    'content-type': 'multipart/form-data; boundary=x',
  });
}

const smallPhoto = async (): Promise<Buffer> =>
  await sharp({ create: { width: 60, height: 40, channels: 3, background: '#c33' } })
    .jpeg()
    .toBuffer();

/** Everything but the last step: licence, photo, and an account in the company's name. */
export async function readyShop(
  house: TestHouse,
  owner: Person,
  more: Record<string, string> = {},
): Promise<string> {
  const id = await apply(house, owner, more);
  assert.equal((await uploadLicence(house, owner, id)).status, 200);
  await house.prove(owner);
  const account = await house.http(owner, 'PUT', `/v1/recyclers/${id}/payout-account`, {
    ...{ bankCode: 'state', accountNumber: owner.accountNumber },
  });
  assert.equal(account.status, 200, account.text);
  return id;
}

/** A small shop that is open for business. */
export async function openShop(
  house: TestHouse,
  owner: Person,
  more: Record<string, string> = {},
): Promise<string> {
  const id = await readyShop(house, owner, more);
  const begun = await house.http(owner, 'POST', `/v1/recyclers/${id}/begin`);
  assert.equal(begun.status, 200, begun.text);
  return id;
}

export async function topUpShop(
  house: TestHouse,
  owner: Person,
  id: string,
  money: { target?: 'wallet' | 'deposit'; amountFen: string },
): Promise<void> {
  const asked = await house.http(owner, 'POST', `/v1/recyclers/${id}/top-ups`, {
    ...{ target: 'wallet', ...money },
  });
  assert.equal(asked.status, 200, asked.text);
  await house.settle();
}
