/** A small exchange for the demo of SANDBOX and INTL: a few made-up holders bring cards on chain and put them on offer. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import {
  bindWallet,
  type ChainDeps,
  challenge,
  listingMessage,
  placeListing,
  portfolio,
  tokenise,
  typed,
} from '#exchange';
import { findUser } from '#parties';
import { type Config, DAY, fen, Secret } from '#platform';
import { phoneNumber } from './demo-people.ts';

const HOLDERS = [
  { person: 2, sku: 'weihe-gift', percent: 91n, delivery: 'vault' },
  { person: 5, sku: 'weihe-gift', percent: 88n, delivery: 'vault' },
  { person: 8, sku: 'mujing-card', percent: 94n, delivery: 'reissue' },
] as const;
const WAIT_MS_MAX = 90_000;
const LOOK_MS = 400;
const OFFER_MS = 30 * DAY;

interface Seeding {
  readonly deps: ChainDeps;
  readonly config: Config;
  /** Where the pages are, as sign-in messages must name it. */
  readonly address: string;
}

/** Does nothing where cards are on the chain already. The worker has to be running. */
export async function seedExchange(input: Seeding): Promise<void> {
  const { deps } = input;
  for (const holder of HOLDERS) {
    const userId = await findUser(deps.db, { keys: deps.keys, phone: phoneNumber(holder.person) });
    if (!userId || (await portfolio(deps.db, userId)).length > 0) continue;
    await bring(input, { ...holder, userId });
  }
}

async function bring(
  { deps, config, address }: Seeding,
  of: (typeof HOLDERS)[number] & { userId: string },
): Promise<void> {
  const { userId, person, sku, percent, delivery } = of;
  const { keys, clock, on } = deps;
  const secret = keys.fingerprint('exchange/demo-holder', String(person));
  const account = privateKeyToAccount(`0x${secret.toString('hex')}`);
  const site = new URL(address);
  const { nonce } = await challenge(deps, { userId, at: clock.now() });
  const message = createSiweMessage({
    ...{ address: account.address, chainId: on.chain.id, version: '1', nonce },
    ...{ domain: site.host, uri: site.origin, issuedAt: clock.now() },
  });
  const signature = await account.signMessage({ message });
  const proof = { userId, message, signature, kind: 'demo', site, at: clock.now() } as const;
  const wallet = await bindWallet(deps, proof);
  const card = await freshCard(config, sku);
  if (!card) return;
  const made = await tokenise(deps, {
    ...{ userId, walletId: wallet.id, sku, faceFen: fen(BigInt(card.faceFen)), at: clock.now() },
    ...{ number: new Secret(card.number), pin: card.pin ? new Secret(card.pin) : undefined },
  });
  const tokenId = await untilOnChain(deps, userId, made.id);
  if (!tokenId) return;
  const terms = {
    ...{ tokenId, priceFen: fen((BigInt(card.faceFen) * percent) / 100n), nonce: 0n, delivery },
    deadline: Math.floor((clock.now().getTime() + OFFER_MS) / 1000),
  };
  const words = typed('Listing', on.domains.exchange, listingMessage(terms));
  const signed = await account.signTypedData(words);
  await placeListing(deps, {
    ...{ ...terms, userId, walletId: wallet.id, signature: signed, at: clock.now() },
  });
}

async function untilOnChain(
  { db }: ChainDeps,
  userId: string,
  id: string,
): Promise<Hex | undefined> {
  for (const end = Date.now() + WAIT_MS_MAX; Date.now() < end; await sleep(LOOK_MS)) {
    const one = (await portfolio(db, userId)).find((token) => token.id === id);
    if (one?.state === 'on_chain') return one.token_id ?? undefined;
    if (one?.state === 'turned_down') return undefined;
  }
  return undefined;
}

async function freshCard(
  { ISSUER_URL }: Config,
  sku: string,
): Promise<{ number: string; pin?: string; faceFen: string } | undefined> {
  const reply = await fetch(`${ISSUER_URL}/demo-cards?sku=${sku}&n=8`, {
    headers: { accept: 'application/json' },
  });
  const { cards } = (await reply.json()) as {
    cards: { number: string; pin?: string; faceFen: string; state: string }[];
  };
  return cards.find(({ state }) => state === 'good');
}
