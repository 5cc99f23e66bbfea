/** A party by its verified name and number, for papers that the law asks for. */
import { type Keys, type Reader, Secret } from '#platform';
import { findCompany } from './recycler/recycler.ts';
import { verifiedCheck } from './store-affairs.ts';

/** Undefined: never verified, or erased. */
export async function identityOf(
  reader: Reader,
  keys: Keys,
  { kind, id }: { kind: 'person' | 'entity'; id: string },
): Promise<{ name: Secret; number: Secret } | undefined> {
  if (kind === 'entity') {
    const company = await findCompany(reader, id);
    return company && { name: new Secret(company.name), number: new Secret(company.creditCode) };
  }
  const check = await verifiedCheck(reader, id);
  if (!check?.nameSealed || !check.idSealed) return undefined;
  return {
    name: new Secret(keys.open('real_name', check.nameSealed, check.id)),
    number: new Secret(keys.open('id_number', check.idSealed, check.id)),
  };
}
