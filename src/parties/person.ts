/** Persons by their number: found or made, and the number opened again for those who must reach them. */
import { type Keys, newId, type Reader, Refused, Secret, type Tx } from '#platform';
import { parsePhone } from './domain.ts';
import { findByPrint, findPerson, type Person, personOfPhone } from './store.ts';

export const printOf = (keys: Keys, phone: string): Buffer => keys.fingerprint('phone', phone);
const bound = (personId: string): string => `person/${personId}`;

/** The 11 digits; refuses phone_invalid. */
export function requirePhone(text: string): string {
  const phone = parsePhone(text);
  if (phone === undefined) throw new Refused('phone_invalid');
  return phone;
}

/** The person behind a number, made at first sight. The same call serves old and new: neither can be told apart. */
export async function signUp(
  tx: Tx,
  { keys, phone, at }: { keys: Keys; phone: string; at: Date },
): Promise<string> {
  const digits = requirePhone(phone);
  const known = await findByPrint(tx, printOf(keys, digits));
  if (known !== undefined) return known;
  const id = newId(at);
  const sealed = keys.seal('phone', digits, bound(id));
  return await personOfPhone(tx, { id, print: printOf(keys, digits), sealed, at });
}

export const openPhone = (keys: Keys, person: Person): Secret =>
  new Secret(keys.open('phone', person.phoneSealed, bound(person.id)));

/** Undefined for who erased the account. */
export async function phoneOf(
  reader: Reader,
  { keys, userId }: { keys: Keys; userId: string },
): Promise<Secret | undefined> {
  const person = await findPerson(reader, userId);
  return person && openPhone(keys, person);
}

/** When they signed up; undefined for who erased the account. */
export const joinedAt = async (reader: Reader, userId: string): Promise<Date | undefined> =>
  (await findPerson(reader, userId))?.createdAt;

export async function findUser(
  reader: Reader,
  { keys, phone }: { keys: Keys; phone: string },
): Promise<string | undefined> {
  return await findByPrint(reader, printOf(keys, requirePhone(phone)));
}
