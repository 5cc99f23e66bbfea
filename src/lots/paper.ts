/** The document vault of a lot: photos are encoded anew, PDF files kept as they came; each sealed under its own key. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  cleanPhoto,
  type Db,
  inTransaction,
  type Keys,
  newId,
  notify,
  type Reader,
  Refused,
  sealPhoto,
  sha256,
  type Tx,
  UPLOAD_BYTES_MAX,
  unsealPhoto,
} from '#platform';
import { lotTopic, noteLot, type OnLot, takeOwn } from './lot.ts';
import { insertPaper, lockOldKeys, papersOf, readPaper, saveWrapped } from './store.ts';

const PAPERS_MAX = 20;

export interface CleanPaper {
  readonly media: 'image/webp' | 'application/pdf';
  readonly bytes: Buffer;
}

/** By the first bytes, never by name. Refuses what `cleanPhoto` does, and too_large. */
export async function uploadedPaper(request: FastifyRequest): Promise<CleanPaper> {
  if (!request.isMultipart()) throw new Refused('image_not_supported');
  const file = await request.file({ limits: { fileSize: UPLOAD_BYTES_MAX } });
  if (!file) throw new Refused('image_unreadable');
  const bytes = await file.toBuffer().catch((error: { code?: string }) => {
    if (error.code === 'FST_REQ_FILE_TOO_LARGE') throw tooLarge();
    throw error;
  });
  if (file.file.truncated) throw tooLarge();
  if (bytes.subarray(0, 5).toString('latin1') === '%PDF-')
    return { media: 'application/pdf', bytes };
  return { media: 'image/webp', bytes: (await cleanPhoto(bytes)).webp };
}
const tooLarge = (): Refused => new Refused('too_large', { maxMb: UPLOAD_BYTES_MAX / 1024 / 1024 });

const placeOf = (lotId: string, paperId: string): string => `lots/${lotId}/paper/${paperId}`;

export async function addPaper(
  tx: Tx,
  input: OnLot & { keys: Keys; kind: 'authorisation' | 'purchase'; paper: CleanPaper },
): Promise<void> {
  const { keys, kind, paper, at, ...on } = input;
  const { id: lotId, state } = await takeOwn(tx, on);
  if (state !== 'draft' && state !== 'papers') throw new Refused('wrong_state', { state });
  if ((await papersOf(tx, lotId)).length >= PAPERS_MAX)
    throw new Refused('lot_papers_full', { max: PAPERS_MAX });
  const id = newId(at);
  const digest = sha256(paper.bytes);
  await insertPaper(tx, {
    ...{ id, lot_id: lotId, kind, media: paper.media, digest, added_by: on.userId, at },
    ...sealPhoto(keys, paper.bytes, placeOf(lotId, id)),
  });
  const data = { paperId: id, kind, by: on.userId };
  await noteLot(tx, lotId, { type: 'lots.paper', data, at });
  notify(tx, lotTopic(lotId));
}

/** As a file to save: a PDF of a stranger is not run inside our own page. */
export async function openPaper(
  reply: FastifyReply,
  { db, keys }: { db: Reader; keys: Keys },
  asked: { lotId: string; paperId: string },
): Promise<FastifyReply> {
  const paper = await readPaper(db, asked);
  if (!paper) throw new Refused('not_found');
  const bytes = unsealPhoto(keys, paper, placeOf(paper.lot_id, paper.id));
  const isPdf = paper.media === 'application/pdf';
  return reply
    .type(paper.media)
    .header('content-security-policy', "sandbox; default-src 'none'")
    .header('content-disposition', isPdf ? `attachment; filename="${paper.kind}.pdf"` : 'inline')
    .send(bytes);
}

const BATCH = 200;

/** After a rotation: keys of papers and uploads are wrapped anew, without touching what they open. */
export async function rewrapPapers(db: Db, keys: Keys): Promise<number> {
  for (let done = 0; ; ) {
    const batch = await inTransaction(db, async (tx) => {
      const rows = await lockOldKeys(tx, { kekId: keys.kekId, limit: BATCH });
      for (const { table, id, kekId, wrapped } of rows) {
        const dataKey = keys.unwrap(kekId, wrapped);
        await saveWrapped(tx, { table, id, kekId: keys.kekId, wrapped: keys.wrap(dataKey) });
        dataKey.fill(0);
      }
      return rows.length;
    });
    done += batch;
    if (batch === 0) return done;
  }
}
