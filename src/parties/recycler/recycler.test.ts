// Goal: only a company that the register knows, under a person with a real name, ever does business here, and each way
// out of it states its day. Method: the whole house over HTTP with a misbehaving register; half years of fake time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import {
  findRecycler,
  isRelated,
  noteSettled,
  openSession,
  requireBidder,
  requireMember,
} from '#parties';
import { DAY, fen, inTransaction, MINUTE, newId, Refused } from '#platform';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { apply, freshCreditCode, licenceOf, openShop, uploadLicence } from '#test/recyclers.ts';
import { DEPOSIT } from './domain.ts';

interface View {
  id: string;
  state: string;
  code: string;
  reason?: string;
  capFen: string;
  refundOn?: string;
  checklist: { code: string; state: string; why?: string; whySaid?: { zh: string } }[];
}
const look = async (house: TestHouse, as: Person, id: string): Promise<View> =>
  (await house.http<View>(as, 'GET', `/v1/recyclers/${id}`)).body;
const whyOf = (view: View, code: string) => view.checklist.find((one) => one.code === code)?.why;

test('a shop applies, is confirmed by the register, and is told what is still missing', async (t) => {
  const house = await openTestHouse(t);
  const owner = await house.seller();
  const id = await apply(house, owner);
  const view = await look(house, owner, id);
  assert.equal(view.state, 'kyb_verified');
  assert.deepEqual(
    view.checklist.map(({ code, state }) => [code, state]),
    [
      ['real_name', 'done'],
      ['licence', 'done'],
      ['licence_photo', 'missing'],
      ['payout_account', 'missing'],
      ['deposit', 'done'],
    ],
  );
  const early = await house.http(owner, 'POST', `/v1/recyclers/${id}/begin`);
  assert.equal(early.body.code, 'checklist_open');
  assert.equal((await house.http(undefined, 'GET', `/v1/recyclers/${id}/licence`)).status, 404);
  assert.equal(view.capFen, '0', 'who has not opened has no cap to use');
});

test('the register says no in five ways, each with its reason, and the owner may correct it', async (t) => {
  const house = await openTestHouse(t);
  const owner = await house.seller();
  const wrong = {
    not_registered: { legalName: '查无此店' },
    name_differs: { legalName: '假名商店' },
    revoked: { legalName: '吊销商店' },
    expired: { legalName: '过期商店' },
    person_differs: { legalPerson: '假某某' },
  };
  for (const [doubt, more] of Object.entries(wrong)) {
    const person = await house.seller();
    const id = await apply(house, person, more);
    const view = await look(house, person, id);
    assert.equal(view.state, 'applied');
    assert.equal(whyOf(view, 'licence'), doubt);
  }
  const id = await apply(house, owner, { legalName: '假名商店' });
  const fixed = { ...licenceOf(), tier: undefined };
  const { tier: _tier, ...licence } = fixed;
  const corrected = await house.http(owner, 'PUT', `/v1/recyclers/${id}/licence`, licence);
  assert.equal(corrected.status, 200, corrected.text);
  const twice = await house.http(owner, 'PUT', `/v1/recyclers/${id}/licence`, licence);
  assert.equal(twice.body.code, 'licence_being_checked');
  await house.settle();
  assert.equal((await look(house, owner, id)).state, 'kyb_verified');
});

test('an outage, nonsense and an answer that was lost cost a second question at most', async (t) => {
  const house = await openTestHouse(t);
  const owner = await house.seller();
  // Decided, then the line was cut: the stored number is asked for, and nothing is decided twice.
  await house.control('registry', '/control/mode', { timeoutsAfterCommit: 1 });
  const made = await house.http<View>(owner, 'POST', '/v1/recyclers', licenceOf());
  await house.house.settleDown();
  await house.pool.query(`update graphile_worker._private_jobs set run_at = now()`);
  await house.settle();
  assert.equal((await look(house, owner, made.body.id)).state, 'kyb_verified');
  const { decided } = (await house.control('registry', '/control/state')) as { decided: number };
  assert.equal(decided, 1);
  for (const fault of [{ outage: true }, { nonsense: true }]) {
    await house.control('registry', '/control/mode', fault);
    const person = await house.seller();
    const other = await house.http<View>(person, 'POST', '/v1/recyclers', licenceOf());
    for (let attempt = 0; attempt < 10; attempt++) {
      await house.house.settleDown();
      await house.pool.query(`update graphile_worker._private_jobs set run_at = now()`);
    }
    await house.house.settleDown();
    assert.equal(whyOf(await look(house, person, other.body.id), 'licence'), 'register_silent');
    await house.control('registry', '/control/mode', {});
    const { tier: _tier, ...licence } = licenceOf();
    const again = await house.http(
      ...([person, 'PUT', `/v1/recyclers/${other.body.id}/licence`, licence] as const),
    );
    assert.equal(again.status, 200, again.text);
    await house.settle();
    assert.equal((await look(house, person, other.body.id)).state, 'kyb_verified');
  }
});

test('bad input: no real name, wrong check character, a licence taken, nonsense, a photo bomb', async (t) => {
  const house = await openTestHouse(t);
  const [owner, rival] = [await house.seller(), await house.seller()];
  const nameless = await house.seller({ verified: false });
  const refused = async (as: Person, more: Record<string, string>) =>
    (await house.http(as, 'POST', '/v1/recyclers', licenceOf(more))).body.code;
  assert.equal(await refused(nameless, {}), 'real_name_needed');
  const code = freshCreditCode();
  const other = code.endsWith('A') ? 'B' : 'A';
  assert.equal(
    await refused(owner, { creditCode: code.slice(0, 17) + other }),
    'credit_code_invalid',
  );
  assert.equal(await refused(owner, { legalName: '<script>' }), 'legal_name_invalid');
  assert.equal(await refused(owner, { legalPerson: '12345' }), 'name_invalid');
  // Two at once, and one later: one licence, one account.
  const racing = await Promise.all(
    [owner, rival].map((as) =>
      house.http(as, 'POST', '/v1/recyclers', licenceOf({ creditCode: code })),
    ),
  );
  assert.deepEqual(racing.map(({ status }) => status).sort(), [201, 409]);
  assert.equal(await refused(rival, { creditCode: code }), 'licence_taken');
  const id = racing.find(({ status }) => status === 201)?.body.id ?? '';
  const has = racing[0]?.status === 201 ? owner : rival;
  const stranger = has === owner ? rival : owner;
  assert.equal((await uploadLicence(house, stranger, id)).status, 404);
  assert.equal(
    (await uploadLicence(house, has, id, Buffer.from('GIF89a'))).body.code,
    'image_not_supported',
  );
  const bomb = await sharp({
    create: { width: 9_000, height: 9_000, channels: 3, background: '#000' },
    limitInputPixels: false,
  })
    .png({ compressionLevel: 9 })
    .toBuffer();
  assert.equal((await uploadLicence(house, has, id, bomb)).body.code, 'image_too_large');
  assert.equal((await uploadLicence(house, has, id)).status, 200);
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/begin'],
    ['GET', '/licence/photo'],
  ] as const)
    assert.equal((await house.http(stranger, method, `/v1/recyclers/${id}${path}`)).status, 404);
  const rows = await house.pool.query(
    `select encode(sealed, 'hex') as hex from parties.licence_photo`,
  );
  assert(!String(rows.rows[0].hex).startsWith('52494646'), 'the photo is sealed');
});

test('an open shop may bid up to its cap, which rises with what it settles, and shows its licence', async (t) => {
  const house = await openTestHouse(t);
  const owner = await house.seller();
  const id = await openShop(house, owner);
  const { db, clock } = house;
  const bidder = await requireBidder(db, { recyclerId: id, at: clock.now() });
  assert.deepEqual([bidder.state, bidder.tier, bidder.capFen], ['probation', 'tiny', 200_000n]);
  const settle = async (amount: bigint) =>
    await inTransaction(db, (tx) =>
      noteSettled(tx, { recyclerId: id, amountFen: fen(amount), at: clock.now() }),
    );
  for (let n = 0; n < 19; n++) await settle(200_000n);
  const trial = await findRecycler(db, id);
  assert.deepEqual(
    [trial?.state, trial?.capFen],
    ['probation', 500_000n],
    'the second step at most',
  );
  await settle(200_000n);
  const grown = await findRecycler(db, id);
  assert.deepEqual([grown?.state, grown?.capFen], ['active', 1_000_000n]);
  const page = await house.http(undefined, 'GET', `/v1/recyclers/${id}/licence`);
  assert.equal(page.status, 200);
  assert.equal(page.body['legalPerson'], '欧阳伟');
  assert.equal((await findRecycler(db, 'house'))?.isHouse, true);
  assert.equal(await findRecycler(db, newId()), undefined);
  assert.equal(await findRecycler(db, 'nonsense'), undefined);
});

test('six months later the register is asked again: yes renews, no stops, silence restricts', async (t) => {
  const house = await openTestHouse(t);
  const [renewed, revoked, silent] = [
    await house.seller(),
    await house.seller(),
    await house.seller(),
  ];
  const good = await openShop(house, renewed);
  const code = freshCreditCode();
  const bad = await openShop(house, revoked, { creditCode: code });
  const { db, clock } = house;
  await house.control('registry', '/control/licences', {
    ...{ creditCode: code, name: '模拟街角卡券店', legalPerson: '欧阳伟', status: 'revoked' },
  });
  await house.forward(174 * DAY);
  await house.house.tidyUp();
  await house.settle();
  assert.equal((await findRecycler(db, good))?.state, 'probation');
  assert.equal((await findRecycler(db, bad))?.state, 'suspended');
  await house.prove(silent);
  const quiet = await openShop(house, silent);
  await house.forward(179 * DAY);
  await requireBidder(db, { recyclerId: quiet, at: clock.now() });
  clock.advance(DAY + MINUTE);
  // Even before the clock has come round.
  await assert.rejects(
    requireBidder(db, { recyclerId: quiet, at: clock.now() }),
    isCode('recycler_not_active'),
  );
  await house.settle();
  assert.equal((await findRecycler(db, quiet))?.state, 'restricted');
  await house.house.tidyUp();
  await house.settle();
  assert.equal((await findRecycler(db, quiet))?.state, 'probation', 'the answer opens it again');
});

const isCode = (code: string) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;

test('staff restrict, suspend and restore with a reason; a restriction nobody answers ends in time', async (t) => {
  const house = await openTestHouse(t);
  const owner = await house.seller();
  const id = await openShop(house, owner);
  const risk = await house.staff('risk');
  const say = async (act: string) =>
    await house.http<View>(risk, 'POST', `/v1/console/recyclers/${id}/${act}`, {
      reason: 'complaints',
    });
  assert.equal((await say('restrict')).body.state, 'restricted');
  const { db, clock } = house;
  await assert.rejects(
    requireBidder(db, { recyclerId: id, at: clock.now() }),
    isCode('recycler_not_active'),
  );
  assert.equal((await look(house, owner, id)).reason, 'complaints');
  assert.equal((await say('restore')).body.state, 'probation');
  assert.equal((await say('expel')).status, 409, 'only a suspended one is sent away');
  assert.equal((await say('restrict')).body.state, 'restricted');
  await house.forward(30 * DAY);
  assert.equal((await findRecycler(db, id))?.state, 'suspended');
  await house.forward(90 * DAY);
  await house.prove(owner);
  const leaving = await look(house, owner, id);
  assert.equal(leaving.state, 'exiting');
  assert.match(leaving.refundOn ?? '', /^\d{4}-\d\d-\d\d$/);
  await house.forward(90 * DAY);
  assert.equal((await findRecycler(db, id))?.state, 'closed');
  await house.prove(risk);
  const list = await house.http(risk, 'GET', '/v1/console/recyclers?state=closed');
  assert.equal(list.body.items[0]?.id, id);
});

test('whoever is one of them is related: member, device, or a former shop with the licence', async (t) => {
  const house = await openTestHouse(t);
  const [owner, stranger, neighbour] = [
    await house.seller(),
    await house.seller(),
    await house.seller(),
  ];
  const id = await openShop(house, owner);
  const { db, clock } = house;
  const related = async ({ userId }: Person) => await isRelated(db, { recyclerId: id, userId });
  assert.equal(await related(owner), true);
  assert.equal(await related(stranger), false);
  await inTransaction(db, (tx) =>
    openSession(tx, {
      ...{ userId: neighbour.userId, how: 'otp', at: clock.now() },
      device: { agent: 'test', address: owner.address },
    }),
  );
  assert.equal(await related(neighbour), true);
  await assert.rejects(
    requireMember(db, { recyclerId: id, userId: stranger.userId }),
    isCode('not_found'),
  );
  await requireMember(db, { recyclerId: id, userId: owner.userId, role: 'owner' });
  assert.equal(DEPOSIT.tiny, 0n);
});

test('an open shop keeps its confirmed name until the register confirms another one', async (t) => {
  const house = await openTestHouse(t);
  const owner = await house.seller();
  const creditCode = freshCreditCode();
  const id = await openShop(house, owner, { creditCode });
  const risk = await house.staff('risk');
  await house.http(risk, 'POST', `/v1/console/recyclers/${id}/restrict`, { reason: 'risk' });
  const rename = async (legalName: string, more: object = {}) => {
    const body = { creditCode, legalName, legalPerson: '欧阳伟', ...more };
    return (await house.http(owner, 'PUT', `/v1/recyclers/${id}/licence`, body)).body.code;
  };
  const nameNow = async () => (await findRecycler(house.db, id))?.name;
  assert.equal(await rename('假名收款公司'), undefined);
  assert.equal(await nameNow(), '模拟街角卡券店', 'before the register has answered');
  await house.settle();
  assert.equal(await nameNow(), '模拟街角卡券店', 'and after it said no');
  house.clock.advance(MINUTE);
  assert.equal(await rename('模拟新街角卡券店'), undefined);
  await house.settle();
  assert.equal(await nameNow(), '模拟新街角卡券店');
  const risky = await findRecycler(house.db, id);
  assert.equal(risky?.state, 'restricted', 'what staff stopped is not opened by the register');
  assert.equal(await rename('模拟', { creditCode: freshCreditCode() }), 'licence_is_another');
});
