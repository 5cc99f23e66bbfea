/**
 * Routes of split cards: what is split, into what, and what a holder has of it. Splitting, passing on, buying out, uniting
 * and cashing are the wallets' own transactions (POST /v1/exchange/transactions).
 */
import { type Static, Type } from 'typebox';
import { type App, Body, callerOf, Problem, type Reader, Refused } from '#platform';
import { AmountText, BalanceText } from '#platform/schema';
import type { ChainDeps } from './deps.ts';
import { type FractionRow, findFraction, listFractions, sharesIn } from './fraction-store.ts';
import { AddressText, TokenView, Word } from './schema.ts';
import { tokenBy, walletsOf } from './store.ts';
import { tokenView } from './view.ts';

const tags = ['exchange'];
const no = { '4xx': Problem };
const OnShare = Body({ id: Word });
const LIST_MAX = 50;
const HOLDERS_SHOWN = 50;

const FractionView = Type.Object({
  /** The contract's share id. */
  id: Word,
  token: TokenView,
  state: Type.Enum(['split', 'bought_out', 'united']),
  supply: AmountText,
  /** The price at which anybody admitted may take the whole card. */
  floorFen: Type.String(),
  /** What the shares divide among them, fee off; once bought out. */
  proceedsFen: Type.Optional(BalanceText),
  holders: Type.Array(
    Type.Object({
      address: AddressText,
      shares: BalanceText,
      cashedFen: BalanceText,
      /** By one of the viewer's wallets. */
      mine: Type.Boolean(),
      /** What `cash` pays for them, rounded down; the last takes the remainder. */
      cashFen: Type.Optional(BalanceText),
    }),
  ),
});
const FractionList = Type.Object({ items: Type.Array(FractionView) });

async function viewOf(
  reader: Reader,
  of: FractionRow,
  viewer: string | undefined,
): Promise<Static<typeof FractionView> | undefined> {
  const token = await tokenBy(reader, of.token_id);
  if (!token) return undefined;
  const mine = new Set(
    viewer === undefined ? [] : (await walletsOf(reader, viewer)).map(({ address }) => address),
  );
  const rows = await sharesIn(reader, of.share_id);
  const shown = rows.filter(({ holder }, place) => place < HOLDERS_SHOWN || mine.has(holder));
  const { proceeds_fen: proceeds, supply } = of;
  return {
    ...{ id: of.share_id, token: await tokenView(reader, token, viewer), state: of.state },
    ...{ supply: String(supply), floorFen: String(of.floor_fen) },
    ...(proceeds !== null && { proceedsFen: String(proceeds) }),
    holders: shown.map(({ holder, amount, cashed_fen: cashed }) => ({
      ...{ address: holder, shares: String(amount), cashedFen: String(cashed) },
      mine: mine.has(holder),
      ...(proceeds !== null && { cashFen: String((proceeds * amount) / supply) }),
    })),
  };
}

export function fractionRoutes(app: App, { db }: ChainDeps): void {
  const all = async (rows: FractionRow[], viewer: string | undefined) => {
    const views = await Promise.all(rows.map((row) => viewOf(db, row, viewer)));
    return { items: views.filter((one) => one !== undefined) };
  };
  app.get(
    '/v1/exchange/fractions',
    {
      config: { access: 'public' },
      schema: {
        ...{ tags, summary: 'Cards that are split into shares, newest first.' },
        response: { 200: FractionList, ...no },
      },
    },
    async (request) =>
      await all(await listFractions(db, { limit: LIST_MAX }), request.caller?.userId),
  );
  app.get(
    '/v1/exchange/my/fractions',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Split cards of which my wallets hold or held shares.' },
        response: { 200: FractionList, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const holders = (await walletsOf(db, userId)).map(({ address }) => address);
      if (holders.length === 0) return { items: [] };
      return await all(await listFractions(db, { holders, limit: LIST_MAX }), userId);
    },
  );
  app.get(
    '/v1/exchange/fractions/:id',
    {
      config: { access: 'public' },
      schema: {
        ...{ tags, summary: 'A split card: its shares, who holds them, what they are worth.' },
        ...{ params: OnShare, response: { 200: FractionView, ...no } },
      },
    },
    async (request) => {
      const found = await findFraction(db, request.params.id);
      const view = found && (await viewOf(db, found, request.caller?.userId));
      if (!view) throw new Refused('not_found');
      return view;
    },
  );
}
