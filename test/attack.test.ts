// Goal: whoever calls whatever, in whatever shape, gets a clear no and learns nothing, and nothing ever breaks.
// Method: every route, parameter and field is read from the API document, so that a new route is attacked unasked.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { reconcile } from '#ledger';
import { newId, ROLES, type Role, refusals, STEP_UP_MS } from '#platform';
import {
  fitting,
  NOBODYS_ID,
  ODD_IN_ADDRESS,
  type Route,
  routesIn,
  spoiltBodies,
} from '#test/attack.ts';
import { type Answer, openTestHouse, type Person, type TestHouse } from '#test/house.ts';

/** Open to everybody. Whoever adds a public route adds it here, and tells the reviewer why. */
const PUBLIC = [
  'GET /v1/payout-policy',
  'GET /v1/price-history',
  'GET /v1/prices',
  'GET /v1/products',
  'GET /v1/products/{sku}',
  'GET /v1/quote-key',
  // A quote names no person: whoever has its id may read it.
  'GET /v1/quotes/{id}',
  'GET /v1/rules',
  'POST /v1/auth/otp',
  'POST /v1/auth/otp/verify',
  'POST /v1/auth/passkey',
  'POST /v1/auth/passkey/options',
  'POST /v1/auth/sign-out',
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

const house = await openTestHouse({ after });
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
  const ids = {
    ...{ open: open.body.id, sold: sold.id, requoted: requoted.id, quote: String(quote) },
    ...{ passkey, session: idIn(sessions.body), payout: idIn(payouts.body.items) },
  };
  for (const [what, id] of Object.entries(ids)) assert.match(id, /^[0-9a-f-]{36}$/, what);
  return ids;
}
function idIn(list: unknown): string {
  const items = Array.isArray(list) ? list : (list as { items: unknown[] }).items;
  return (items[0] as { id: string }).id;
}

const addressOf = (route: Route, given: Record<string, string> = {}): string =>
  route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const schema = route.params.get(name);
    return given[name] ?? (schema ? String(fitting(schema)) : '');
  });

let turn = 0;
const seen = { answers: 0, codes: new Set<string>() };

/** Calls, and checks what holds for every answer: nothing breaks, and every no is a problem in the asked language. */
async function call(
  as: Person | undefined,
  route: Route,
  options: { path?: string; body?: unknown; text?: string; key?: boolean } = {},
): Promise<Answer> {
  const language = turn++ % 2 === 0 ? 'zh' : 'en';
  const body =
    options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const answer = await house.http(as, route.method, options.path ?? addressOf(route), body, {
    'accept-language': language,
    ...(body !== undefined && JSON_BODY),
    ...(options.key && { 'idempotency-key': `attack-${turn}` }),
  });
  seen.answers++;
  const { status } = answer;
  const what = `${route.name} ${options.path ?? ''} ${body?.slice(0, 200) ?? ''} → ${status} ${answer.text.slice(0, 300)}`;
  assert(status < 500 || answer.body.code === 'unavailable', what);
  if (status >= 400) checkProblem(answer, language, what);
  return answer;
}

function checkProblem(
  { body, headers, status }: Answer,
  language: 'zh' | 'en',
  what: string,
): void {
  seen.codes.add(body.code);
  assert.match(String(headers['content-type']), /^application\/problem\+json/, what);
  assert(body.code in refusals, `a code of ours: ${what}`);
  assert.equal(body['status'], status, what);
  for (const words of [body.title, body.remedy]) {
    assert(words.length > 1, what);
    assert.doesNotMatch(words, /\{\w+\}|undefined|null|NaN/, what);
    if (language === 'zh') assert.match(words, /\p{Script=Han}/u, what);
  }
  if (language === 'en') assert.doesNotMatch(body.title, /\p{Script=Han}/u, what);
}

/** All that went wrong, so that one run shows every hole. */
async function none(check: (fault: (line: string) => void) => Promise<void>): Promise<void> {
  const faults: string[] = [];
  await check((line) => void faults.push(line));
  assert.deepEqual(faults, []);
}

const bodyOf = ({ body }: Route) => (body ? { body: fitting(body) } : {});
const callerFor = ({ access }: Route): Person => (Array.isArray(access) ? boss : stranger);

test('the routes that are open to everybody are these', () => {
  assert(routes.length > 70, 'the document was read');
  const open = routes.filter(({ access }) => access === 'public').map(({ name }) => name);
  assert.deepEqual(open.sort(), [...PUBLIC].sort());
});

test('without a session every other route answers 401', async () => {
  await none(async (fault) => {
    for (const route of routes.filter(({ access }) => access !== 'public')) {
      const { status, body } = await call(undefined, route, bodyOf(route));
      if (status !== 401 || body.code !== 'not_signed_in') fault(`${route.name}: ${status}`);
    }
  });
});

test('nobody passes a staff route without one of its roles', async () => {
  const closed = routes.filter(({ access }) => Array.isArray(access));
  assert(closed.length > 35);
  await none(async (fault) => {
    for (const route of closed) {
      const others = ROLES.filter((role) => !route.access.includes(role));
      for (const person of [stranger, ...others.map((role) => staff.get(role))]) {
        const { status, body } = await call(person, route, bodyOf(route));
        if (status !== 403 || body.code !== 'forbidden')
          fault(`${route.name} as ${person?.roles}: ${status} ${body.code}`);
      }
      if (route.method !== 'GET' || isStream(route)) continue;
      for (const role of ROLES.filter((one) => route.access.includes(one))) {
        const { status, body } = await call(staff.get(role), route);
        if (status === 401 || status === 403) fault(`${route.name} as ${role}: ${body.code}`);
      }
    }
  });
});

test('an auditor changes nothing', async () => {
  const acts = routes.filter(
    ({ method, path, name }) =>
      method !== 'GET' && path.includes('/console/') && !AUDITOR_MAY_POST.includes(name),
  );
  assert(acts.length > 15);
  await none(async (fault) => {
    for (const route of acts) {
      const { status } = await call(staff.get('auditor'), route, bodyOf(route));
      if (status !== 403) fault(`${route.name}: ${status}`);
    }
  });
});

test('what needs a fresh proof is refused without one, and with one of too long ago', async () => {
  const guarded = routes.filter(({ stepUp }) => stepUp);
  assert(guarded.length > 10);
  const wasProven = await house.seller();
  for (const person of [boss, wasProven]) await house.prove(person);
  house.clock.advance(STEP_UP_MS + 1_000);
  await none(async (fault) => {
    for (const route of guarded) {
      const people = Array.isArray(route.access) ? [boss] : [stranger, wasProven];
      for (const person of people) {
        const { status, body } = await call(person, route, bodyOf(route));
        if (status !== 403 || body.code !== 'step_up_needed')
          fault(`${route.name}: ${status} ${body.code}`);
      }
    }
  });
});

test("another person's things do not exist", async () => {
  await house.prove(stranger);
  const mine = routes.filter(
    ({ access, params, name }) =>
      !Array.isArray(access) && params.has('id') && !ANYBODYS_ID.includes(name),
  );
  assert(mine.length >= 7);
  await none(async (fault) => {
    for (const route of mine) {
      for (const [what, id] of Object.entries({ ...owned, nobody: NOBODYS_ID })) {
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
  });
  // The control: to their owner they exist, and the attack has changed none of them.
  for (const id of [owned.open, owned.sold, owned.requoted]) {
    const { status } = await house.http(owner, 'GET', `/v1/orders/${id}`);
    assert.equal(status, 200);
  }
  const { body } = await house.http(owner, 'GET', '/v1/orders');
  assert.deepEqual(
    body.items.map(({ id, state }) => [id, state]).sort(),
    [
      [owned.open, 'accepted'],
      [owned.requoted, 'requoted'],
      [owned.sold, 'settled'],
    ].sort(),
  );
});

test('an id that nobody has is a 404 for everybody', async () => {
  await none(async (fault) => {
    for (const route of routes.filter(({ params }) => params.has('id'))) {
      const person = callerFor(route);
      await house.prove(person);
      const { status, body } = await call(person, route, bodyOf(route));
      if (status !== 404) fault(`${route.name}: ${status} ${body.code}`);
    }
  });
});

test('a field that the document does not name is refused, wherever it stands', async () => {
  await none(async (fault) => {
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
});

test('no field takes what it is not: every one, spoilt in every way', async () => {
  let tried = 0;
  await none(async (fault) => {
    for (const route of routes) {
      if (!route.body) continue;
      const person = callerFor(route);
      await house.prove(person);
      for (const text of ['NaN', '', '{', '[]', 'null', '"x"', '{"__proto__":{"isAdmin":true}}']) {
        const { status } = await call(person, route, { text });
        if (status < 400) fault(`${route.name} took ${text}`);
      }
      for (const { at, text, expect } of spoiltBodies(route.body)) {
        tried++;
        const { status } = await call(person, route, { text, key: true });
        if (expect === 'refused' && status < 400) fault(`${route.name} took ${at}: ${status}`);
      }
    }
  });
  assert(tried > 1_000, `${tried} spoilt fields`);
});

test('an address may hold anything', async () => {
  for (const person of [boss, stranger]) await house.prove(person);
  await none(async (fault) => {
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
          await call(person, route, { path: `${addressOf(route)}?${name}=${odd}` });
          await call(person, route, { path: `${addressOf(route)}?${name}=${odd}&${name}=2` });
        }
      }
    }
  });
});

test('after all of this the books balance and nothing was logged as broken', async () => {
  assert.deepEqual(await reconcile(house.db), []);
  const broken = house.logged.filter((line) => line.includes('unexpected error'));
  assert.deepEqual(broken, []);
  assert(seen.answers > 2_000, `${seen.answers} answers`);
  for (const code of ['not_found', 'forbidden', 'step_up_needed', 'invalid_input'])
    assert(seen.codes.has(code), `reached ${code}`);
});
