/** The quarter at length: node test/population/long.ts [seed] [orders]. Prints its figures and ends by itself. */
import { globalSetup, globalTeardown } from '#test/setup.ts';
import { figuresOf, report } from './figures.ts';
import { runQuarter } from './run.ts';

const seed = Number(process.argv[2] ?? 20_260_901);
const orders = Number(process.argv[3] ?? 2_000);
const closing: (() => Promise<void>)[] = [];
const began = Date.now();
await globalSetup();
try {
  const {
    orders: seen,
    loss,
    quarter,
    longestDays,
  } = await runQuarter({ after: (work) => void closing.push(work) }, { seed, orders });
  console.log(`seed ${seed}, ${orders} deals planned, ${(Date.now() - began) / 1_000} s`);
  for (const line of report(figuresOf(seen), loss)) console.log(line);
  console.log(`longest in escrow ${longestDays.toFixed(1)} days`);
  console.log('occurred', Object.fromEntries([...quarter.occurred].toSorted()));
  console.log('refusals', Object.fromEntries([...quarter.refusals].toSorted()));
} finally {
  for (const close of closing.reverse()) await close();
  await globalTeardown();
}
