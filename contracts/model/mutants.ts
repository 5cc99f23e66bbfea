/**
 * Does the differential run bite? Breaks the contract in one place at a time, in memory, and walks traces until the
 * model disagrees. `node contracts/model/mutants.ts [from] [to] [port]`: about a minute each, most of it compiling.
 */
import assert from 'node:assert/strict';
import { compile, SETTINGS, sourcesOf } from '../build.ts';
import { actors, type Code, type Compiled } from './anvil.ts';
import { Difference, nothingReached, openTheatre, runTrace } from './differential.ts';

interface Mutant {
  readonly file: string;
  readonly text: string;
  readonly broken: string;
}
const mutant = (file: string, text: string, broken: string): Mutant => ({
  file: `src/${file}.sol`,
  text,
  broken,
});

export const MUTANTS: readonly Mutant[] = [
  mutant('lib/AccountSlot', 'kycUntil(slot) >= needed', 'kycUntil(slot) > needed'),
  mutant('lib/FeeSplit', 'fee = price * feeBps / BPS', 'fee = (price * feeBps + BPS - 1) / BPS'),
  mutant('lib/CardSlot', 'uint32 next = nonce(slot) + 1', 'uint32 next = nonce(slot)'),
  mutant('ExchangeBase', 'block.timestamp > deadline', 'block.timestamp >= deadline'),
  mutant('ExchangeBase', 'FORFEIT_BPS = 2_000', 'FORFEIT_BPS = 2_001'),
  mutant('ExchangeBase', 'delete _holds[cardId];', ''),
  mutant(
    'Exchange',
    '(auction.amount * STEP_BPS + BPS - 1) / BPS',
    'auction.amount * STEP_BPS / BPS',
  ),
  mutant('Exchange', 'current != epoch', 'current < epoch'),
  mutant('ExchangeExtension', 'fraction.supply -= uint48(shares);', ''),
  mutant(
    'ExchangeExtension',
    'if (shared == address(0)) return true',
    'if (shared == address(0)) return false',
  ),
  mutant('ExchangeExtension', 'amount >= auction.second', 'amount > auction.second'),
  mutant('ExchangeExtension', 'class != card.issuerClass()', 'class > card.issuerClass()'),
  mutant('ExchangeDesk', 'delete _cases[cardId];', ''),
];
const TRACES_MAX = 60;
const ROOTS = ['src/Exchange.sol', 'src/ExchangeExtension.sol', 'src/ExchangeDesk.sol'];

function broken({ file, text, broken: wrong }: Mutant): Code {
  const sources = sourcesOf(ROOTS);
  const content = sources[file]?.content ?? '';
  assert.equal(content.split(text).length, 2, `${file} should say "${text}" once`);
  sources[file] = { content: content.replace(text, wrong) };
  const output = compile(SETTINGS, sources);
  const of = (name: string): Compiled => {
    const made = output[`src/${name}.sol`]?.[name];
    assert(made);
    return { abi: made.abi, bytecode: `0x${made.evm.bytecode.object}` };
  };
  const parts = {
    exchange: of('Exchange'),
    extension: of('ExchangeExtension'),
    desk: of('ExchangeDesk'),
  };
  return { ...parts, actors: actors() };
}

/** The number of traces until somebody noticed; undefined: nobody did. */
async function bites(one: Mutant, port: number): Promise<string | undefined> {
  const theatre = await openTheatre(port, broken(one));
  try {
    for (let seed = 1; seed <= TRACES_MAX; seed += 1)
      await runTrace(theatre, seed, { steps: 110, reached: nothingReached() });
    return undefined;
  } catch (error) {
    if (error instanceof Difference) return error.message.split('\n').slice(0, 3).join(' ');
    throw error;
  } finally {
    await theatre.stop();
  }
}

if (process.argv[1] === import.meta.filename) {
  const [from = 0, to = MUTANTS.length, port = 8714] = process.argv.slice(2).map(Number);
  let alive = 0;
  for (const one of MUTANTS.slice(from, to)) {
    const seen = await bites(one, port);
    if (seen === undefined) alive += 1;
    console.log(
      `${seen ? '✓' : '✗'} ${one.file}: ${one.text} → ${one.broken || '(nothing)'}\n  ${seen}`,
    );
  }
  process.exitCode = alive === 0 ? 0 : 1;
}
