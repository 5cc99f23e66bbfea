// Goal: no believable slip in the four cores goes unnoticed: the laws kill each of these.
// Method: one piece of a core's text replaced at a time, the result loaded beside the real one and judged by the same
// laws. A slip that no longer fits the text fails the test.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  type BatchCore,
  batchLaw,
  commitLaw,
  type DutchCore,
  dutchLaw,
  type EnglishCore,
  englishLaw,
  moneyLaw,
  type SealedCore,
  sealedLaw,
} from './laws.fixture.ts';

type Slip = readonly [what: string, from: string, to: string];

const BATCH: readonly Slip[] = [
  ['buyers are sorted cheapest first', 'byPriority(buys, -1)', 'byPriority(buys, 1)'],
  ['a buyer at the price is left out', '(limit) => limit >= price', '(limit) => limit > price'],
  ['a seller at the price is left out', '(limit) => limit <= price', '(limit) => limit < price'],
  ['the volume is what is wanted', 'Math.min(wanted, offered);\n  assert', 'wanted;\n  assert'],
  [
    'the lowest of many buyers',
    "price: last.high, rule: 'buyers_left'",
    "price: first.low, rule: 'buyers_left'",
  ],
  [
    'the highest of many sellers',
    "price: first.low, rule: 'sellers_left'",
    "price: last.high, rule: 'sellers_left'",
  ],
  ['the middle rounds down', 'Math.ceil((first', 'Math.floor((first'],
  ['the last price of buyers at the turn', 'price: turn.low', 'price: turn.low - 1'],
  ['the last price of sellers at the turn', 'price: turn.low', 'price: last.high'],
  ['imbalance is not looked at', '|| Math.abs(first.surplus) - Math.abs(stretch.surplus)', ''],
  [
    'the larger imbalance',
    'Math.abs(first.surplus) - Math.abs(stretch.surplus)',
    'Math.abs(stretch.surplus) - Math.abs(first.surplus)',
  ],
  ['imbalance before volume', 'stretch.volume - first.volume ||', ''],
  ['the first best price only', 'else if (order === 0 && first) best.push(stretch);', ''],
  [
    'prices between limits are skipped',
    'if (next !== undefined && next > limit + 1) yield here(limit + 1, next - 1);',
    '',
  ],
  [
    'the stretch between begins too early',
    'yield here(limit + 1, next - 1)',
    'yield here(limit, next - 1)',
  ],
  [
    'the stretch between ends too late',
    'yield here(limit + 1, next - 1)',
    'yield here(limit + 1, next)',
  ],
  [
    'a buyer leaves before the own limit',
    'if (bid?.limit === limit) {',
    'if (bid && bid.limit <= limit + 1) {',
  ],
  [
    'the odd card goes to the smallest remainder',
    'b.rest - a.rest || a.no - b.no',
    'a.rest - b.rest || a.no - b.no',
  ],
  [
    'the odd card goes to the later',
    'b.rest - a.rest || a.no - b.no',
    'b.rest - a.rest || b.no - a.no',
  ],
  ['the odd card is kept', 'if (odd-- <= 0) break;', 'break;'],
  ['one odd card too many', 'odd-- <= 0', 'odd-- < 0'],
  [
    'who comes first takes all',
    'fills.push(...proRata(orders, { left, quantity }))',
    'fills.push({ id: orders[0].id, quantity: left })',
  ],
  ['a tier that just fits is shared out twice', 'left -= Math.min(left, quantity);', ''],
  ['empty fills are told', '.filter((part) => part.quantity > 0)', ''],
];
const MONEY: readonly Slip[] = [
  ['each step has all the money', 'before += taken;', ''],
  ['cards before are forgotten', 'Number(most) - before', 'Number(most)'],
  ['what was cut still counts', 'before += taken;', 'before += quantity;'],
  ['the last corner is the dearest', 'if (before * limitFen > worst) worst', 'worst'],
  ['empty steps are kept', 'if (taken > 0) kept', 'kept'],
];
const SEALED: readonly Slip[] = [
  ['the later wins a tie', 'a.no - b.no', 'b.no - a.no'],
  ['the lowest bid wins', '? -1 : 1', '? 1 : -1'],
  ['a reveal is believed', '|| !opensTo(commitment, { lot, ...reveal })', ''],
  ['a bid at the reserve loses', 'first.priceFen >= reserveFen', 'first.priceFen > reserveFen'],
  ['the reserve is not looked at', 'first && first.priceFen >= reserveFen', 'first'],
  [
    'second price below the reserve',
    'second && second.priceFen > reserve ? second.priceFen : reserve',
    'second ? second.priceFen : reserve',
  ],
  [
    'second price is the reserve',
    'second && second.priceFen > reserve ? second.priceFen : reserve',
    'reserve',
  ],
  ['second price is the own', "kind === 'first_price'", 'true'],
  ['first price is the second', "if (kind === 'first_price') return own;", ''],
  ['who did not pay wins again', '.filter(({ bidder }) => !defaulted.includes(bidder))', ''],
  [
    'who did not pay loses the bond as unrevealed',
    'const valid = new Set(opened.map(({ bidder }) => bidder));',
    'const valid = new Set(opened.map(({ bidder }) => bidder).filter((bidder) => !defaulted.includes(bidder)));',
  ],
  ['silence costs nothing', 'commitments.filter(({ bidder }) => !valid.has(bidder))', '[]'],
  ['any salt', 'SALT.test(bid.salt) &&', ''],
];
const COMMIT: readonly Slip[] = [
  ['fields without their lengths', 'return [length, bytes];', 'return [bytes];'],
  ['lengths the other way round', 'writeUInt32BE', 'writeUInt32LE'],
  ['not bound to the bidder', ', bidder, lot];', ', lot];'],
  ['not bound to the lot', ', bidder, lot];', ', bidder];'],
  ['not bound to its purpose', '[DOMAIN, priceFen', '[priceFen'],
  ['salt as text', "Buffer.from(salt, 'hex'), bidder", 'salt, bidder'],
];
const ENGLISH: readonly Slip[] = [
  ['open a moment late', 'bid.at < terms.opensAt', 'bid.at <= terms.opensAt'],
  ['open at the instant of the close', 'bid.at >= state.closesAt', 'bid.at > state.closesAt'],
  ['the first end is kept', 'bid.at >= state.closesAt', 'bid.at >= terms.closesAt'],
  ['the least is not enough', 'bid.maxFen < least', 'bid.maxFen <= least'],
  ['an equal maximum takes the lead', 'bid.maxFen > leader.maxFen', 'bid.maxFen >= leader.maxFen'],
  ['the maximum is paid', 'return above < high ? above : high;', 'return high;'],
  ['one step above the maximum', 'return above < high ? above : high;', 'return above;'],
  ['the second maximum is paid', 'low + incrementAt(low)', 'low'],
  ['the step of the higher price', 'low + incrementAt(low)', 'low + incrementAt(high)'],
  [
    'the first bid is paid',
    'secondFen === undefined ? state.terms.reserveFen',
    'secondFen === undefined ? leader.maxFen',
  ],
  [
    'raising oneself moves the end',
    'return priced(state, { ...leader, maxFen: bid.maxFen }, state.secondFen);',
    'return extended(priced(state, { ...leader, maxFen: bid.maxFen }, state.secondFen), bid.at);',
  ],
  [
    'raising oneself costs a step against oneself',
    '{ ...leader, maxFen: bid.maxFen }, state.secondFen',
    '{ ...leader, maxFen: bid.maxFen }, leader.maxFen',
  ],
  [
    'raising oneself leaves the step cut short',
    'return priced(state, { ...leader, maxFen: bid.maxFen }, state.secondFen);',
    'return { ...state, leader: { ...leader, maxFen: bid.maxFen } };',
  ],
  ['lowering oneself', 'if (bid.maxFen <= leader.maxFen)', 'if (bid.maxFen < 0n)'],
  ['eleven times', 'extensions >= EXTENSIONS_MAX', 'extensions > EXTENSIONS_MAX'],
  [
    'the window a moment short',
    'at < plus(closesAt, -SNIPE_MS)',
    'at <= plus(closesAt, -SNIPE_MS)',
  ],
  ['extended from the bid', 'closesAt: plus(closesAt, SNIPE_MS)', 'closesAt: plus(at, SNIPE_MS)'],
  [
    'an own bid takes the lead from oneself',
    'if (leader?.bidder === bid.bidder) return raiseOwn(state, leader, bid);',
    '',
  ],
  ['the later of two maxima wins', 'a.no - b.no', 'b.no - a.no'],
  ['who did not pay sets the price', 'if (defaulted.includes(bid.bidder)) continue;', ''],
  [
    'one step only',
    'if (price >= from) step = by;',
    'if (price >= from && step === 0n) step = by;',
  ],
  ['a step begins a fen late', 'price >= from', 'price > from'],
];
const DUTCH: readonly Slip[] = [
  ['the first step at once', 'Math.floor(Math', 'Math.ceil(Math'],
  ['below the reserve', 'price > reserveFen ? price : reserveFen', 'price'],
  ['open before the opening', "if (yes.at < terms.opensAt) return refuse('auction_not_open');", ''],
  ['open at the instant of the close', 'yes.at >= terms.closesAt', 'yes.at > terms.closesAt'],
  [
    'any function',
    "if (yes.functionHash !== functionHash(lot, terms)) return refuse('price_function_changed');",
    '',
  ],
  ['dearer than agreed', 'price <= yes.maxFen ?', 'price <= yes.maxFen + 1n ?'],
  ['the limit itself is too dear', 'price <= yes.maxFen ?', 'price < yes.maxFen ?'],
  ['a price that stands still', 'stepFen > 0n &&', ''],
  ['a start below the reserve', 'startFen >= reserveFen &&', ''],
  ['a reserve of nothing', 'reserveFen > 0n &&', ''],
  ['no time between steps', 'everyMs > 0 &&', ''],
  ['an end before the beginning', 'closesAt > opensAt;', 'true;'],
  ['the hash is of any lot', ', lot, ...terms', ', ...terms'],
  ['the hash leaves out the function', '...terms }', 'startFen: terms.startFen }'],
];

const FAST = { fast: true };
kills('clear-batch', BATCH, (core) => void batchLaw(core as BatchCore, FAST));
kills('clear-batch', MONEY, (core) => moneyLaw(core as BatchCore, FAST));
kills('sealed', SEALED, (core) => sealedLaw(core as SealedCore, FAST));
kills('sealed', COMMIT, (core) => commitLaw(core as SealedCore, FAST));
kills('english', ENGLISH, (core) => void englishLaw(core as EnglishCore, FAST));
kills('dutch', DUTCH, (core) => void dutchLaw(core as DutchCore, FAST));

function kills(file: string, slips: readonly Slip[], law: (core: unknown) => void): void {
  const path = join(import.meta.dirname, `${file}.ts`);
  const text = readFileSync(path, 'utf8');
  test(`${file}: ${slips.length} slips are noticed`, async () => {
    const alive: string[] = [];
    law(await load(text));
    for (const [what, from, to] of slips) {
      assert(text.includes(from), `the slip no longer fits: ${what}`);
      const mutant = await load(text.replace(from, to));
      try {
        law(mutant);
        alive.push(what);
      } catch {
        // Killed, be it by the law or by an assertion of the core itself.
      }
    }
    assert.deepEqual(alive, []);
  });
}

/** A module of this text, with the imports that a file in this folder would have. */
async function load(text: string): Promise<unknown> {
  const face = pathToFileURL(join(import.meta.dirname, '../platform/index.ts')).href;
  const code = stripTypeScriptTypes(text)
    .replace("'#platform'", `'${face}'`)
    .replace(
      /'\.\/([a-z-]+\.ts)'/g,
      (_, name: string) => `'${pathToFileURL(join(import.meta.dirname, name)).href}'`,
    );
  return await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}
