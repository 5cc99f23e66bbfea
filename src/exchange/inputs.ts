/** What requests of the exchange carry as text, as the use cases take it. */
import type { Static } from 'typebox';
import type { Hex } from 'viem';
import { type Fen, parseFen, Refused } from '#platform';
import type { PermitBody } from './delivery-schema.ts';
import type { Permit } from './trade.ts';

/** The schema has seen to the digits; what is too large for money is refused here. */
export function amountOf(text: string): Fen {
  const amount = parseFen(text);
  if (amount === undefined) throw new Refused('invalid_input');
  return amount;
}

export const permitOf = (given: Static<typeof PermitBody>): Permit => ({
  ...{ valueFen: amountOf(given.valueFen), deadline: given.deadline },
  signature: given.signature as Hex,
});
