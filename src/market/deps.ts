/** What the market is given by the one file that knows every room. */
import type { IssuerDeps } from '#cards';
import type { Clock, Db, Keys, Live } from '#platform';

export interface MarketDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly cards: IssuerDeps;
}
export interface MarketRoutesDeps extends MarketDeps {
  readonly live: Live;
}
