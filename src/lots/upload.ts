/** The file on its way in: pieces that may be sent again, each sealed under the lot's own key; nothing of it stays. */
import { createHash, randomBytes } from 'node:crypto';
import { decrypt, encrypt, type Keys, type Reader, Refused, type Tx } from '#platform';
import { formatOf } from './file/read.ts';
import { FILE_BYTES_MAX } from './file/row.ts';
import { type OnLot, step, takeOwn } from './lot.ts';
import { type Lot, openUpload, pieceSizes, putPiece, readPiece, readUpload } from './store.ts';

export const PIECE_BYTES_MAX = 1024 * 1024;
export const PIECES_MAX = FILE_BYTES_MAX / PIECE_BYTES_MAX;
export const IMPORT = 'lots.import';

const placeOf = (lotId: string, no: number): string => `lots/${lotId}/piece/${no}`;

/** Piece 0 begins a file and forgets an earlier one. Refuses lot_file_too_large and wrong_state. */
export async function takePiece(
  tx: Tx,
  { keys, no, bytes, ...on }: OnLot & { keys: Keys; no: number; bytes: Buffer },
): Promise<Lot> {
  const lot = await takeOwn(tx, on);
  const { id: lotId, state } = lot;
  if (state !== 'draft') throw new Refused('wrong_state', { state });
  if (bytes.length === 0) throw new Refused('lot_file_empty');
  if (no >= PIECES_MAX || bytes.length > PIECE_BYTES_MAX)
    throw new Refused('lot_file_too_large', { maxMb: FILE_BYTES_MAX / PIECE_BYTES_MAX });
  if (no === 0) {
    const dataKey = randomBytes(32);
    await openUpload(tx, { lotId, kekId: keys.kekId, wrappedKey: keys.wrap(dataKey), at: on.at });
    dataKey.fill(0);
  }
  const dataKey = await keyOf(tx, keys, lotId);
  const sealed = encrypt(dataKey, bytes, placeOf(lotId, no));
  dataKey.fill(0);
  await putPiece(tx, { lotId, no, bytes: bytes.length, sealed });
  return lot;
}

async function keyOf(reader: Reader, keys: Keys, lotId: string): Promise<Buffer> {
  const upload = await readUpload(reader, lotId);
  if (!upload) throw new Refused('lot_file_incomplete', { bytes: 0 });
  return keys.unwrap(upload.kekId, upload.wrappedKey);
}

/** How much has arrived without a gap: where an upload that broke goes on. */
export async function received(reader: Reader, lotId: string): Promise<number> {
  let bytes = 0;
  let next = 0;
  for (const piece of await pieceSizes(reader, lotId)) {
    if (piece.no !== next++) break;
    bytes += piece.bytes;
  }
  return bytes;
}

/** All is here. Refuses lot_file_incomplete, lot_file_known, lot_file_old. */
export async function completeFile(
  tx: Tx,
  { keys, bytes, ...on }: OnLot & { keys: Keys; bytes: number },
): Promise<Lot> {
  const lot = await takeOwn(tx, on);
  if (lot.state !== 'draft') throw new Refused('wrong_state', { state: lot.state });
  const here = await received(tx, lot.id);
  if (here !== bytes) throw new Refused('lot_file_incomplete', { bytes: here });
  const file = await fileOf(tx, keys, lot.id);
  const digest = createHash('sha256').update(file).digest('hex');
  // Keyed: whoever guesses a small file cannot check the guess against what we publish.
  const fileDigest = keys.fingerprint('lot_file', digest);
  return await step(tx, lot, {
    ...{ transition: 'upload', by: 'seller', actor: on.userId, at: on.at },
    record: { fileDigest: fileDigest.toString('hex'), bytes: String(bytes) },
    jobs: [{ task: IMPORT, payload: { lotId: lot.id } }],
    save: {
      ...{ format: formatOf(file), file_bytes: BigInt(bytes), file_digest: fileDigest },
      ...{ fault: null, fault_row: null, made_by: on.userId },
    },
  });
}

/** Whole, for a moment and in memory only; at most 16 MB. */
export async function fileOf(reader: Reader, keys: Keys, lotId: string): Promise<Buffer> {
  const dataKey = await keyOf(reader, keys, lotId);
  const pieces: Buffer[] = [];
  for (const { no } of await pieceSizes(reader, lotId)) {
    const sealed = await readPiece(reader, { lotId, no });
    if (sealed) pieces.push(decrypt(dataKey, sealed, placeOf(lotId, no)));
  }
  dataKey.fill(0);
  return Buffer.concat(pieces);
}
