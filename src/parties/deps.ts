/** What this room is given from outside, and the doors through which other rooms take part in export and erasure. */
import type { Clock, Config, Db, Keys, Live, Reader, Tx } from '#platform';

/** What a room holds on a person, as JSON; it goes into the export under the room's name. */
export type Exporter = (reader: Reader, userId: string) => Promise<unknown>;

/** Why something stays after erasure, in words for the person. */
export interface Kept {
  readonly zh: string;
  readonly en: string;
}
/** Clears what a room holds on a person and says what the law makes it keep without the name. */
export type Eraser = (tx: Tx, userId: string, at: Date) => Promise<readonly Kept[]>;

export interface PartiesDeps {
  readonly db: Db;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly config: Config;
  /** Without it there is no live page of one's own account. */
  readonly live?: Live;
  readonly exporters?: Readonly<Record<string, Exporter>>;
  readonly erasers?: Readonly<Record<string, Eraser>>;
  /** False while orders or payments of this person are open. */
  readonly mayErase?: (tx: Tx, userId: string) => Promise<boolean>;
}
