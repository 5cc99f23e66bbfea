/**
 * Part of the long run: all suites of forge once more with the contracts compiled for cancun, and under its rules. What is
 * shipped is compiled for paris, so that it runs everywhere; this says that nothing hangs on that.
 */
import { forge } from './forge.ts';

const { status, output } = await forge(['test', '--fuzz-seed', '6'], {
  env: {
    FOUNDRY_EVM_VERSION: 'cancun',
    FOUNDRY_OUT: 'node_modules/.cache/forge/cancun/out',
    FOUNDRY_CACHE_PATH: 'node_modules/.cache/forge/cancun/cache',
  },
});
console.log(
  output
    .split('\n')
    .filter((line) => /^(Ran|Suite|\[FAIL)/.test(line))
    .join('\n'),
);
process.exitCode = status;
