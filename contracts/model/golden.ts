/**
 * One message of each kind with telling values, and what EIP-712 makes of it by viem: type hash and struct hash, which
 * no chain or address changes. `node contracts/model/golden.ts` writes golden.json, which forge and TypeScript read.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Hex, hashStruct, hashTypedData, keccak256, stringToHex } from 'viem';
import { EXCHANGE_TYPES } from '../typed-data.ts';
import { type Address, MESSAGES, type MessageName, TYPES } from './messages.ts';

export interface Golden {
  readonly type: MessageName;
  readonly typeHash: Hex;
  readonly message: Readonly<Record<string, string | boolean>>;
  readonly structHash: Hex;
}
const FILE = join(import.meta.dirname, 'golden.json');

/** A value of this type that no other field of the message has: a swapped field is seen. */
function telling(type: string, place: number): string | boolean {
  if (type === 'bool') return true;
  if (type === 'address') return `0x${String(place + 11).repeat(20)}`;
  if (type === 'bytes32') return `0x${String(place + 51).repeat(32)}`;
  if (type === 'uint8') return '1';
  const bits = BigInt(type.slice(4));
  return String(2n ** bits - 1n - BigInt(place));
}

function goldenOf(type: MessageName): Golden {
  const fields = EXCHANGE_TYPES[type];
  const text = `${type}(${fields.map((field) => `${field.type} ${field.name}`).join()})`;
  const message = Object.fromEntries(fields.map(({ name, type: t }, i) => [name, telling(t, i)]));
  const types = { [type]: fields };
  const structHash = hashStruct({ data: message, types, primaryType: type });
  return { type, typeHash: keccak256(stringToHex(text)), message, structHash };
}

export const golden = (): Golden[] => MESSAGES.map(goldenOf);
export const goldenText = (): string => `${JSON.stringify(golden(), null, 2)}\n`;
export const committed = (): string => readFileSync(FILE, 'utf8');

/** What a wallet signs of a golden message for this contract on this chain. */
export function digestOf({ type, message }: Golden, chainId: number, contract: Address): Hex {
  return hashTypedData({
    domain: { name: 'Huiquan Exchange', version: '1', chainId, verifyingContract: contract },
    types: { [type]: TYPES[type] },
    primaryType: type,
    message,
  });
}

if (process.argv[1] === import.meta.filename) writeFileSync(FILE, goldenText());
