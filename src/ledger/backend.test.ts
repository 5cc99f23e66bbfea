// Goal: our tables do what any engine behind LedgerBackend has to do.
// Method: the suite that all engines share, on a real database.
import { after } from 'node:test';
import { freshDatabase } from '#test/database.ts';
import { conformance } from './backend.fixture.ts';
import { postgresBackend } from './backend.ts';

const { db } = await freshDatabase({ after: (work) => after(work) });
conformance('PostgreSQL', async () => postgresBackend(db));
