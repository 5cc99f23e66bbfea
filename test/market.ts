/** People on the market for a test: list, buy, pay and look over the API of the whole house. */
import assert from 'node:assert/strict';
import { trialBalance } from '#ledger';
import type { MadeCard, State } from '../simulators/issuer/index.ts';
import { type Common, openTestHouse, type Person, type TestHouse } from './house.ts';

export interface Market extends TestHouse {
  /** A draft as a body; `over` replaces fields. */
  body(sku: string, over?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Listed and, where it is vaulted, checked; gives what the seller saw last. */
  list(
    seller: Person,
    options?: {
      sku?: string;
      state?: State;
      delivery?: 'vault' | 'seller' | 'mail';
      over?: Record<string, unknown>;
      card?: MadeCard;
    },
  ): Promise<{ listing: Common; card: MadeCard }>;
  buy(buyer: Person, listing: Common, over?: Record<string, unknown>): Promise<Common>;
  /** The payer pays at the institution, which tells us. */
  pay(order: Common): Promise<void>;
  /** From `ready` to the secret. */
  see(buyer: Person, order: Common): Promise<{ number: string; pin?: string }>;
  order(as: Person, id: unknown): Promise<Common>;
  listing(as: Person, id: unknown): Promise<Common>;
  act(as: Person, what: string, id: unknown, body?: unknown): Promise<Common & { status: number }>;
  /** By the database, when everybody's session is long over. */
  stateOf(id: unknown): Promise<string>;
  /** Sum over all accounts, and what is in escrow. */
  books(): Promise<{ total: bigint; escrow: bigint }>;
}

/** A card whose issuer only answers questions: it cannot be locked or re-issued. */
export const ASK_ONLY = 'huiyu-ecard';

export async function openMarket(
  t: { after(work: () => Promise<void>): void },
  options: Parameters<typeof openTestHouse>[1] = {},
): Promise<Market> {
  return marketIn(await openTestHouse(t, options));
}

/** The same in a house that is open already, such as the one behind a browser. */
export function marketIn(house: TestHouse): Market {
  const { http, pool } = house;
  const body: Market['body'] = async (sku, over = {}) => {
    const product = (await http(undefined, 'GET', `/v1/products/${sku}`)).body;
    const faces = product['denominationsFen'] as string[];
    const faceFen = faces[0] ?? '';
    return {
      ...{ sku, faceFen, delivery: 'vault', title: '闲置礼品卡转让', note: '年会抽奖所得' },
      priceFen: String((BigInt(faceFen) * 9n) / 10n),
      restrictions: product['restrictions'],
      ...over,
    };
  };
  const act: Market['act'] = async (as, what, id, payload = {}) => {
    const { status, body: seen } = await http(
      as,
      'POST',
      `/v1/market/${what.replace(':id', String(id))}`,
      payload,
    );
    return { ...seen, status };
  };
  const read = async (as: Person, path: string) => (await http(as, 'GET', path)).body;
  const market: Market = {
    ...{ ...house, body, act },
    order: (as, id) => read(as, `/v1/market/orders/${id}`),
    listing: (as, id) => read(as, `/v1/market/my/listings/${id}`),
    list: async (
      seller,
      { sku = 'weihe-gift', state, delivery = 'vault', over, card: given } = {},
    ) => {
      const draft = await act(seller, 'listings', '', await body(sku, { delivery, ...over }));
      assert.equal(draft.status, 201, JSON.stringify(draft));
      const card = given ?? house.card(sku, state, BigInt(String(draft['faceFen'])));
      if (delivery !== 'vault')
        return { listing: await act(seller, 'listings/:id/publish', draft.id), card };
      const { number, pin } = card;
      const sealed = await act(seller, 'listings/:id/card', draft.id, {
        number,
        ...(pin !== undefined && { pin }),
      });
      assert.equal(sealed.status, 200, JSON.stringify(sealed));
      await house.settle();
      return { listing: await market.listing(seller, draft.id), card };
    },
    buy: async (buyer, listing, over = {}) =>
      await act(buyer, 'orders', '', {
        ...{ listingId: listing.id, maxPriceFen: listing['priceFen'], channel: 'alipay' },
        ...over,
      }),
    pay: async (order) => {
      await house.settle();
      const { rows } = await pool.query<{ out_no: string }>(
        'select out_no from settlement.pay_in where subject = $1',
        [order['basketId'] ?? order.id],
      );
      await house.control('psp', '/control/pay', { outNo: rows[0]?.out_no });
      await house.settle();
    },
    see: async (buyer, { id }) => {
      await act(buyer, 'orders/:id/waive', id, { version: 1 });
      const asked = await act(buyer, 'orders/:id/look', id);
      assert.equal(asked.status, 200, JSON.stringify(asked));
      await house.settle();
      const shown = await act(buyer, 'orders/:id/reveal', id);
      assert.equal(shown.status, 200, JSON.stringify(shown));
      await house.settle();
      return shown as unknown as { number: string; pin?: string };
    },
    stateOf: async (id) => {
      const { rows } = await pool.query('select state from process.instance where id = $1', [id]);
      return rows[0]?.state;
    },
    books: async () => {
      const { classes, debit, credit } = await trialBalance(house.db);
      const escrow = classes.find((one) => one.class === 'ESCROW')?.balance ?? 0n;
      return { total: credit - debit, escrow };
    },
  };
  return market;
}
