/** The statement of a lot or of one deal over a part of it. */
import type { Readable } from 'node:stream';
import type { Language, Reader } from '#platform';
import { type SheetFormat, statementFile } from './sheet.ts';
import { dealsOfLot, tranchesOf } from './store-deal.ts';

export async function statementOf(
  reader: Reader,
  asked: { lotId: string; partNo?: number; format: SheetFormat; language: Language },
): Promise<Readable> {
  const tranches = new Map<string, number>();
  for (const deal of await dealsOfLot(reader, asked.lotId))
    for (const { id, no } of await tranchesOf(reader, deal.id)) tranches.set(id, no);
  return await statementFile(reader, { ...asked, tranches });
}
