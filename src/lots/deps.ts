/** What lots are given by the one file that knows every room. */
import type { IssuerDeps } from '#cards';
import type { Clock, Db, Fen, Keys, Live, Reader, Tx } from '#platform';

/** Told in the transaction in which it happens: ids, codes and amounts only. */
export type LotNews = (
  tx: Tx,
  news: {
    recycler: string;
    type: 'lot.awarded' | 'lot.tranche_delivered' | 'lot.tranche_settled' | 'lot.disputed';
    data: Readonly<Record<string, string>>;
    at: Date;
  },
) => Promise<unknown>;

export interface LotDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly cards: IssuerDeps;
  /** What the house takes of an amount that a seller is paid. */
  readonly feesOf: (reader: Reader, at: Date) => Promise<(amount: Fen) => Fen>;
  readonly news: LotNews;
}
export interface LotRoutesDeps extends LotDeps {
  readonly live: Live;
}
