/**
 * The long run, as one command with an end: what takes too long for every `npm test`, stage by stage, each in a process of
 * its own that is stopped when its time is up. `npm run contracts:long -- [stage …]`; it fails when a stage does.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

interface Stage {
  readonly file: string;
  readonly args?: readonly string[];
  readonly says: string;
  /** On two cores that do nothing else it is about half. */
  readonly minutesMax: number;
}

const MUTANT_MINUTES = 60;
const STAGES: Readonly<Record<string, Stage>> = {
  cancun: {
    ...{ file: 'cancun.ts', minutesMax: 10 },
    says: 'all suites of forge with byte code and rules of cancun',
  },
  coverage: {
    ...{ file: 'coverage.ts', minutesMax: 10 },
    says: 'lines and branches that the unit, fuzz and attack suites reach',
  },
  bite: {
    ...{ file: 'bite.ts', minutesMax: 25 },
    says: 'one slip for each invariant, found under its number',
  },
  model: {
    ...{ file: 'model/differential.ts', args: ['60', '100', '4635'], minutesMax: 10 },
    says: 'the reference model beside the contract, on 60 more traces',
  },
  mutants: {
    ...{ file: 'mutate.ts', args: ['200', '1', String(MUTANT_MINUTES)] },
    ...{ minutesMax: MUTANT_MINUTES + 15, says: '200 slips: at least 95 % are noticed' },
  },
};

/** Ends with the seconds it took, or undefined when it failed or was stopped. */
async function run({ file, args = [], minutesMax }: Stage): Promise<number | undefined> {
  const start = Date.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    stdio: 'inherit',
    timeout: minutesMax * 60_000,
  });
  const status = await new Promise((done) => child.on('close', done));
  return status === 0 ? Math.round((Date.now() - start) / 1_000) : undefined;
}

const wanted = process.argv.slice(2);
const chosen = Object.entries(STAGES).filter(([name]) => !wanted.length || wanted.includes(name));
const most = chosen.reduce((sum, [, { minutesMax }]) => sum + minutesMax, 0);
console.log(`${chosen.map(([name]) => name).join(', ')}: at most ${most} minutes`);
const ended: string[] = [];
for (const [name, stage] of chosen) {
  console.log(`\n== ${name}: ${stage.says}; at most ${stage.minutesMax} minutes`);
  const seconds = await run(stage);
  ended.push(seconds === undefined ? `✗ ${name}` : `✓ ${name} ${seconds} s`);
  if (seconds === undefined) process.exitCode = 1;
}
console.log(`\n${ended.join('\n')}`);
