// Goal: where the contract's manager makes keys wait two days, the next verifier key is asked for in public, set when its
//   time has come and signs only then; the one before signs until then and beyond; a revocation waits for nobody.
// Method: the whole house on an anvil that is deployed to as a chain of others is; its days pass on the chain's own clock,
//   the hourly round is run by hand, and the contract is asked what it knows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from 'viem';
import { exchangeAbi } from '#contracts';
import { DAY, HOUR, inTransaction } from '#platform';
import { deployedAsElsewhere, openChainHouse } from '#test/chain.ts';
import { revokeSigner, signerAt } from './attest.ts';
import type { ChainDeps } from './deps.ts';
import { accountFor } from './keys.ts';
import { tendExchange } from './tend.ts';

test('the next key waits its two days in public, then signs; a revocation is at once', async (t) => {
  const house = await openChainHouse(t, { chain: deployedAsElsewhere });
  const deps = house.house.exchange as ChainDeps;
  const { on } = deps;
  const now = () => house.clock.now();
  const signer = async () => await signerAt(house.db, 'verifier', now());
  const taken = async (version: number) => {
    const args = [accountFor(house.keys, 'verifier', version).address as Address] as const;
    const ask = { abi: exchangeAbi, address: on.exchange, functionName: 'signerOf', args } as const;
    return (await on.chain.client.readContract(ask)).kind !== 0;
  };
  const hour = async (): Promise<void> => {
    await tendExchange(deps, now());
    await house.mined();
  };
  assert.equal(on.keyDelayMs, 2 * DAY);
  assert.deepEqual([(await signer())?.version, await taken(1)], [1, true], 'from the first block');
  const holder = await house.holder();

  await house.forward(80 * DAY);
  await hour();
  await house.forward(HOUR);
  await hour();
  assert.deepEqual([(await signer())?.version, await taken(2)], [1, false], 'planned, not set');
  await house.forward(2 * DAY);
  assert.equal(
    (await signer())?.version,
    1,
    'its window has begun, but the contract has not heard',
  );
  await hour();
  await hour();
  assert.deepEqual([(await signer())?.version, await taken(1), await taken(2)], [2, true, true]);
  await house.prove(holder);
  await house.tokenised(holder);
  const by = accountFor(house.keys, 'verifier', 2).address.toLowerCase();
  const { rows } = await house.pool.query(
    `select (select args->>'attested' from exchange.log where event = 'Minted') as by,
       (select count(*) from exchange.relay
        where purpose = 'signer_plan' and position(substr($1, 3) in calldata) > 0) as plans,
       (select count(*) from exchange.relay where state <> 'mined') as failed`,
    [by],
  );
  assert.deepEqual(rows, [{ by, plans: 1n, failed: 0n }]);

  await inTransaction(house.db, (tx) =>
    revokeSigner(tx, deps, { kind: 'verifier', version: 2, at: now(), by: 'test' }),
  );
  await house.mined();
  const { rows: ended } = await house.pool.query(
    `select state from exchange.relay order by created_at desc limit 1`,
  );
  assert.deepEqual(ended, [{ state: 'mined' }]);
  assert.equal((await signer())?.version, 1);
});
