/** The shapes that every room's schemas are made of; free of server code, so that the web may read it. */
import { type TObject, type TProperties, type TSchema, Type } from 'typebox';

/** An object that refuses fields it does not name. For everything that comes in. */
export const Body = <T extends TProperties>(properties: T): TObject<T> =>
  Type.Object(properties, { additionalProperties: false });
/** Fen as a decimal string: JSON numbers lose exactness above 2^53. Below FEN_MAX, so that whatever fits is money. */
export const FenText = Type.String({
  pattern: '^(0|-?[1-9][0-9]{0,14})$',
  description: 'Fen, a decimal string',
});
export const AmountText = Type.String({
  pattern: '^[1-9][0-9]{0,14}$',
  description: 'Fen above zero, a decimal string',
});
/** What a card may hold. */
export const BalanceText = Type.String({
  pattern: '^(0|[1-9][0-9]{0,14})$',
  description: 'Fen, zero or more, a decimal string',
});
export const Id = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
});
export const Day = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' });
export const Instant = Type.String({ description: 'RFC 3339' });
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.Optional(Type.String()),
    remedy: Type.Optional(Type.String()),
    instance: Type.Optional(Type.String()),
    params: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]))),
    allowedTransitions: Type.Optional(Type.Array(Type.String())),
    fields: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  },
  { $id: 'Problem', description: 'RFC 9457' },
);

/** One page of a list, newest first; `next` is the cursor of the page after it: the id of the last row. */
export const Page = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next: Type.Optional(Type.String()) });
export const PageQuery = {
  cursor: Type.Optional(Id),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
};
