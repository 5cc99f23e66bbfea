/** Where issuers tell what happened to their cards: a body as it came, since the signature is over its bytes. */
import { Type } from 'typebox';
import { type App, Problem } from '#platform';
import { hearIssuer, type IssuerEventDeps } from './events.ts';

const IssuerId = Type.Object({ issuerId: Type.String({ pattern: '^[a-z][a-z0-9-]{1,30}$' }) });

export function issuerEventRoutes(app: App, deps: IssuerEventDeps): void {
  app.register((scope: App, _options: unknown, registered: () => void) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    scope.post(
      '/v1/issuers/:issuerId/events',
      {
        config: { access: 'public', secret: true },
        schema: {
          tags: ['cards'],
          summary: 'An issuer tells that a card of its own was used, reported stolen or blocked.',
          params: IssuerId,
          response: { 200: Type.Object({ received: Type.Boolean() }), '4xx': Problem },
        },
      },
      async ({ headers, body, params: { issuerId } }) => {
        const bytes: unknown = body;
        await hearIssuer(deps, {
          ...{ issuerId, path: `/v1/issuers/${issuerId}/events`, headers },
          body: Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0),
        });
        return { received: true };
      },
    );
    registered();
  });
}
