/** Signing in by a wallet (EIP-4361): it opens a session of the real-name account to which it is bound, and makes none. */
import type { Address, Hex } from 'viem';
import { enter, pass, SignedIn } from '#parties';
import { type App, Body, Problem, Refused, type Tx } from '#platform';
import type { ChainDeps } from './deps.ts';
import { ChallengeView, WalletSignInBody } from './schema.ts';
import { siteOf } from './site.ts';
import { lockWallet, walletAt } from './store.ts';
import { challenge, provenAddress } from './wallet.ts';

const tags = ['exchange'];

/** Whose wallet this is, held until commit: whoever unbinds it comes before the session or after. Refused wallet_unknown. */
async function personOf(tx: Tx, address: Address): Promise<string> {
  const found = await walletAt(tx, address);
  const wallet = found && (await lockWallet(tx, found.id));
  if (!wallet || wallet.ended_at) throw new Refused('wallet_unknown');
  return wallet.user_id;
}

export function signInRoutes(app: App, deps: ChainDeps): void {
  const { clock, config } = deps;
  app.post(
    '/v1/exchange/sign-in/challenge',
    {
      config: { access: 'public', secret: true },
      schema: {
        tags,
        summary: 'A number for signing in by a wallet (EIP-4361); names no account.',
        body: Body({}),
        response: { 200: ChallengeView, '4xx': Problem },
      },
    },
    async (request) => {
      const at = clock.now();
      await pass({ ...deps, at }, { 'wallet.address': request.ip });
      const { nonce, expiresAt } = await challenge(deps, { userId: undefined, at });
      return { nonce, expiresAt: expiresAt.toISOString() };
    },
  );
  app.post(
    '/v1/exchange/sign-in',
    {
      config: { access: 'public', secret: true },
      schema: {
        tags,
        summary: 'Signs in by the message of a wallet that is bound to an account.',
        body: WalletSignInBody,
        response: { 200: SignedIn, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const at = clock.now();
      await pass({ ...deps, at }, { 'try.address': request.ip });
      const { message, signature } = request.body;
      const site = siteOf(config, request.headers.host);
      const proof = { message, signature: signature as Hex, site, at };
      const address = await provenAddress(deps, proof, undefined);
      return await enter(deps, { request, reply, how: 'wallet', at }, (tx) =>
        personOf(tx, address),
      );
    },
  );
}
