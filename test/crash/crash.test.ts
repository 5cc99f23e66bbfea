// Goal: whatever dies, fills up or falls silent, no acknowledged transfer is lost, none is doubled, and everybody who
// asks about an id is told the same.
// Method: three clients send the same stream of every kind of transfer to durable clusters of their own while the
// accident happens; then all answers are compared with each other, with the rows and with arithmetic.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertWhole } from './clients.ts';
import { fillDisk, killQueue, killServer, loseAnswers, type Story } from './scenarios.ts';
import { failOver, restoreBackup } from './standby.ts';

/** Long enough to be hit in the middle, short enough for every day; `node test/crash/long.ts` takes its time. */
const SHORT = { count: 1_500, times: 2 };
type Context = { diagnostic(text: string): void };

function tell(t: Context, { verdict: { posted, refused }, seen }: Story): void {
  t.diagnostic(JSON.stringify({ posted, refused, ...seen }));
}

test('every process of PostgreSQL is killed in the middle of batches', async (t) => {
  const story = await killServer(t, { ...SHORT, times: 3, seed: 11 });
  tell(t, story);
  assertWhole(story.verdict);
  assert((story.seen['processes'] ?? 0) > 6 && (story.seen['repeats'] ?? 0) > 0);
});

test('answers are lost after the commit, and statements time out', async (t) => {
  const story = await loseAnswers(t, { ...SHORT, seed: 12 });
  tell(t, story);
  assertWhole(story.verdict);
  assert((story.seen['answersLost'] ?? 0) > 0 && (story.seen['57014'] ?? 0) > 0);
});

test('the process with the queue is killed, and started again with its stored ids', async (t) => {
  const story = await killQueue(t, { ...SHORT, seed: 13 });
  tell(t, story);
  assertWhole(story.verdict);
  assert((story.seen['lives'] ?? 0) > 1, 'some were asked again after a kill');
});

test('the disk under the data is full for a while', async (t) => {
  const story = await fillDisk(t, { ...SHORT, times: 1, seed: 14 }, 'base');
  if (!story) return t.diagnostic('not run: this user may not mount a small disk');
  tell(t, story);
  assertWhole(story.verdict);
  assert((story.seen['53100'] ?? 0) > 0);
});

test('the disk under the log is full, and the server stops itself', async (t) => {
  const story = await fillDisk(t, { ...SHORT, times: 1, seed: 15 }, 'pg_wal');
  if (!story) return t.diagnostic('not run: this user may not mount a small disk');
  tell(t, story);
  assertWhole(story.verdict);
  assert((story.seen['57P03'] ?? 0) + (story.seen['connection'] ?? 0) > 0);
});

test('the primary is killed and its synchronous standby takes over', async (t) => {
  const story = await failOver(t, { ...SHORT, times: 1, seed: 16 });
  tell(t, story);
  assertWhole(story.verdict);
  assert((story.seen['acknowledged'] ?? 0) > 0, 'some were acknowledged with the standby');
});

test('a base backup and the archived log make the same books, under the same seals', async (t) => {
  const story = await restoreBackup(t, { ...SHORT, times: 1, seed: 17 });
  tell(t, story);
  assertWhole(story.verdict);
  assert((story.seen['seals'] ?? 0) > 1);
});
