/** The console's view of all life cycles. */
import { type Static, Type } from 'typebox';
import { type App, type Db, Problem, ROLES } from '#platform';
import type { Process } from './define.ts';
import { mermaid, moneyWords } from './draw.ts';
import { ProcessView } from './schema.ts';
import { failingCount, liveCounts } from './store.ts';

export function processRoutes(app: App, deps: { db: Db; processes: readonly Process[] }): void {
  const { db, processes } = deps;
  app.get(
    '/v1/console/processes',
    {
      config: { access: ROLES },
      schema: {
        tags: ['process'],
        summary: 'Every life cycle: its table, its diagram, and how many stand in each state.',
        response: { 200: Type.Array(ProcessView), '4xx': Problem },
      },
    },
    async () => await Promise.all(processes.map((p) => viewOf(db, p))),
  );
}

async function viewOf(db: Db, p: Process): Promise<Static<typeof ProcessView>> {
  const counts = await liveCounts(db, p);
  return {
    name: p.name,
    version: p.version,
    mermaid: mermaid(p),
    states: p.names.states.flatMap((name) => stateView(p, name, counts[name] ?? 0)),
    transitions: Object.entries(p.transitions).map(([name, row]) => ({
      name,
      by: [...row.by],
      from: [...row.from],
      to: row.to,
      ...(typeof row.after === 'number' && { afterMs: row.after }),
      due: row.after === 'due',
      ...(row.within !== undefined && { withinMs: row.within }),
      ...(row.atMost !== undefined && { atMost: row.atMost }),
      money: (row.money ?? []).map(moneyWords),
    })),
    escrowDaysMax: p.escrowDaysMax,
    failing: await failingCount(db, p),
  };
}

/** States of an earlier version are shown while somebody still stands in them. */
function stateView(p: Process, name: string, count: number): Static<typeof ProcessView>['states'] {
  const own = p.states[name];
  if (!own && count === 0) return [];
  const table = own ? p : [...p.versions.values()].find((version) => version.states[name]);
  const words = table?.states[name];
  if (!words) return [];
  return [{ name, zh: words.zh, en: words.en, terminal: words.terminal ?? false, count }];
}
