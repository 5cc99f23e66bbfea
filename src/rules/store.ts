/** SQL of the published regulations: a version is inserted once and never changes. */
import type { Reader, Tx } from '#platform';
import type { Regulation } from './regulations.ts';

export interface Published {
  readonly doc: Regulation;
  readonly publishedAt: Date;
}

export async function findDigest(
  reader: Reader,
  { id, version }: { id: string; version: number },
): Promise<Buffer | undefined> {
  const row = await reader
    .selectFrom('rules.regulation')
    .select('digest')
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.digest;
}

/** False when this version is there already. */
export async function insertRegulation(
  tx: Tx,
  { doc, digest, at }: { doc: Regulation; digest: Buffer; at: Date },
): Promise<boolean> {
  const row = await tx
    .insertInto('rules.regulation')
    .values({
      id: doc.id,
      version: doc.version,
      effective_from: doc.effectiveFrom,
      effective_to: doc.effectiveTo ?? null,
      doc: JSON.stringify(doc),
      digest,
      published_at: at,
    })
    .onConflict((on) => on.columns(['id', 'version']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function allRegulations(reader: Reader): Promise<Published[]> {
  const rows = await reader
    .selectFrom('rules.regulation')
    .select(['doc', 'published_at'])
    .orderBy('id')
    .orderBy('version')
    .execute();
  return rows.map((row) => ({
    doc: row.doc as unknown as Regulation,
    publishedAt: row.published_at,
  }));
}
