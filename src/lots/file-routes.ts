/** Routes by which the file of a lot and its papers come in, and papers go out. */
import { Type } from 'typebox';
import { type App, inTransaction } from '#platform';
import { no, tags, viewFor, whoOn } from './asked.ts';
import type { LotRoutesDeps } from './deps.ts';
import { lotFor } from './lot.ts';
import { addPaper, openPaper, uploadedPaper } from './paper.ts';
import { CompleteBody, LotView, OnLotParams, OnPaper, OnPiece, PaperQuery } from './schema.ts';
import { completeFile, PIECE_BYTES_MAX, takePiece } from './upload.ts';

export function lotFileRoutes(app: App, deps: LotRoutesDeps): void {
  pieces(app, deps);
  papers(app, deps);
}

/** A scope of its own: only here is the body taken as bytes. */
function pieces(app: App, deps: LotRoutesDeps): void {
  const { db, keys, clock } = deps;
  app.register((scope: App, _options: unknown, registered: () => void) => {
    scope.addContentTypeParser(
      'application/octet-stream',
      { parseAs: 'buffer', bodyLimit: PIECE_BYTES_MAX },
      (_request, body, done) => done(null, body),
    );
    scope.put(
      '/v1/recyclers/:id/lots/:lotId/file/:piece',
      {
        config: { access: 'user', secret: true },
        bodyLimit: PIECE_BYTES_MAX,
        schema: {
          tags,
          summary:
            'One piece of the file, at most 1 MB of bytes, counted from 0; may be sent again.',
          consumes: ['application/octet-stream'],
          params: OnPiece,
          response: { 200: Type.Object({ piece: Type.Integer() }), ...no },
        },
      },
      async (request) => {
        const who = { ...whoOn(request), at: clock.now() };
        const piece = Number(request.params.piece);
        const { body } = request as { body: unknown };
        const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
        await inTransaction(db, (tx) => takePiece(tx, { ...who, keys, no: piece, bytes }));
        return { piece };
      },
    );
    registered();
  });
  app.post(
    '/v1/recyclers/:id/lots/:lotId/file',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'All pieces are here: import them.',
        params: OnLotParams,
        body: CompleteBody,
        response: { 200: LotView, ...no },
      },
    },
    async (request) => {
      const who = whoOn(request);
      await inTransaction(db, (tx) =>
        completeFile(tx, { ...who, keys, bytes: request.body.bytes, at: clock.now() }),
      );
      return await viewFor(deps, who);
    },
  );
}

const PAPERS_PER_MINUTE = 12;

function papers(app: App, deps: LotRoutesDeps): void {
  const { db, keys, clock } = deps;
  app.post(
    '/v1/recyclers/:id/lots/:lotId/papers',
    {
      config: {
        ...{ access: 'user', secret: true },
        rateLimit: { max: PAPERS_PER_MINUTE, timeWindow: 60_000 },
      },
      schema: {
        tags,
        summary:
          'Add the letter of authorisation or a proof of purchase: photo or PDF (multipart).',
        consumes: ['multipart/form-data'],
        params: OnLotParams,
        querystring: PaperQuery,
        response: { 200: LotView, ...no },
      },
    },
    async (request) => {
      const who = whoOn(request);
      // Before a byte is read: strangers do not make us decode pictures.
      await lotFor(db, who);
      const paper = await uploadedPaper(request);
      const { kind } = request.query;
      await inTransaction(db, (tx) => addPaper(tx, { ...who, keys, kind, paper, at: clock.now() }));
      return await viewFor(deps, who);
    },
  );
  app.get(
    '/v1/recyclers/:id/lots/:lotId/papers/:paperId',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'One of the papers of my lot.', params: OnPaper },
        response: {
          200: {
            content: {
              'application/octet-stream': {
                schema: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }),
              },
            },
          },
          ...no,
        },
      },
    },
    async (request, reply) => {
      const lot = await lotFor(db, whoOn(request));
      return await openPaper(
        reply,
        { db, keys },
        { lotId: lot.id, paperId: request.params.paperId },
      );
    },
  );
}
