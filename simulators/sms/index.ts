/** Face of the text-message simulator, for tests and the demo. */
export { type Simulator, type SmsMessage, startSmsSimulator } from './server.ts';
