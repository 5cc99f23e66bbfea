// Goal: no entry of the menu leads somebody to a page that the house refuses to fill.
// Method: each place's roles beside those of the route that fills its page, as the OpenAPI document tells them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { groups } from './places.ts';

const API = new URL('../../docs/openapi.json', import.meta.url);
const { paths } = JSON.parse(readFileSync(API, 'utf8')) as {
  paths: Record<string, { get?: { 'x-access': 'public' | 'user' | readonly string[] } }>;
};
/** Places whose page is filled by a route of another name. */
const FILLED_BY: Readonly<Record<string, string>> = {
  '/market-orders': '/v1/console/market/orders',
  '/market-listings': '/v1/console/market/listings',
  '/watch': '/v1/console/watch/cases',
  '/aml': '/v1/console/aml/cases',
  '/frozen': '/v1/console/exchange/frozen',
  '/jobs': '/v1/console/jobs/failed',
  '/prices': '/v1/console/price-tables',
  '/ledger': '/v1/console/ledger/accounts',
};
const BY_NO_ROUTE = ['/', '/security'];

test('who sees a place in the menu may read it', () => {
  const places = groups.flatMap((group) => group.places);
  assert(places.length > 20);
  for (const { path, roles } of places) {
    if (BY_NO_ROUTE.includes(path)) continue;
    const access = paths[FILLED_BY[path] ?? `/v1/console${path}`]?.get?.['x-access'];
    assert(Array.isArray(access), `a route that fills ${path}`);
    const refused = roles.filter((role) => !access.includes(role));
    assert.deepEqual(refused, [], `${path} is in the menu of these and refuses them`);
  }
});
