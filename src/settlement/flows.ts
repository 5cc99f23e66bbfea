/** Whose money came into or left the custody account: what the ledger booked, with the party behind each line. */
import { type Fen, fen, type Reader } from '#platform';
import { firstMovement, partiesBetween } from './bank_store.ts';
import { entriesIn } from './reconcile.ts';
import { recyclerOfPayee } from './recycler/domain.ts';

export interface Flow {
  readonly partyKind: 'person' | 'entity';
  readonly partyId: string;
  readonly way: 'in' | 'out';
  readonly amountFen: Fen;
  readonly at: Date;
  /** Our number at the bank. */
  readonly outNo: string;
  readonly kind: 'transfer' | 'collection' | 'pay_in' | 'refund';
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export { firstMovement as firstFlow };

/** By time of booking, `to` not included. Our own money is nobody's; what the bank sent back moved for nobody either. */
export async function flowsBetween(
  reader: Reader,
  { from, to }: { from: Date; to: Date },
): Promise<Flow[]> {
  const booked = new Map<string, { amount: bigint; at: Date }>();
  for (const { kind, ref, amount, at } of await entriesIn(reader, from, to)) {
    const name = `${kind} ${ref}`;
    booked.set(name, { amount: (booked.get(name)?.amount ?? 0n) + amount, at });
  }
  return (await partiesBetween(reader, { from, to })).flatMap((line) => {
    const entry = booked.get(line.name);
    const party = partyOf(line.party, line.kind === 'collection');
    if (!entry || !party) return [];
    // Money out brings the account of the bank up to zero, money in takes it further below.
    const way = entry.amount > 0n ? ('out' as const) : ('in' as const);
    const amountFen = fen(entry.amount < 0n ? -entry.amount : entry.amount);
    return { ...party, way, amountFen, at: entry.at, outNo: line.outNo, kind: line.kind };
  });
}

/** A company is named by its recycler, or by its charity. */
function partyOf(
  payee: string,
  isRecycler: boolean,
): Pick<Flow, 'partyKind' | 'partyId'> | undefined {
  const charity = payee.startsWith('charity.') ? payee.slice('charity.'.length) : undefined;
  const company = recyclerOfPayee(payee) ?? charity ?? (isRecycler ? payee : undefined);
  const partyId = company ?? payee;
  if (!UUID.test(partyId)) return undefined;
  return { partyKind: company === undefined ? 'person' : 'entity', partyId };
}
