/** Wallets of this browser: those that extensions announce (EIP-6963), and a demo wallet whose key never leaves here. */
import { useSyncExternalStore } from 'react';
import {
  type Address,
  createWalletClient,
  custom,
  type EIP1193Provider,
  type Hex,
  type TypedDataDefinition,
} from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';

export interface Call {
  readonly chainId: number;
  readonly to: Address;
  readonly data: Hex;
  /** Of the wallet's next transaction, as the house last saw it. */
  readonly nonce: number;
}
export interface Signer {
  readonly kind: 'injected' | 'demo';
  readonly name: string;
  readonly address: Address;
  signMessage(message: string): Promise<Hex>;
  signTyped(data: TypedDataDefinition): Promise<Hex>;
  /** The signed transaction for the house to pass on; undefined when the wallet has sent it by itself. */
  transact(call: Call): Promise<Hex | undefined>;
}

const KEY = 'hq-demo-wallet';
/** More than any call of ours uses; on the chains that take raw transactions from here gas costs nothing. */
const GAS = 800_000n;

const storedKey = (): Hex | undefined => {
  const text = localStorage.getItem(KEY);
  return text && /^0x[0-9a-f]{64}$/.test(text) ? (text as Hex) : undefined;
};

/** The demo wallet of this browser; made when asked for. */
export function demoSigner(make = false): Signer | undefined {
  let key = storedKey();
  if (!key) {
    if (!make) return undefined;
    key = generatePrivateKey();
    localStorage.setItem(KEY, key);
  }
  const account = privateKeyToAccount(key);
  return {
    ...{ kind: 'demo', name: 'demo', address: account.address },
    signMessage: (message) => account.signMessage({ message }),
    signTyped: (data) => account.signTypedData(data),
    transact: ({ chainId, to, data, nonce }) =>
      account.signTransaction({
        ...{ type: 'eip1559', chainId, to, data, nonce, gas: GAS },
        ...{ maxFeePerGas: 0n, maxPriorityFeePerGas: 0n },
      }),
  };
}

interface Announced {
  readonly info: { readonly uuid: string; readonly name: string };
  readonly provider: EIP1193Provider;
}

let found: readonly Announced[] = [];
const listeners = new Set<() => void>();

function announced(event: Event): void {
  const { detail } = event as CustomEvent<Announced>;
  if (!detail?.info || !detail.provider) return;
  if (found.some(({ info }) => info.uuid === detail.info.uuid)) return;
  found = [...found, detail];
  for (const tell of listeners) tell();
}

function watch(changed: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('eip6963:announceProvider', announced);
  listeners.add(changed);
  window.dispatchEvent(new Event('eip6963:requestProvider'));
  return () => {
    listeners.delete(changed);
    if (listeners.size === 0) window.removeEventListener('eip6963:announceProvider', announced);
  };
}

/** What extensions have announced themselves on this page. */
export const useInjected = (): readonly Announced[] => useSyncExternalStore(watch, () => found);

/** Asks the extension for its account; its own window shows what is signed, besides ours. */
export async function connect({ info, provider }: Announced): Promise<Signer> {
  const [address] = await provider.request({ method: 'eth_requestAccounts' });
  if (!address) throw new Error('the wallet gave no account');
  const client = createWalletClient({ account: address, transport: custom(provider) });
  return {
    ...{ kind: 'injected', name: info.name, address },
    signMessage: (message) => client.signMessage({ message }),
    signTyped: (data) => client.signTypedData(data as Parameters<typeof client.signTypedData>[0]),
    transact: async ({ to, data }) => {
      await client.sendTransaction({ to, data, chain: null });
      return undefined;
    },
  };
}

/** Extensions answer when a page asks; one that was opened here may not have asked yet. */
async function heard(): Promise<readonly Announced[]> {
  const stop = watch(() => undefined);
  if (found.length === 0) await new Promise((done) => setTimeout(done, ANSWER_MS));
  stop();
  return found;
}
const ANSWER_MS = 150;

/** The signer of a bound address, where this browser has it. */
export async function signerFor(address: string): Promise<Signer | undefined> {
  const same = (one: string): boolean => one.toLowerCase() === address.toLowerCase();
  const demo = demoSigner();
  if (demo && same(demo.address)) return demo;
  for (const one of await heard()) {
    const accounts = await one.provider.request({ method: 'eth_accounts' });
    if (accounts.some(same)) return await connect(one);
  }
  return undefined;
}
