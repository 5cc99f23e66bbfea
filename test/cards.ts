/** Cards for tests: a database with the catalogue, keys of their own, and the real issuer simulator over HTTP. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  findProduct,
  type IssuerDeps,
  issuerGateway,
  parseCard,
  publishCatalogue,
  sealCard,
} from '#cards';
import { type Fen, fen, fileKeys, inTransaction, type Keys, newId, Refused } from '#platform';
import {
  type MadeCard,
  makeCard,
  type State,
  startIssuerSimulator,
} from '../simulators/issuer/index.ts';
import { freshDatabase, type TestDatabase } from './database.ts';

export const AT = new Date('2026-11-20T03:00:00Z');

export interface CardBench extends TestDatabase {
  keys: Keys;
  keyPath: string;
  deps: IssuerDeps;
  simulatorUrl: string;
  /** A card of the simulator's world, never the same twice unless `serial` is named. */
  make(sku: string, options?: { state?: State; faceFen?: bigint; serial?: number }): MadeCard;
  /** Parses and seals as a seller would; another face than the true one may be declared. */
  seal(
    card: MadeCard,
    options?: { userId?: string; faceFen?: Fen; pin?: string; expiresOn?: string; at?: Date },
  ): Promise<string>;
  control(path: string, body: object): Promise<void>;
  /** How many requests of each kind the issuers carried out. */
  done(): Promise<Record<string, number>>;
}

export async function cardBench(t: Pick<TestContext, 'after'>): Promise<CardBench> {
  const database = await freshDatabase(t);
  const { db } = database;
  const simulator = await startIssuerSimulator({ secret: 'test' });
  const folder = mkdtempSync(join(tmpdir(), 'huiquan-keys-'));
  t.after(async () => {
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const keyPath = join(folder, 'keys.json');
  const keys = fileKeys(keyPath);
  await publishCatalogue(db, AT);
  const issuers = issuerGateway({ url: simulator.url, secret: 'test', timeoutMs: 5_000 });
  let serial = 0;
  return {
    ...database,
    keys,
    keyPath,
    deps: { db, keys, issuers },
    simulatorUrl: simulator.url,
    make: (sku, options = {}) => makeCard(sku, { serial: serial++, ...options }),
    seal: async (card, options = {}) => {
      const product = await findProduct(db, card.sku);
      assert(product);
      const pin = options.pin ?? card.pin;
      const parsed = parseCard(product, { number: card.number, pin });
      if (!parsed.ok) throw new Refused(parsed);
      const { cardId } = await inTransaction(db, (tx) =>
        sealCard(tx, {
          keys,
          product,
          userId: options.userId ?? newId(AT),
          number: parsed.number,
          pin: parsed.pin,
          faceFen: options.faceFen ?? fen(BigInt(card.faceFen)),
          expiresOn: options.expiresOn,
          at: options.at ?? AT,
        }),
      );
      return cardId;
    },
    control: async (path, body) => {
      const reply = await fetch(`${simulator.url}/control/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      assert.equal(reply.status, 200);
    },
    done: async () => {
      const reply = await fetch(`${simulator.url}/control/state`);
      return ((await reply.json()) as { done: Record<string, number> }).done;
    },
  };
}
