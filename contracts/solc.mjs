#!/usr/bin/env node
// solc-js behind the two calls that forge makes of a native compiler: `--version`, and standard JSON on stdin. Answers
// are kept by the hash of the question: compiling everything by the IR takes most of a minute in JavaScript.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const cache = join(import.meta.dirname, '../node_modules/.cache/solc');
const { version } = require('solc/package.json');

if (process.argv.includes('--version')) {
  // Forge reads the version out of this line; the commit is not part of its decision.
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${version}+commit.js`);
} else {
  process.stdout.write(answer(readFileSync(0, 'utf8')));
}

/** @param {string} question */
function answer(question) {
  const key = createHash('sha256').update(version).update(question).digest('hex');
  const file = join(cache, `${key}.json`);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const output = require('solc').compile(question);
    // Questions that nobody will ask again (mutants) would only fill the disk.
    if (process.env['SOLC_ANSWERS'] === 'forget') return output;
    mkdirSync(cache, { recursive: true });
    // Two compilers at once write the same text; the rename keeps a reader from seeing half of it.
    writeFileSync(`${file}.${process.pid}`, output);
    renameSync(`${file}.${process.pid}`, file);
    return output;
  }
}
