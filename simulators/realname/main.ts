/** Runs the real-name simulator as its own process: `node simulators/realname/main.ts --port 8792`. */
import { parseArgs } from 'node:util';
import { startRealNameSimulator } from './server.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '8792' } } });
const simulator = await startRealNameSimulator({ port: Number(values.port) });
console.log(`Real-name simulator: ${simulator.url}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));
