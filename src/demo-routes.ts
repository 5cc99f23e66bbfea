/** Only in the demo: time can be moved forward, so that a newcomer sees tomorrow's payout today. */
import { Type } from 'typebox';
import {
  type App,
  Body,
  type Clock,
  chinaDay,
  chinaInstant,
  HOUR,
  nextWorkday,
  Problem,
  plus,
} from '#platform';
import type { Simulators } from './simulators.ts';

export interface DemoControls {
  /** `aheadMs` of a clock that runs; one that stands still has none. */
  clock: Clock & { moveTo(at: Date): unknown; readonly aheadMs?: number };
  simulators: Pick<Simulators, 'urls'>;
}

export function demoRoutes(app: App, { clock, simulators }: DemoControls): void {
  const View = Type.Object({
    now: Type.String(),
    smsUrl: Type.String(),
    cardsUrl: Type.String(),
    bankUrl: Type.String(),
  });
  const view = () => ({
    now: clock.now().toISOString(),
    smsUrl: simulators.urls.SMS_URL,
    cardsUrl: simulators.urls.ISSUER_URL,
    bankUrl: simulators.urls.PSP_URL,
  });
  app.get(
    '/v1/demo',
    {
      config: { access: 'public' },
      schema: {
        tags: ['demo'],
        summary: 'Where the simulators are and what time it is here.',
        response: { 200: View, '4xx': Problem },
      },
    },
    async () => view(),
  );
  app.post(
    '/v1/demo/forward',
    {
      config: { access: 'user' },
      schema: {
        tags: ['demo'],
        summary: 'Move the demo clock: by two hours, or to the evening of the next working day.',
        body: Body({ to: Type.Union([Type.Literal('two_hours'), Type.Literal('next_payout')]) }),
        response: { 200: View, '4xx': Problem },
      },
    },
    async (request) => {
      const now = clock.now();
      const at = request.body.to === 'two_hours' ? plus(now, 2 * HOUR) : nextEvening(now);
      await moveOn({ clock, simulators }, at);
      return view();
    },
  );
}

/** House and institution go on together: its clock has to run as ours does, for it trusts no call that is minutes off. */
export async function moveOn({ clock, simulators }: DemoControls, at: Date): Promise<void> {
  await clock.moveTo(at);
  await fetch(`${simulators.urls.PSP_URL}/control/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      clock.aheadMs === undefined ? { now: at.toISOString() } : { aheadMs: clock.aheadMs },
    ),
  });
}

/** Just after the 17:00 cut-off of today if it is still to come and today is a working day, else of the next one. */
function nextEvening(now: Date): Date {
  const today = chinaDay(now);
  const tonight = chinaInstant(today, 17.05);
  return tonight > now && nextWorkday(plusDay(today, -1)) === today
    ? tonight
    : chinaInstant(nextWorkday(today), 17.05);
}

const plusDay = (day: string, days: number): string =>
  chinaDay(plus(chinaInstant(day, 12), days * 24 * HOUR));
