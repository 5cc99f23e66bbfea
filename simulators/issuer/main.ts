/** Starts the issuer simulator as a process of its own: `node simulators/issuer/main.ts --port 8794`. */
import { parseArgs } from 'node:util';
import { DEMO_SECRET, startIssuerSimulator } from './server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8794' },
    host: { type: 'string', default: '127.0.0.1' },
    secret: { type: 'string', default: DEMO_SECRET },
    house: { type: 'string', default: '' },
  },
});
const { port, host, secret, house } = values;
const simulator = await startIssuerSimulator({ port: Number(port), host, secret, house });
console.log(`issuer simulator at ${simulator.url}, cards to try at ${simulator.url}/demo-cards`);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));
