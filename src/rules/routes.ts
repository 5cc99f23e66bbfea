/** The regulations over HTTP: anybody may read what binds us, with its citation and since when. */
import { type App, Body, type Clock, chinaDay, type Db, Problem } from '#platform';
import { RulesQuery, RulesView } from './schema.ts';
import { allRegulations } from './store.ts';

export function rulesRoutes(app: App, { db, clock }: { db: Db; clock: Clock }): void {
  app.get(
    '/v1/rules',
    {
      config: { access: 'public' },
      schema: {
        tags: ['rules'],
        summary:
          'The regulations we work by, each version with its citation and its days in force.',
        querystring: Body(RulesQuery),
        response: { 200: RulesView, '4xx': Problem },
      },
    },
    async ({ query }) => {
      const day = query.day ?? chinaDay(clock.now());
      const items = (await allRegulations(db)).map(({ doc, publishedAt }) => ({
        ...doc,
        publishedAt: publishedAt.toISOString(),
        inForce:
          doc.effectiveFrom <= day && (doc.effectiveTo === undefined || day <= doc.effectiveTo),
      }));
      return { day, items };
    },
  );
}
