/** What tests may take from the simulator: the server itself and the cards of its world. */
export { DEMO_SECRET, type Simulator, startIssuerSimulator } from './server.ts';
export { type MadeCard, makeCard, type State } from './world.ts';
