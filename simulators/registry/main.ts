/** Runs the register of companies as its own process: `node simulators/registry/main.ts --port 8795`. */
import { parseArgs } from 'node:util';
import { startRegistrySimulator } from './server.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '8795' } } });
const simulator = await startRegistrySimulator({ port: Number(values.port) });
console.log(`Company register simulator: ${simulator.url}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));
