/**
 * The parts of a zip file, by its directory: only what a spreadsheet needs, each with a limit on what comes out. Hides
 * the format and every way in which a small file may claim to be, or become, a large one.
 */
import { createInflateRaw } from 'node:zlib';
import { Refused } from '#platform';
import { unreadable } from './row.ts';

const ENTRIES_MAX = 500;
/** All parts together, unpacked: three times what 100,000 rows need in the wordiest writer. */
const UNPACKED_MAX = 160 * 1024 * 1024;
/** Honest sheets shrink 6 to 25 times; beyond this a part is a bomb, whatever its size. */
const RATIO_MAX = 120;
const SMALL = 1024 * 1024;

export interface Zip {
  has(name: string): boolean;
  /** Unpacked in pieces. Refuses lot_file_bomb as soon as too much has come out. */
  read(name: string): AsyncGenerator<Buffer>;
}

interface Entry {
  readonly method: number;
  readonly packed: number;
  readonly at: number;
}

export function openZip(file: Buffer): Zip {
  const entries = directoryOf(file);
  let unpacked = 0;
  async function* read(name: string): AsyncGenerator<Buffer> {
    const entry = entries.get(name);
    if (!entry) throw unreadable();
    const data = contentOf(file, entry);
    let own = 0;
    for await (const piece of entry.method === 0 ? [data] : inflate(data)) {
      own += piece.length;
      unpacked += piece.length;
      if (unpacked > UNPACKED_MAX || (own > SMALL && own > data.length * RATIO_MAX))
        throw new Refused('lot_file_bomb');
      yield piece;
    }
  }
  return { has: (name) => entries.has(name), read };
}

async function* inflate(data: Buffer): AsyncGenerator<Buffer> {
  const stream = createInflateRaw();
  stream.end(data);
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw unreadable();
  } finally {
    stream.destroy();
  }
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const COMMENT_MAX = 65_535;

/** Refuses what is no zip, is split, is encrypted, or has more parts than a spreadsheet. */
function directoryOf(file: Buffer): Map<string, Entry> {
  const end = endOf(file);
  const count = file.readUInt16LE(end + 10);
  if (count > ENTRIES_MAX) throw new Refused('lot_file_bomb');
  let at = file.readUInt32LE(end + 16);
  const entries = new Map<string, Entry>();
  let packedInAll = 0;
  for (let n = 0; n < count; n++) {
    if (at + 46 > end || file.readUInt32LE(at) !== CENTRAL) throw unreadable();
    const flags = file.readUInt16LE(at + 8);
    const method = file.readUInt16LE(at + 10);
    const packed = file.readUInt32LE(at + 20);
    const nameLength = file.readUInt16LE(at + 28);
    const name = file.subarray(at + 46, at + 46 + nameLength).toString('utf8');
    if ((flags & 1) !== 0 || (method !== 0 && method !== 8) || entries.has(name))
      throw unreadable();
    entries.set(name, { method, packed, at: file.readUInt32LE(at + 42) });
    packedInAll += packed;
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  // Parts that lie on each other are how a small file becomes a huge one.
  if (packedInAll > file.length) throw new Refused('lot_file_bomb');
  return entries;
}

function endOf(file: Buffer): number {
  const first = Math.max(0, file.length - END_BYTES - COMMENT_MAX);
  for (let at = file.length - END_BYTES; at >= first; at--)
    if (file.readUInt32LE(at) === END) return at;
  throw unreadable();
}

function contentOf(file: Buffer, { at, packed }: Entry): Buffer {
  if (at + 30 > file.length || file.readUInt32LE(at) !== LOCAL) throw unreadable();
  const from = at + 30 + file.readUInt16LE(at + 26) + file.readUInt16LE(at + 28);
  if (from + packed > file.length) throw unreadable();
  return file.subarray(from, from + packed);
}
