/** Keeps our balance check from being an oracle for thieves: wrong answers are counted, per person and per issuer. */
import { DAY, HOUR, MINUTE, plus, type Reader, Refused } from '#platform';
import { countBadOfIssuer, countBadOfUser, countUnverified } from './store.ts';

/** Wrong numbers or PINs one person may give for one issuer in a day. */
export const BAD_PER_DAY_MAX = 5;
/** Cards of one issuer that one person may have waiting for their first answer. */
export const UNVERIFIED_MAX = 50;
/** Wrong answers of one issuer an hour, whoever asks: a spray over many accounts. */
export const BAD_PER_ISSUER_HOUR_MAX = 300;

interface Asker {
  readonly userId: string;
  readonly issuerId: string;
  readonly at: Date;
}

/** Seconds to wait before this person may try this issuer again; 0 when they may now. */
export async function waitSeconds(reader: Reader, asker: Asker): Promise<number> {
  const { userId, issuerId, at } = asker;
  const since = plus(at, -DAY);
  const mine = await countBadOfUser(reader, { userId, issuerId, since });
  if (mine.count >= BAD_PER_DAY_MAX) {
    const free = plus(mine.oldest ?? at, DAY);
    return Math.max(60, Math.ceil((free.getTime() - at.getTime()) / 1_000));
  }
  const all = await countBadOfIssuer(reader, { issuerId, since: plus(at, -HOUR) });
  return all >= BAD_PER_ISSUER_HOUR_MAX ? (10 * MINUTE) / 1_000 : 0;
}

/** Refused too_many. Called before a card is sealed, so that a guess never reaches the issuer. */
export async function refuseGuessing(reader: Reader, asker: Asker): Promise<void> {
  const seconds = await waitSeconds(reader, asker);
  if (seconds > 0) throw new Refused('too_many', { seconds });
  const waiting = await countUnverified(reader, asker);
  if (waiting >= UNVERIFIED_MAX) throw new Refused('too_many', { seconds: 600 });
}
