/** Runs the text-message simulator as its own process: `node simulators/sms/main.ts --port 8791`. */
import { parseArgs } from 'node:util';
import { startSmsSimulator } from './server.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '8791' } } });
const simulator = await startSmsSimulator({ port: Number(values.port) });
console.log(`SMS simulator: ${simulator.url}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));
