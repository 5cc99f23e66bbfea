// Goal: our own chain keeps its state over a stop and over a kill; a house finds its contracts again and deploys no second
//   time; in CN the settlement is all there is, whatever is called; a chain that would break deadlines, signatures or hashes is refused before anything is trusted to it,
//   and so is a deployment on a chain of others where roles or keys change without two days' notice.
// Method: a real anvil with a folder, stopped and killed; a proxy in front of it that falsifies one answer at a time.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Abi, type AbiFunction, concat, type Hex, toFunctionSelector } from 'viem';
import { accessManagerAbi, attestedSettlementAbi, exchangeAbi } from '#contracts';
import { DAY, fileKeys, inTransaction, plus, readConfig } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { freePort } from '../../platform/postgres.ts';
import { nextSigner, noteSigner, signerAt } from '../attest.ts';
import { accountFor } from '../keys.ts';
import { deployExchange, openExchange } from '../open.ts';
import { liveDeployment } from '../store.ts';
import { startAnvil } from './anvil.ts';
import { ChainRefused, openChain } from './chain.ts';
import { ROLES } from './deploy.ts';

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

/** An empty house beside an empty chain. */
async function begun(t: TestContext) {
  const { db } = await freshDatabase(t);
  const directory = mkdtempSync(join(tmpdir(), 'huiquan-chain-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const keys = fileKeys(join(directory, 'keys.json'));
  const own = await startAnvil({ port: await freePort(), chainId: CHAIN_ID, at: AT });
  t.after(() => own.stop());
  return { db, keys, own };
}

test('CN on a chain: log and settlement, and every call of the exchange refused', async (t) => {
  const { db, keys, own } = await begun(t);
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
  const { url, lie } = await liar(t, own.url);
  const open = async () => await openChain({ url, chainId: CHAIN_ID, now: () => AT });
  assert.equal((await open()).own, true);

  const to = (params: unknown[]): string => (params[0] as { to?: string }).to?.slice(-1) ?? '';
  const lies: Record<string, Lie> = {
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
      if (method === 'web3_clientVersion') return ELSEWHERE;
      if (method !== 'eth_getBlockByNumber') return result;
      const later = Math.floor(AT.getTime() / 1000) + 86_400;
      return { ...(result as object), timestamp: `0x${later.toString(16)}` };
    },
  };
  for (const [what, one] of Object.entries(lies)) {
    lie(one);
    await assert.rejects(open(), ChainRefused, what);
  }
});

type Lie = (method: string, params: unknown[], result: unknown) => unknown;
/** How a node that is not ours calls itself. */
const ELSEWHERE = 'besu/v25';

/** Passes each question on, and changes the answers as it is told to. */
async function liar(t: TestContext, to: string): Promise<{ url: string; lie(how: Lie): void }> {
  let lie: Lie = (_method, _params, result) => result;
  const proxy = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', async () => {
      const asked = JSON.parse(body) as { method: string; params: unknown[] };
      const reply = await fetch(to, {
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
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    lie: (how) => {
      lie = how;
    },
  };
}

for (const profile of ['INTL', 'SANDBOX', 'CN'] as const)
  test(`${profile} on a chain of others: whoever changes roles or keys waits two days`, async (t) => {
    const { db, keys, own } = await begun(t);
    const { url, lie } = await liar(t, own.url);
    const input = {
      ...{ db, keys, at: AT },
      config: {
        ...readConfig({}),
        ...{ PROFILE: profile, CHAIN_URL: url, CHAIN_ID },
        ...{ SANDBOX_APPROVAL: 'TEST-1', SANDBOX_UNTIL: '2027-06-30' },
      },
    };
    // Deployed as to a chain of our own, where nobody could wait, and found on what is none.
    await deployExchange(input);
    const elsewhere: Lie = (method, _params, result) =>
      method === 'web3_clientVersion' ? ELSEWHERE : result;
    lie(elsewhere);
    if (profile !== 'CN')
      await assert.rejects(openExchange(input), /act at once as role 0: give it the delay/);

    await deployExchange(input);
    const { addresses } = (await liveDeployment(db, CHAIN_ID)) as { addresses: unknown };
    const at = addresses as Record<string, Hex>;
    const { client } = await openChain({ url, chainId: CHAIN_ID, now: () => AT });
    const [admin, relayer] = (['deployer', 'relayer'] as const).map(
      (kind) => accountFor(keys, kind).address,
    ) as [Hex, Hex];
    const manager = { abi: accessManagerAbi, address: at['AccessManager'] as Hex } as const;
    const waits = async (role: bigint, who: Hex) =>
      await client.readContract({ ...manager, functionName: 'hasRole', args: [role, who] });
    assert.deepEqual(await waits(0n, admin), [true, TWO_DAYS_S]);
    const grant = { ...manager, functionName: 'grantRole', account: admin } as const;
    const unplanned = client.simulateContract({ ...grant, args: [4n, OTHER, 0] });
    await assert.rejects(unplanned, NOT_SCHEDULED);
    if (profile === 'CN') return;

    const { keeper, ...prompt } = ROLES;
    assert.deepEqual(await waits(keeper, relayer), [true, TWO_DAYS_S]);
    for (const role of Object.values(prompt))
      assert.deepEqual(await waits(role, relayer), [true, 0]);
    const window = { kind: 1, from: 0, until: 4_000_000_000, issuerClass: 0 };
    const set = {
      ...{ abi: exchangeAbi as Abi, address: at['Exchange'] as Hex, functionName: 'setSigner' },
      ...{ account: relayer, args: [OTHER, window] },
    };
    await assert.rejects(client.simulateContract(set), NOT_SCHEDULED);
    assert((await openExchange(input))?.exchange);
  });

/** `AccessManagerNotScheduled`, by name or by selector where the ABI has no such error. */
const NOT_SCHEDULED = /AccessManagerNotScheduled|0x60a299b0/;
const TWO_DAYS_S = 172_800;
const OTHER: Hex = `0x${'ab'.repeat(20)}`;
