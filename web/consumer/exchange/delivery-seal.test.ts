// Goal: what the browser seals the house's arithmetic opens, and the other way round; other words, another key and a point that
//   is none are noticed; what was typed comes back letter by letter.
// Method: fresh keys, many rounds, contracts/secret.ts (which forge holds against the contract) as the other side.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hex } from 'viem';
import { openSecret, sealSecret, secretCommit } from '../../../contracts/secret.ts';
import { commitOf, makeSaleKey, open, saleKeyOf, seal, textOf, wordsOf } from './delivery-seal.ts';

const CARD = BigInt(`0x${'7'.repeat(60)}`);
const SALT: Hex = `0x${'5a'.repeat(32)}`;
const ROUNDS = 20;
const bytes = (of: Hex): Buffer => Buffer.from(of.slice(2), 'hex');

const words = wordsOf('6225000000000001', '123456', SALT);
assert(words);

test('browser and house open what the other one sealed', () => {
  for (let round = 0; round < ROUNDS; round++) {
    const key = makeSaleKey();
    const there = seal(CARD, words, key.publicKey);
    assert.deepEqual(openSecret(CARD, there, bytes(key.k))?.secret, words);
    const here = sealSecret(CARD, words, bytes(key.publicKey));
    const opened = open(CARD, { ...here, x: String(here.x) }, key.k);
    assert.deepEqual(opened, {
      words,
      ...(() => {
        const { sx, sy } = openSecret(CARD, here, bytes(key.k)) ?? {};
        return { sx, sy };
      })(),
    });
  }
  assert.equal(commitOf(CARD, words), secretCommit(CARD, words));
});

test('another key or other words do not open the commitment, and no point is no secret', () => {
  const key = makeSaleKey();
  const sealed = seal(CARD, words, key.publicKey);
  const told = { ...sealed, x: String(sealed.x) };
  const other = open(CARD, told, makeSaleKey().k);
  assert(other);
  assert.notEqual(commitOf(CARD, other.words), commitOf(CARD, words));
  // x = 5 is no abscissa of secp256k1; 0 and the order are none for the contract.
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  for (const x of [5n, 0n, order])
    assert.equal(open(CARD, { ...told, x: String(x) }, key.k), undefined, String(x));
  assert.equal(open(CARD, { ...told, v: 29 }, key.k), undefined);
});

test('what was typed comes back, and a key is known by its address', () => {
  assert.equal(textOf(words[0]), '6225000000000001');
  const none = wordsOf('A-1', '', SALT);
  assert(none);
  assert.equal(textOf(none[1]), '');
  assert.equal(wordsOf('1'.repeat(33), '', SALT), undefined);
  const key = makeSaleKey();
  assert.deepEqual(saleKeyOf(key.k), key);
  assert.throws(() => saleKeyOf(`0x${'0'.repeat(64)}`));
});
