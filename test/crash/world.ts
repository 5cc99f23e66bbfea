/** What the clients of a crash test send: transfers of every kind, good and bad, a stream that all of them share. */
import assert from 'node:assert/strict';
import { type AccountId, accountIds, type Transfer, type TransferKind } from '#ledger';
import { DAY, type Db, newId, plus } from '#platform';
import { type Chance, chance } from '../../src/demo-people.ts';

const USERS = 40;
/** Rich at the start, so that a later refusal is because of what happened, not because all are poor. */
const FUNDS_EACH = 5_000n;
const CODE = 1;
const AT = new Date('2026-03-02T02:00:00Z');

/** Sent in one batch: a transfer alone, or the transfers of a chain. */
export type Unit = readonly Transfer[];

export interface World {
  readonly accounts: readonly AccountId[];
  readonly units: readonly Unit[];
}

interface Places {
  readonly users: readonly AccountId[];
  readonly custody: AccountId;
  readonly escrow: AccountId;
  readonly seller: AccountId;
  readonly fee: AccountId;
}

/** `count` units after the funding. The same seed gives the same stream, but for the ids. */
export async function makeWorld(
  db: Db,
  { seed, count }: { seed: number; count: number },
): Promise<World> {
  const names = Array.from({ length: USERS }, (_, index) => `WALLET:crash-${seed}-${index}`);
  const fixed = [`CUSTODY:crash-${seed}`, `ESCROW:crash-${seed}`, `PAYABLE:crash-${seed}`, 'FEE'];
  const ids = await accountIds(db, [...names, ...fixed]);
  const [custody, escrow, seller, fee] = ids.slice(USERS);
  assert(custody && escrow && seller && fee);
  const places = { users: ids.slice(0, USERS), custody, escrow, seller, fee };
  const dice = chance(seed);
  const units: Unit[] = places.users.map((user) => [one('post', custody, user, FUNDS_EACH)]);
  const open: Transfer[] = [];
  while (units.length < USERS + count) units.push(draw(dice, places, units, open));
  return { accounts: ids, units };
}

function one(kind: TransferKind, debit: AccountId, credit: AccountId, amount: bigint): Transfer {
  return { id: newId(AT), kind, debit, credit, amount, code: CODE, at: AT };
}

/** Of a hundred: 30 payments, 18 top-ups, 14 holds, 16 closings, 10 chains, 12 that are wrong in themselves. */
function draw(dice: Chance, places: Places, sent: readonly Unit[], open: Transfer[]): Unit {
  const { custody, escrow, users } = places;
  const user = dice.pick(users);
  const roll = dice.within(0, 99);
  if (roll < 30) return [one('post', user, escrow, BigInt(dice.within(1, 1_500)))];
  if (roll < 48) return [one('post', custody, user, BigInt(dice.within(1, 900)))];
  if (roll < 62) {
    const hold = one('hold', user, escrow, BigInt(dice.within(1, 900)));
    open.push(hold);
    return [{ ...hold, expiresAt: plus(AT, dice.within(0, 9) === 0 ? 0 : DAY) }];
  }
  if (roll < 78 && open.length > 0) return [closing(dice, dice.pick(open))];
  if (roll < 88) return chain(dice, places);
  return [wrong(dice, places, dice.pick(sent))];
}

/** Of any hold so far, refused or closed ones too; now and then for more than was held. */
function closing(dice: Chance, hold: Transfer): Transfer {
  const kind = dice.within(0, 2) === 0 ? 'void' : 'capture';
  const amount = kind === 'void' ? hold.amount : (hold.amount * BigInt(dice.within(1, 110))) / 100n;
  return { ...one(kind, hold.debit, hold.credit, amount), pendingId: hold.id };
}

/** Escrow to seller, fee and somebody: all or none. Often escrow has too little for the last one. */
function chain(dice: Chance, { escrow, seller, fee, users }: Places): Unit {
  const price = BigInt(dice.within(100, 4_000));
  const legs = [
    one('post', escrow, seller, price),
    one('post', escrow, fee, price / 50n + 1n),
    one('post', dice.within(0, 3) === 0 ? dice.pick(users) : escrow, dice.pick(users), price),
  ];
  return legs.map((leg, index) => ({ ...leg, linked: index < legs.length - 1 }));
}

function wrong(dice: Chance, { custody, users }: Places, [earlier]: Unit): Transfer {
  const user = dice.pick(users);
  const again = earlier && !earlier.linked ? earlier : one('post', custody, user, 1n);
  switch (dice.within(0, 4)) {
    case 0:
      return again;
    case 1:
      return { ...again, amount: again.amount + 1n };
    case 2:
      return one('post', user, user, 5n);
    case 3:
      return one('post', custody, user, 0n);
    default:
      return one('post', custody, 1_000_000_007n, 5n);
  }
}
