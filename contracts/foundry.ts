/** Where npm put Foundry's tools. The native files: npm's wrapper, killed, leaves its child behind. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export function foundryBinary(tool: 'anvil' | 'forge'): string {
  const cpu = process.arch === 'x64' ? 'amd64' : process.arch;
  const name = `@foundry-rs/${tool}-${process.platform}-${cpu}/package.json`;
  const require = createRequire(import.meta.url);
  // The package of the platform is a dependency of the tool's, not of ours.
  const beside = createRequire(require.resolve(`@foundry-rs/${tool}/package.json`));
  return join(dirname(beside.resolve(name)), 'bin', tool);
}
