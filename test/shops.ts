/** Recyclers for a test: who belongs to them, who is related, who is stopped. Their money is real, in the real ledger. */
import { HOUSE, houseOnly, type Recyclers } from '#auctions';
import { type Fen, fen, inTransaction, newId, Refused } from '#platform';
import { topUp } from '#settlement';
import type { Person, TestHouse } from './house.ts';

interface Known {
  readonly name: string;
  readonly members: ReadonlySet<string>;
  capFen: Fen;
  stopped: boolean;
  readonly related: Set<string>;
  readonly told: string[];
}

export interface Shops {
  readonly recyclers: Recyclers;
  /** A recycler of this person; gives its id. */
  admit(name: string, owner: Pick<Person, 'userId'>, capFen?: bigint): string;
  suspend(id: string): void;
  /** Same real name, device, licence or account. */
  relate(id: string, person: Pick<Person, 'userId'>): void;
  /** What it was told so far. */
  told(id: string): readonly string[];
}

export function smallShops(): Shops {
  const shops = new Map<string, Known>();
  const get = (id: string): Known => {
    const shop = shops.get(id);
    if (!shop) throw new Refused('not_found');
    return shop;
  };
  const view = (id: string) => {
    const { name, capFen } = get(id);
    return { id, name, capFen, isHouse: false };
  };
  return {
    recyclers: {
      find: async (reader, id) =>
        id === HOUSE ? await houseOnly.find(reader, id) : shops.has(id) ? view(id) : undefined,
      requireMember: async (_reader, { recyclerId, userId }) => {
        if (!get(recyclerId).members.has(userId)) throw new Refused('not_found');
        return view(recyclerId);
      },
      requireBidder: async (_reader, { recyclerId }) => {
        if (get(recyclerId).stopped) throw new Refused('recycler_not_active');
        return view(recyclerId);
      },
      isRelated: async (_reader, { recyclerId, userId }) => {
        const { members, related } = get(recyclerId);
        return members.has(userId) || related.has(userId);
      },
      tell: async (_tx, { recyclerId, what }) => void get(recyclerId).told.push(what),
    },
    admit: (name, { userId }, capFen = 10n ** 12n) => {
      const id = newId();
      const members = new Set([userId]);
      shops.set(id, {
        name,
        members,
        capFen: fen(capFen),
        stopped: false,
        related: new Set(),
        told: [],
      });
      return id;
    },
    suspend: (id) => {
      get(id).stopped = true;
    },
    told: (id) => get(id).told,
    relate: (id, { userId }) => void get(id).related.add(userId),
  };
}

/** Money for a wallet, the way it really comes: asked for at the bank, and credited on its word. */
export async function fill(test: TestHouse, recycler: string, amountFen: bigint): Promise<void> {
  const at = test.clock.now();
  const by = newId(at);
  await inTransaction(test.db, (tx) => topUp(tx, { recycler, amountFen: fen(amountFen), by, at }));
  await test.settle();
  await test.control('psp', '/control/settle', {});
  await test.settle();
}
