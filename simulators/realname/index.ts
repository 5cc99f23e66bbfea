/** Face of the real-name simulator, for tests and the demo. */
export { type Simulator, startRealNameSimulator } from './server.ts';
