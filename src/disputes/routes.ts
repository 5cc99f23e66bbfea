/** The desk's list of open cases; opening and deciding them are routes of whoever owns the money. */
import { type Static, Type } from 'typebox';
import {
  type App,
  callerOf,
  type Db,
  type Keys,
  Page,
  PageQuery,
  Problem,
  pageOf,
} from '#platform';
import { noteOf } from './case.ts';
import { type DeskRoutesDeps, deskRoutes } from './claim/desk-routes.ts';
import { claimRoutes } from './claim/routes.ts';
import { CaseView } from './schema.ts';
import { type Case, listOpen } from './store.ts';

export interface DisputesRoutesDeps extends DeskRoutesDeps {
  readonly db: Db;
  readonly keys: Keys;
}

export function disputesRoutes(app: App, deps: DisputesRoutesDeps): void {
  caseRoutes(app, deps);
  claimRoutes(app, deps);
  deskRoutes(app, deps);
}

function caseRoutes(app: App, { db, keys }: DisputesRoutesDeps): void {
  app.get(
    '/v1/console/cases',
    {
      config: { access: ['risk', 'support', 'admin', 'auditor'] },
      schema: {
        tags: ['disputes'],
        summary: 'Open cases with their deadlines, the newest first.',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: { 200: Page(CaseView), '4xx': Problem },
      },
    },
    async (request) => {
      const { cursor, limit = 20 } = request.query;
      const page = pageOf(await listOpen(db, { cursor, limit }), limit, viewOf);
      // Auditors check what was done, not what people wrote about each other.
      const { roles } = callerOf(request);
      if (!(['risk', 'support', 'admin'] as const).some((role) => roles.has(role))) return page;
      const items = await Promise.all(
        page.items.map(async (item) => {
          const note = item.hasNote ? await noteOf(db, keys, item.id) : undefined;
          return { ...item, ...(note && { note: note.reveal() }) };
        }),
      );
      return { ...page, items };
    },
  );
}

/** Of any case, without its note. */
export function viewOf(found: Case): Static<typeof CaseView> {
  const { id, subject, reason, openedBy, hasNote, decision, open } = found;
  const state = open ? (decision ? 'decided' : 'opened') : decision ? 'closed' : 'withdrawn';
  return {
    ...{ id, subject, reason, openedBy, hasNote, state },
    openedAt: found.openedAt.toISOString(),
    deadline: found.deadline.toISOString(),
    ...(decision && {
      decision: {
        outcome: decision.outcome,
        ...(decision.amountFen !== undefined && { amountFen: decision.amountFen.toString() }),
        ...(decision.by !== undefined && { by: decision.by }),
        at: decision.at.toISOString(),
        reason: decision.reason,
      },
    }),
  };
}
