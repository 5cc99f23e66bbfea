/** A statement as a stream of bytes, for whoever may read the account. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Db } from '#platform';
import { type ExportInput, exportStatement } from './export.ts';

/** Written to a file first, so that a slow reader keeps no transaction open; gone once it is being read. */
export async function statementFile(db: Db, input: Omit<ExportInput, 'file'>): Promise<Readable> {
  const folder = await mkdtemp(join(tmpdir(), 'huiquan-statement-'));
  try {
    const file = join(folder, `statement.${input.format}`);
    await exportStatement(db, { ...input, file });
    const handle = await open(file);
    return handle.createReadStream();
  } finally {
    await rm(folder, { recursive: true });
  }
}
