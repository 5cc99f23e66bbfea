/** Face of the simulator of the public register of companies, for tests and the demo. */
export { type Simulator, startRegistrySimulator } from './server.ts';
