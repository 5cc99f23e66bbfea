// Goal: whoever calls whatever, in whatever shape, gets a clear no and learns nothing, and nothing ever breaks.
// Method: every route, parameter and field is read from the API document, so that a new route is attacked unasked.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { reconcile } from '#ledger';
import { newId, ROLES, type Role, refusals, STEP_UP_MS } from '#platform';
import { fitting, ODD_IN_ADDRESS, type Route, routesIn, spoiltBodies } from '#test/attack.ts';
import { type Answer, openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { cardsOf, company, dealFor, readyLot } from '#test/lots.ts';
import { apply, licenceOf } from '#test/recyclers.ts';

/** Open to everybody. Whoever adds a public route adds it here, and tells the reviewer why. */
const PUBLIC = [
  'GET /v1/auctions',
  'GET /v1/auctions/{id}',
  'GET /v1/auctions/{id}/events',
  'GET /v1/auctions/{id}/replay',
  'GET /v1/books/{sku}',
  'GET /v1/books/{sku}/events',
  'GET /v1/charities',
  'GET /v1/donations',
  // Which profile the house has and where its contracts are, which is public on the chain.
  'GET /v1/exchange',
  'GET /v1/market/fees',
  'GET /v1/market/listings/{id}',
  'GET /v1/market/products',
  'GET /v1/market/products/{sku}/prices',
  'GET /v1/market/search',
  'GET /v1/market/search/counts',
  'GET /v1/market/suggest',
  'GET /v1/market/traders/{id}',
  'GET /v1/market/wanted',
  'GET /v1/payout-policy',
  'GET /v1/price-history',
  'GET /v1/prices',
  'GET /v1/products',
  'GET /v1/products/{sku}',
  'GET /v1/quote-key',
  // A quote names no person: whoever has its id may read it.
  'GET /v1/quotes/{id}',
  // Whoever holds a receipt may ask whether it is genuine; it tells nothing personal.
  'GET /v1/receipts/{number}',
  // The law has a business show its licence.
  'GET /v1/recyclers/{id}/licence',
  // Prices and volumes of the batch; names nobody.
  'GET /v1/rounds',
  'GET /v1/rules',
  // The address on the slip is the key; who reads it sees the price of one card, not who sells it.
  'GET /v1/visits/{token}',
  'GET /v1/visits/{token}/events',
  'POST /v1/auth/otp',
  'POST /v1/auth/otp/verify',
  'POST /v1/auth/passkey',
  'POST /v1/auth/passkey/options',
  'POST /v1/auth/sign-out',
  // Signed by the issuer's gateway, whose key stands for it; anything else is refused.
  'POST /v1/issuers/{issuerId}/events',
  // Signed by the bank instead.
  'POST /v1/psp/callback',
  'POST /v1/quotes',
];
/** A calculation that changes nothing, but needs a body. */
const AUDITOR_MAY_POST = ['POST /v1/console/price-tables/{id}/preview'];
/** A quote is a price; the reminder of a better one is the caller's own. */
const ANYBODYS_ID = ['GET /v1/quotes/{id}', 'POST /v1/quotes/{id}/reminder'];
/** Answers that never end, once allowed. */
const isStream = ({ path }: Route): boolean => path.endsWith('/events');
const JSON_BODY = { 'content-type': 'application/json' };

const house = await openTestHouse({ after: (work) => after(work) });
const routes = routesIn(house.house.app.swagger());
const owner = await house.seller();
const stranger = await house.seller();
const staff = new Map<Role, Person>();
for (const role of ROLES) staff.set(role, await house.staff(role));
const boss = await house.staff(...ROLES);
const owned = await thingsOf(owner, house);

/** One of each thing that belongs to one person. */
async function thingsOf(person: Person, { http, sell, settle, pool, clock }: TestHouse) {
  const { order: sold } = await sell(person);
  const { order: requoted } = await sell(person, { state: 'half_used' });
  await settle();
  const quoteFor = async () =>
    (await http(person, 'POST', '/v1/quotes', { sku: 'weihe-gift', faceFen: '10000' })).body;
  const { quoteId, signature } = await quoteFor();
  const open = await http(person, 'POST', '/v1/orders', { quoteId, signature });
  const { quoteId: quote } = await quoteFor();
  const sessions = await http<{ id: string }[]>(person, 'GET', '/v1/me/sessions');
  const payouts = await http(person, 'GET', '/v1/me/payouts');
  const passkey = newId(clock.now());
  await pool.query(
    `insert into parties.passkey (id, person_id, credential_id, public_key, sign_count, transports,
       name, backed_up, created_at) values ($1, $2, 'c', '\\x00', 0, '{}', 'phone', false, $3)`,
    [passkey, person.userId, clock.now()],
  );
  const shop = await http(person, 'POST', '/v1/recyclers', licenceOf());
  const ids = {
    ...{ shop: shop.body.id, lot: await lotOf(person, shop.body.id) },
    ...{ open: open.body.id, sold: sold.id, requoted: requoted.id, quote: String(quote) },
    ...{ passkey, session: idIn(sessions.body), payout: idIn(payouts.body.items) },
  };
  for (const [what, id] of Object.entries(ids)) assert.match(id, /^[0-9a-f-]{36}$/, what);
  return ids;
}
/** A lot of that person's company, which needs a confirmed licence. */
async function lotOf(person: Person, shop: string): Promise<string> {
  await house.settle();
  const body = { title: 'lot', declaredRows: 2, plan: 'zero' };
  return (await house.http(person, 'POST', `/v1/recyclers/${shop}/lots`, body)).body.id;
}
function idIn(list: unknown): string {
  const items = Array.isArray(list) ? list : (list as { items: unknown[] }).items;
  return (items[0] as { id: string }).id;
}

const addressOf = (route: Route, given: Record<string, string> = {}): string =>
  pathOf(route, given) + route.needs;

const pathOf = (route: Route, given: Record<string, string> = {}): string =>
  route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const schema = route.params.get(name);
    return given[name] ?? (schema ? String(fitting(schema)) : '');
  });

let turn = 0;
const seen = { answers: 0, codes: new Set<string>() };
/** All that went wrong in one test, so that one run shows every hole. */
let faults: string[] = [];
const fault = (line: string): void => void faults.push(line);

function attack(name: string, work: () => Promise<void> | void): void {
  test(name, async () => {
    faults = [];
    await work();
    assert.deepEqual(faults, []);
  });
}

/** Calls, and checks what holds for every answer: nothing breaks, and every no is a problem in the asked language. */
async function call(
  as: Person | undefined,
  route: Route,
  options: { path?: string; body?: unknown; text?: string; key?: boolean } = {},
): Promise<Answer> {
  const language = turn++ % 2 === 0 ? 'zh' : 'en';
  const path = options.path ?? addressOf(route);
  const body =
    options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const calling = house.http(as, route.method, path, body, {
    'accept-language': language,
    ...(body !== undefined && JSON_BODY),
    ...(options.key && { 'idempotency-key': `attack-${turn}` }),
  });
  const answer = await (isStream(route) ? Promise.race([calling, opened()]) : calling);
  seen.answers++;
  if (answer.status >= 400) {
    const wrong = wrongIn(answer, language);
    if (wrong)
      fault(`${wrong}: ${route.method} ${path.slice(0, 120)} ${shown(body)} ${shown(answer.text)}`);
  }
  return answer;
}

/** A stream that was opened gives no answer to wait for. */
const opened = async (): Promise<Answer> =>
  await sleep(
    3_000,
    { status: 200, body: {} as Answer['body'], text: 'a stream', headers: {} },
    { ref: false },
  );

const shown = (text = ''): string => text.slice(0, 300);

/** What is wrong with a no: it must be a problem with a code of ours, and say in words what to do. */
function wrongIn({ status, body, headers }: Answer, language: 'zh' | 'en'): string | undefined {
  if (status >= 500 && body.code !== 'unavailable') return `broke with ${status}`;
  if (!String(headers['content-type']).startsWith('application/problem+json')) return 'no problem';
  if (!(body.code in refusals) || body['status'] !== status) return 'not a code of ours';
  seen.codes.add(body.code);
  const words = [body.title, body.remedy];
  if (words.some((text) => !text || /\{\w+\}|undefined|null|NaN/.test(text))) return 'no words';
  const han = words.map((text) => /\p{Script=Han}/u.test(text));
  return language === 'zh'
    ? han.every(Boolean)
      ? undefined
      : 'not Chinese'
    : han[0]
      ? 'not English'
      : undefined;
}

const bodyOf = ({ body }: Route) => (body ? { body: fitting(body) } : {});
const callerFor = ({ access }: Route): Person => (Array.isArray(access) ? boss : stranger);

attack('the routes that are open to everybody are these', () => {
  assert(routes.length > 70, 'the document was read');
  const open = routes.filter(({ access }) => access === 'public').map(({ name }) => name);
  assert.deepEqual(open.sort(), [...PUBLIC].sort());
});

attack('without a session every other route answers 401', async () => {
  for (const route of routes.filter(({ access }) => access !== 'public')) {
    const { status, body } = await call(undefined, route, bodyOf(route));
    if (status !== 401 || body.code !== 'not_signed_in') fault(`${route.name}: ${status}`);
  }
});

attack('nobody passes a staff route without one of its roles', async () => {
  const closed = routes.filter(({ access }) => Array.isArray(access));
  assert(closed.length > 35);
  for (const route of closed) {
    const others = ROLES.filter((role) => !route.access.includes(role));
    for (const person of [stranger, ...others.map((role) => staff.get(role))]) {
      const { status, body } = await call(person, route, bodyOf(route));
      if (status !== 403 || body.code !== 'forbidden')
        fault(`${route.name} as ${person?.roles}: ${status} ${body.code}`);
    }
    if (route.method !== 'GET') continue;
    for (const role of ROLES.filter((one) => route.access.includes(one))) {
      const { status, body } = await call(staff.get(role), route);
      if (status === 401 || status === 403) fault(`${route.name} as ${role}: ${body.code}`);
    }
  }
});

attack('an auditor changes nothing', async () => {
  const acts = routes.filter(
    ({ method, path, name }) =>
      method !== 'GET' && path.includes('/console/') && !AUDITOR_MAY_POST.includes(name),
  );
  assert(acts.length > 15);
  for (const route of acts) {
    const { status } = await call(staff.get('auditor'), route, bodyOf(route));
    if (status !== 403) fault(`${route.name}: ${status}`);
  }
});

attack('a fresh proof is asked for where it is due, and one of long ago is none', async () => {
  const guarded = routes.filter(({ stepUp }) => stepUp);
  assert(guarded.length > 10);
  const wasProven = await house.seller();
  for (const person of [boss, wasProven]) await house.prove(person);
  house.clock.advance(STEP_UP_MS + 1_000);
  for (const route of guarded) {
    for (const person of Array.isArray(route.access) ? [boss] : [stranger, wasProven]) {
      const { status, body } = await call(person, route, bodyOf(route));
      if (status !== 403 || body.code !== 'step_up_needed')
        fault(`${route.name}: ${status} ${body.code}`);
    }
  }
});

attack("another person's things do not exist", async () => {
  await house.prove(stranger);
  const mine = routes.filter(
    ({ access, params, name }) =>
      !Array.isArray(access) && params.has('id') && !ANYBODYS_ID.includes(name),
  );
  assert(mine.length >= 7);
  for (const route of mine) {
    for (const [what, id] of Object.entries(owned)) {
      const options = { path: addressOf(route, { id }), ...bodyOf(route) };
      const { status, body } = await call(stranger, route, options);
      if (status !== 404) fault(`${route.name} of ${what}: ${status} ${body.code}`);
    }
  }
  for (const route of routes.filter((one) => one.method === 'GET' && one.access === 'user')) {
    if (isStream(route)) continue;
    const { text } = await call(stranger, route);
    for (const [what, id] of Object.entries(owned))
      if (text.includes(id)) fault(`${route.name} shows the ${what} of another person`);
  }
  // The control: to their owner they exist, and the attack has changed none of them.
  const { body } = await house.http(owner, 'GET', '/v1/orders');
  const states = new Map(body.items.map(({ id, state }) => [id, state]));
  assert.equal(states.get(owned.open), 'accepted');
  assert.equal(states.get(owned.requoted), 'requoted');
  assert.equal(states.get(owned.sold), 'settled');
});

attack("another company's lots, deals, papers and cards do not exist", async () => {
  const seller = await company(house);
  const buyer = await company(house, { legalName: '模拟回收甲有限公司', walletFen: '1000000' });
  const rival = await company(house, { legalName: '模拟回收乙有限公司' });
  const lotId = await readyLot(house, seller, boss, cardsOf('weihe-gift', 5));
  const dealId = await dealFor(house, { seller, buyer, lotId, priceFen: '40000' });
  const { rows } = await house.pool.query('select id from lots.paper where lot_id = $1', [lotId]);
  const ids = { lotId, dealId, paperId: String(rows[0].id), tranche: '1', piece: '0' };
  const closed = routes.filter(
    ({ params, access }) =>
      access === 'user' && params.has('id') && (params.has('lotId') || params.has('dealId')),
  );
  assert(closed.length > 25, `${closed.length} routes`);
  for (const route of closed) {
    for (const id of [rival.id, seller.id, buyer.id]) {
      await house.prove(rival.maker);
      const path = addressOf(route, { ...ids, id });
      const { status, body } = await call(rival.maker, route, { path, ...bodyOf(route) });
      // It was on offer to all; who bids too late is told so.
      const isLate = route.path.endsWith('/bids') && body.code === 'lot_not_open';
      if (status !== 404 && !isLate) fault(`${route.name} of ${id}: ${status} ${body.code}`);
    }
  }
  // The control: to the two companies they exist, and no tranche was moved.
  const deal = await house.http(
    buyer.maker,
    'GET',
    `/v1/recyclers/${buyer.id}/lot-deals/${dealId}`,
  );
  assert.deepEqual([deal.status, deal.body.state], [200, 'delivering'], deal.text);
});

attack('an id that nobody has is a 404 for everybody', async () => {
  for (const route of routes.filter(({ params }) => params.has('id'))) {
    const person = callerFor(route);
    await house.prove(person);
    const { status, body } = await call(person, route, bodyOf(route));
    if (status !== 404) fault(`${route.name}: ${status} ${body.code}`);
  }
});

attack('a field that the document does not name is refused, wherever it stands', async () => {
  for (const route of routes) {
    if (!route.body) continue;
    const person = callerFor(route);
    await house.prove(person);
    const fits = fitting(route.body) as Record<string, unknown>;
    for (const extra of ['isAdmin', 'userId', 'netFen', 'constructor']) {
      const { status, body } = await call(person, route, { body: { ...fits, [extra]: 'x' } });
      if (status !== 400 || body.code !== 'invalid_input')
        fault(`${route.name} with ${extra}: ${status} ${body.code}`);
    }
  }
});

attack('no field takes what it is not: every one, spoilt in every way', async () => {
  const ids = await thingsOfTheHouse(house);
  let tried = 0;
  for (const route of routes) {
    if (!route.body) continue;
    const person = callerFor(route);
    await house.prove(person);
    const [id] = Object.entries(ids).flatMap(([part, one]) =>
      route.path.includes(`/console/${part}/{id}`) ? [one] : [],
    );
    const path = addressOf(route, id === undefined ? {} : { id });
    for (const text of NO_BODIES) {
      const { status } = await call(person, route, { path, text });
      // Where every field may be left out, nothing at all is the same as an empty body.
      const nothing = text === 'null' && !route.body.required?.length;
      if (status < 400 && !nothing) fault(`${route.name} took ${text}`);
    }
    for (const { at, text, expect } of spoiltBodies(route.body)) {
      tried++;
      const { status } = await call(person, route, { path, text, key: true });
      if (expect === 'refused' && status < 400) fault(`${route.name} took ${at}: ${status}`);
    }
  }
  assert(tried > 1_000, `${tried} spoilt fields`);
});
const NO_BODIES = ['NaN', '', '{', '[]', 'null', '"x"', '{"__proto__":{"isAdmin":true}}'];

/** Somebody whom a watch list names. */
async function watchCaseOf({ idNumber }: Person): Promise<string> {
  const entry = { ref: 'N-1', type: 'person', names: ['卢修斯测试'], idNumber };
  const list = { kind: 'police', version: '1', entries: [entry] };
  await house.control('registry', '/control/watch', list);
  await house.house.tidyUp();
  await house.settle();
  return idIn((await house.http(boss, 'GET', '/v1/console/watch/cases')).body.items);
}

/** Real things behind the console's ids, so that a spoilt field meets the code behind the schema. */
async function thingsOfTheHouse({ http, sell, settle, prove }: TestHouse) {
  const seller = await house.seller();
  const { order } = await sell(seller, { state: 'extra_check' });
  const { order: disputed } = await sell(seller, { sku: 'zhengliu-card' });
  await settle();
  await prove(boss);
  const detail = await http<{ order: { cardId: string; state: string } }>(
    ...([boss, 'GET', `/v1/console/orders/${order.id}`] as const),
  );
  assert.equal(detail.body.order.state, 'manual_review');
  await http(boss, 'POST', `/v1/console/orders/${disputed.id}/dispute`, {
    ...{ reason: 'USED_OR_VOID', note: 'the balance is short' },
  });
  const { body: cases } = await http(boss, 'GET', '/v1/console/cases');
  const { body: table } = await http(boss, 'POST', '/v1/console/price-tables', {
    ...{ title: 'a draft', note: '' },
  });
  const { body: reveal } = await http(boss, 'POST', '/v1/console/reveals', {
    ...{ cardId: detail.body.order.cardId, orderRef: order.id },
    ...{ reasonCode: 'manual_check', note: 'the issuer asks on the phone' },
  });
  const ids = {
    ...{ orders: order.id, disputes: idIn(cases.items), payouts: owned.payout },
    ...{ 'price-tables': table.id, reveals: reveal.id, staff: seller.userId },
    recyclers: await apply(house, seller),
    'watch/cases': await watchCaseOf(await house.seller()),
  };
  for (const [what, id] of Object.entries(ids)) assert.match(id, /^[0-9a-f-]{36}$/, what);
  return ids;
}

attack('an address may hold anything', async () => {
  for (const person of [boss, stranger]) await house.prove(person);
  for (const route of routes) {
    const person = callerFor(route);
    for (const name of route.params.keys()) {
      for (const odd of ODD_IN_ADDRESS) {
        const path = addressOf(route, { [name]: odd });
        const { status } = await call(person, route, { path, ...bodyOf(route) });
        if (status < 400 && route.method !== 'GET') fault(`${route.name} took ${odd}`);
      }
    }
    if (isStream(route)) continue;
    for (const name of route.query.keys()) {
      for (const odd of ODD_IN_ADDRESS) {
        await call(person, route, { path: `${pathOf(route)}?${name}=${odd}` });
        await call(person, route, { path: `${pathOf(route)}?${name}=${odd}&${name}=2` });
      }
    }
  }
});

attack('after all of this the books balance and nothing was logged as broken', async () => {
  assert.deepEqual(await reconcile(house.db), []);
  for (const line of house.logged.filter((one) => one.includes('unexpected error')))
    fault(shown(line));
  assert(seen.answers > 2_000, `${seen.answers} answers`);
  for (const code of ['not_found', 'forbidden', 'step_up_needed', 'invalid_input'])
    assert(seen.codes.has(code), `reached ${code}`);
});
