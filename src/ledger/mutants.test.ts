// Goal: no believable slip in post_batch goes unnoticed: the model test kills each of these.
// Method: one piece of the function's text replaced at a time, then random batches against the reference until they
// differ, or the database itself says no. A slip that no longer fits the text fails the test.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { sqlState } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { play } from './model.fixture.ts';

/** What it is, and the text that is replaced (the first place) by the other. */
const SLIPS: readonly (readonly [what: string, from: string, to: string])[] = [
  [
    'the last fen cannot be spent',
    'debit_after - helds[d] < mins[d]',
    'debit_after - helds[d] <= mins[d]',
  ],
  ['money on hold is spent', 'if debit_after - helds[d] < mins[d]', 'if debit_after < mins[d]'],
  [
    'money on hold is held again',
    'balances[d] - helds[d] - a < mins[d]',
    'balances[d] - a < mins[d]',
  ],
  ['an asset rises above zero', 'or credit_after > maxs[c] or', 'or'],
  [
    'an asset rises above zero, in the long loop',
    'when credit_after > maxs[c] then 15\n              when',
    'when',
  ],
  ['a capture lifts an asset above zero', 'when k = 2 and credit_after > maxs[c] then 15', ''],
  ['no bound of the amount', 'a < 1 or a > bound', 'a < 1'],
  ['a balance beyond the bound', 'or credit_after > bound then\n', 'then\n'],
  ['a negative amount', 'and 1 <= all(amounts)', ''],
  ['an account pays itself', 'where debits[i] = credits[i]);', 'where false);'],
  ['an id that comes twice is taken for two', 'if n > 1 and deltas is null and', 'if false and'],
  [
    'a capture in the second of expiry',
    'k = 2 and t >= hold_expiries[s]',
    'k = 2 and t > hold_expiries[s]',
  ],
  ['an expiry too early', 'when k = 4 and t < hold_expiries[s] then 17', ''],
  [
    'a hold that is over before it begins',
    'when expiries[i] <= t then 13',
    'when expiries[i] < t then 13',
  ],
  [
    'a capture of one fen more than is held',
    'a > hold_amounts[s] or',
    'a > hold_amounts[s] + 1 or',
  ],
  ['a void of a part', 'or (k > 2 and a < hold_amounts[s])', ''],
  [
    'the rest of a capture stays held',
    'helds[d] - hold_amounts[s]; incomings',
    'helds[d] - a; incomings',
  ],
  [
    'what comes in is never done coming',
    'incomings[c] := incomings[c] - hold_amounts[s]',
    'incomings[c] := incomings[c]',
  ],
  [
    'a captured hold is voided',
    'when hold_states[s] > 0 then 10',
    'when hold_states[s] > 1 then 10',
  ],
  ['a hold captured by another account', 'or hold_credits[s] <> accounts[c] then 9', 'then 9'],
  [
    'a hold of the same batch is not found',
    'hold_expiries[s] := expiries[i]; hold_states[s] := 0',
    'hold_expiries[s] := expiries[i]',
  ],
  [
    'a burnt id lives again',
    'join ledger.reject on reject.id = leg.id where',
    'join ledger.reject on false where',
  ],
  [
    'a burnt id lives again in its batch',
    'when answers[s] > 0 then 100 + answers[s]',
    'when answers[s] > 0 then answers[s]',
  ],
  ['another amount is the same transfer', 'and t.amount = leg.amount', ''],
  ['another code is the same transfer', 'and t.code = leg.code', ''],
  ['another ref is the same transfer', 'and t.ref is not distinct from leg.ref', ''],
  ['another kind is the same transfer', 't.kind = leg.kind and', ''],
  ['another debit is the same transfer', 'and t.debit = accounts[leg.debit]', ''],
  ['another credit is the same transfer', 'and t.credit = accounts[leg.credit]', ''],
  ['another hold is the same transfer', 'and t.pending_id is not distinct from leg.pending_id', ''],
  [
    'a repeat in one batch is not compared',
    'refs[i], pendings[i]) then 1\n          else 2 end',
    'refs[i], pendings[i]) then 1\n          else 1 end',
  ],
  ['the newest id is not looked up', 'as id where id <= top', 'as id where id < top'],
  [
    'only transfers are looked at for the newest id',
    '(select id from ledger.reject order by id desc limit 1)',
    'null',
  ],
  [
    'a broken chain stays half done',
    'if chain > 0 and chain_done > 0 and (chain_broken or chain_known)',
    'if chain > 0 and chain_done > 0 and chain_known',
  ],
  [
    'a chain goes on after it broke',
    'elsif chain > 0 and (chain_broken or chain_known) then',
    'elsif chain > 0 and chain_known then',
  ],
  [
    'a chain around a known id is half done',
    'and (chain_broken or chain_known) then\n        for',
    'and chain_broken then\n        for',
  ],
  [
    'an undone chain leaves its time',
    'lasts[d] := debit_lasts[j]; lasts[c] := credit_lasts[j];',
    '',
  ],
  [
    'an undone chain leaves its numbers',
    'versions[d] := versions[d] - 1; versions[c] := versions[c] - 1;',
    '',
  ],
  [
    'an undone hold is still held',
    'helds[d] := helds[d] - a; incomings[c] := incomings[c] - a;',
    '',
  ],
  ['a chain may have no end', 'or (is_linked and i = n) then 16', 'then 16'],
  ['time runs back', 'greatest(ats[i], lasts[d], lasts[c]);', 'greatest(ats[i], lasts[d]);'],
  ['a closed account receives', '(shut[d] or shut[c])', 'shut[d]'],
  ['a closed account is no obstacle to the short loop', 'and not (true = any(shut))', ''],
  ['points are paid in yuan', 'when assets[d] <> assets[c] then 5', ''],
  ['points are paid in yuan in the short loop', 'and assets[1] = all(assets)', ''],
  [
    'a refused transfer is written',
    'from generate_series(1, n) as i where answers[i] = 0',
    'from generate_series(1, n) as i where answers[i] >= 0',
  ],
  ['a refusal is not stored', 'if reject_n > 0 then\n', 'if false then\n'],
  ['held money of the hold is not written', 'held = now.held, incoming', 'held = a.held, incoming'],
  ['a closed hold stays open', 'if closed_n > 0 then', 'if false then'],
  [
    'a guess is written beyond the bounds',
    'case when ledger.fits(a, delta) then a.balance + delta else a.balance end',
    'a.balance + delta',
  ],
  [
    'a wrong guess is not taken back',
    '(balances = written_balances and versions = written_versions',
    '(balances is not null',
  ],
  ['numbers of a wrong guess stay', 'and versions = written_versions', ''],
  ['a time later than the guess is lost', 'and lasts = written_lasts', ''],
];
/** The same for the short way of a lone transfer, which may well say no to a good one: the long way then does it. */
const SLIPS_ALONE: typeof SLIPS = [
  ['a closed account is paid', 'id = credit_id and not a.closed', 'id = credit_id'],
  ['a refused id is posted', 'and not exists (select from ledger.reject where id = new_id)', ''],
  ['points are paid in yuan', 'debit_asset = credit_asset', 'debit_asset <> -credit_asset'],
  ['a negative amount', 'paid between 1 and bound', 'paid <= bound'],
  ['time runs back', 'greatest(given, debit_last, credit_last)', 'given'],
  ['the clock of one side stays behind', 'if t > given then', 'if false then'],
  ['the number of an entry is used twice', 'version = a.version + 1', 'version = a.version'],
  ['both sides are paid', 'set balance = a.balance - paid', 'set balance = a.balance + paid'],
  [
    'a debit that came to nothing is not given back',
    'set balance = a.balance + paid, version = a.version - 1',
    'set version = a.version - 1',
  ],
  [
    'a debit that came to nothing leaves its number',
    'version = a.version - 1, last_at = debit_last',
    'last_at = debit_last',
  ],
  [
    'a debit that came to nothing leaves its time',
    'version = a.version - 1, last_at = debit_last',
    'version = a.version - 1',
  ],
  ['a credit that came to nothing stays', 'if credit_version is not null then', 'if false then'],
  [
    'a credit that came to nothing leaves its time',
    'version = a.version - 1, last_at = credit_last',
    'version = a.version - 1',
  ],
];
/** And for what both of them ask before they write. */
const SLIPS_FITS: typeof SLIPS = [
  ['one fen too many is spent', '>= account.min_balance', '>= account.min_balance - 1'],
  ['money on hold is spent', '- account.held >=', '>='],
  ['an asset rises above zero', '<= account.max_balance', '<= account.max_balance + 1'],
  ['a balance beyond the bound', 'and 1000000000000000', 'and 1000000000000001'],
];
const BATCHES_MAX = 1_200;
const SEEDS_MAX = 12;
/** Text that is no SQL dies of that, which proves nothing. */
const NOT_SQL = /^42(?!P10)/;

test(`each of ${SLIPS.length} slips in post_batch is killed by the model`, (t) =>
  killAll(t, 'post_batch', SLIPS));

test(`each of ${SLIPS_ALONE.length} slips in post_one is killed by the model`, (t) =>
  killAll(t, 'post_one', SLIPS_ALONE));

test(`each of ${SLIPS_FITS.length} slips in fits is killed by the model`, (t) =>
  killAll(t, 'fits', SLIPS_FITS));

async function killAll(t: TestContext, name: string, slips: typeof SLIPS): Promise<void> {
  const { db, pool } = await freshDatabase(t);
  const { rows } = await pool.query<{ text: string }>(
    'select pg_get_functiondef($1::regproc) as text',
    [`ledger.${name}`],
  );
  const right = rows[0]?.text ?? '';
  const alive: string[] = [];
  for (const [what, from, to] of slips) {
    assert(right.includes(from), `no such text any more: ${what}`);
    await pool.query(right.replace(from, () => to));
    let death: string | undefined;
    // What one sequence happens not to meet, another does.
    for (let seed = 1; death === undefined && seed <= SEEDS_MAX; seed++)
      death = await deathBy(() => play(db, seed, BATCHES_MAX));
    if (death === undefined) alive.push(what);
  }
  assert.deepEqual(alive, []);
  await pool.query(right);
  await play(db, 1, 100);
}

/** How it died; undefined when it lives. */
async function deathBy(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof assert.AssertionError) return 'the reference';
    const state = sqlState(error);
    assert(state && !NOT_SQL.test(state), `${error}`);
    return state;
  }
}
