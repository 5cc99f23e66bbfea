/** The browser's stand-in for node:assert/strict, so that money is counted by the same code on both sides. */
export default function assert(value: unknown, message?: string): asserts value {
  if (!value) throw new Error(message ?? 'assertion failed');
}
