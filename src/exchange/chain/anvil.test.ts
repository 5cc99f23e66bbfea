// Goal: our own chain keeps its state over a stop and over a kill; a house finds its contracts again and deploys no second
//   time; in CN the settlement is all there is, whatever is called; a chain that would break deadlines, signatures or hashes is refused before anything is trusted to it.
// Method: a real anvil with a folder, stopped and killed; a proxy in front of it that falsifies one answer at a time.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Abi, type AbiFunction, concat, type Hex, toFunctionSelector } from 'viem';
import { attestedSettlementAbi, exchangeAbi } from '#contracts';
import { DAY, fileKeys, inTransaction, plus, readConfig } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { freePort } from '../../platform/postgres.ts';
import { nextSigner, noteSigner, signerAt } from '../attest.ts';
import { deployExchange, openExchange } from '../open.ts';
import { liveDeployment } from '../store.ts';
import { startAnvil } from './anvil.ts';
import { ChainRefused, openChain } from './chain.ts';

const AT = new Date('2026-11-23T02:00:00Z');
const CHAIN_ID = 31_337;
/** Longer than the chain waits before it writes its state again. */
const WRITTEN_MS = 6_500;

test('stopped, killed, started again: the same contracts, and never a second deployment', async (t) => {
  const { db } = await freshDatabase(t);
  const directory = mkdtempSync(join(tmpdir(), 'huiquan-chain-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const keys = fileKeys(join(directory, 'keys.json'));
  const port = await freePort();
  const begin = () => startAnvil({ directory, port, chainId: CHAIN_ID, at: AT });
  const open = async (profile: 'INTL' | 'SANDBOX', url: string) =>
    await openExchange({
      ...{ db, keys, at: AT },
      config: {
        ...readConfig({}),
        ...{ PROFILE: profile, CHAIN_URL: url, CHAIN_ID },
        ...{ SANDBOX_APPROVAL: 'TEST-1', SANDBOX_UNTIL: '2027-06-30' },
      },
    });
  // The house had keys before it had a chain, as a demo has; the new contract knows the one that signs now.
  const signer = { kind: 'verifier', version: 1, at: plus(AT, -30 * DAY), delayMs: 0 } as const;
  await inTransaction(db, (tx) => noteSigner(tx, nextSigner(keys, signer), signer.at));
  let own = await begin();
  const first = await open('INTL', own.url);
  assert(first);
  const now = await signerAt(db, 'verifier', AT);
  const known = await first.chain.client.readContract({
    ...{ abi: exchangeAbi, address: first.exchange, functionName: 'signerOf' },
    args: [now?.address as Hex],
  });
  assert.equal(known.kind, 1, 'the contract takes its word');
  await own.stop();
  own = await begin();
  assert.equal((await open('INTL', own.url))?.exchange, first?.exchange, 'after a stop');
  await sleep(WRITTEN_MS);
  process.kill(own.pid, 'SIGKILL');
  own = await begin();
  assert.equal((await open('INTL', own.url))?.exchange, first?.exchange, 'after a kill');
  await assert.rejects(
    open('SANDBOX', own.url),
    /features/,
    'another profile than it was made for',
  );
  // A house that was killed leaves its chain behind; the next one ends it and takes its place.
  const left = own.pid;
  own = await begin();
  assert.throws(() => process.kill(left, 0), /ESRCH/);
  await own.stop();
});

test('CN on a chain: log and settlement, and every call of the exchange refused', async (t) => {
  const { db } = await freshDatabase(t);
  const directory = mkdtempSync(join(tmpdir(), 'huiquan-chain-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const keys = fileKeys(join(directory, 'keys.json'));
  const own = await startAnvil({ port: await freePort(), chainId: CHAIN_ID, at: AT });
  t.after(() => own.stop());
  const config = { ...readConfig({}), CHAIN_URL: own.url, CHAIN_ID };
  assert.equal(config.PROFILE, 'CN');
  const made = await deployExchange({ db, keys, config, at: AT });
  assert.equal(made.exchange, undefined);
  assert.equal(await openExchange({ db, keys, config, at: AT }), undefined);
  const deployed = await liveDeployment(db, CHAIN_ID);
  assert.deepEqual([deployed?.profile, deployed?.features], ['CN', 0n]);
  const addresses = deployed?.addresses as Record<string, Hex>;
  const names = ['AccessManager', 'AttestedSettlement', 'LogAnchor'];
  assert.deepEqual(Object.keys(addresses).sort(), names);

  const chain = await openChain({ url: own.url, chainId: CHAIN_ID, now: () => AT });
  const { rpc } = chain;
  const known = new Set(changing(attestedSettlementAbi));
  const foreign = changing(exchangeAbi).filter((selector) => !known.has(selector));
  assert(foreign.length > 50, `${foreign.length} functions of the exchange that change something`);
  for (const to of [addresses['AttestedSettlement'], addresses['LogAnchor']]) {
    assert.notEqual(await rpc('eth_getCode', [to, 'latest']), '0x');
    for (const selector of foreign) {
      const data = concat([selector, `0x${'00'.repeat(640)}`]);
      await assert.rejects(rpc('eth_call', [{ to, data }, 'latest']), REVERTED, selector);
    }
  }
  // The same house in another profile finds no exchange in what CN has, and makes one.
  const wider = await openExchange({ db, keys, config: { ...config, PROFILE: 'INTL' }, at: AT });
  assert(wider?.exchange);
});

/** The code by which a node says that a call reverted. */
const REVERTED = /rpc_3/;
/** Selectors of what is no view. */
const changing = (abi: readonly unknown[]): Hex[] =>
  (abi as Abi)
    .filter((item): item is AbiFunction => item.type === 'function')
    .filter(({ stateMutability }) => stateMutability === 'nonpayable')
    .map((item) => toFunctionSelector(item));

test('a chain that answers wrong is refused', async (t) => {
  const own = await startAnvil({ port: await freePort(), chainId: CHAIN_ID, at: AT });
  t.after(() => own.stop());
  let lie: (method: string, params: unknown[], result: unknown) => unknown = (_m, _p, r) => r;
  const proxy = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', async () => {
      const asked = JSON.parse(body) as { method: string; params: unknown[] };
      const reply = await fetch(own.url, {
        ...{ method: 'POST', body, headers: { 'content-type': 'application/json' } },
      });
      const said = (await reply.json()) as { result?: unknown };
      const result = lie(asked.method, asked.params, said.result);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...said, result }));
    });
  });
  await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready));
  t.after(() => void proxy.close());
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const open = async () => await openChain({ url, chainId: CHAIN_ID, now: () => AT });
  assert.equal((await open()).own, true);

  const to = (params: unknown[]): string => (params[0] as { to?: string }).to?.slice(-1) ?? '';
  const lies: Record<string, typeof lie> = {
    milliseconds: (method, _params, result) =>
      method === 'eth_getBlockByNumber'
        ? { ...(result as object), timestamp: `0x${AT.getTime().toString(16)}` }
        : result,
    'another id': (method, _params, result) => (method === 'eth_chainId' ? '0x1' : result),
    'no SHA-256': (method, params, result) =>
      method === 'eth_call' && to(params) === '2' ? '0x' : result,
    'no ecrecover': (method, params, result) =>
      method === 'eth_call' && to(params) === '1' ? `0x${'0'.repeat(64)}` : result,
    'tomorrow, on a chain of others': (method, _params, result) => {
      if (method === 'web3_clientVersion') return 'besu/v25';
      if (method !== 'eth_getBlockByNumber') return result;
      const later = Math.floor(AT.getTime() / 1000) + 86_400;
      return { ...(result as object), timestamp: `0x${later.toString(16)}` };
    },
  };
  for (const [what, one] of Object.entries(lies)) {
    lie = one;
    await assert.rejects(open(), ChainRefused, what);
  }
});
