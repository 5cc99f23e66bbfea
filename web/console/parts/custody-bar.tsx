/** Who could use the card when, and what was seen of it, on one line of time: liability read at a glance. */
import type { ReactNode } from 'react';
import type { ClaimFile } from '../api-types.ts';
import { useSay } from '../say.ts';
import { momentText } from './moment.tsx';

const WIDTH = 1_000;
const BAR_Y = 46;
const BAR_HEIGHT = 26;
const HEIGHT = 128;
/** Before the first thing that was seen, so much of the whole is shown. */
const LEAD = 0.04;
const TEXT_WIDTH_MIN = 44;

export function CustodyBar({ of }: { of: ClaimFile }): ReactNode {
  const t = useSay();
  const { evidence, openedAt } = of;
  const time = (at: string): number => new Date(at).getTime();
  const moments = [
    ...evidence.probes.map(({ at, when, shows, balanceFen, genuine }) => ({
      at,
      above: true,
      bad: !genuine || shows !== 'holds' || isShort(balanceFen, evidence.promisedBalanceFen),
      words: t(`claims.probe.${when}`),
    })),
    ...evidence.events.map(({ at, kind }) => ({
      ...{ at, above: false, bad: true, words: t(`claims.event.${kind}`) },
    })),
    ...(evidence.revealedAt
      ? [{ at: evidence.revealedAt, above: false, bad: false, words: t('claims.revealed') }]
      : []),
    { at: openedAt, above: false, bad: false, words: t('claims.openedAt') },
  ].toSorted((a, b) => a.at.localeCompare(b.at));
  // By rank, not by length: days of waiting would leave the minutes that matter no room.
  const stops = [
    ...new Set([
      ...moments.map(({ at }) => time(at)),
      ...evidence.custody.map((one) => time(one.from)),
    ]),
  ].toSorted((a, b) => a - b);
  const place = (at: number): number => {
    const next = stops.findIndex((stop) => stop >= at);
    const rank = next < 0 ? stops.length : next;
    return WIDTH * (LEAD + ((1 - 2 * LEAD) * rank) / Math.max(stops.length, 1));
  };
  return (
    <figure className="co-custody">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={t('claims.custody', {
          list: evidence.custody
            .map(({ holder, from }) => `${t(`claims.holder.${holder}`)} ${momentText(from)}`)
            .join(', '),
        })}
      >
        {evidence.custody.map(({ holder, from, to }) => {
          const start = place(time(from));
          const end = to ? place(time(to)) : WIDTH * (1 - LEAD / 2);
          return (
            <g key={`${holder} ${from}`} data-holder={holder}>
              <rect x={start} y={BAR_Y} width={Math.max(end - start, 2)} height={BAR_HEIGHT} />
              {end - start > TEXT_WIDTH_MIN && (
                <text x={(start + end) / 2} y={BAR_Y + 18} textAnchor="middle">
                  {t(`claims.holder.${holder}`)}
                </text>
              )}
            </g>
          );
        })}
        {moments.map(({ at, above, bad, words }, nth) => {
          const x = place(time(at));
          // Neighbours are written on two lines, so that they never cover each other.
          const down = BAR_Y + BAR_HEIGHT + 20 + (nth % 2) * 24;
          const y = above ? BAR_Y - 16 - (nth % 2) * 16 : down;
          return (
            <g key={`${at} ${words}`} className="co-custody-moment" data-bad={bad}>
              <line
                x1={x}
                x2={x}
                y1={above ? y + 4 : BAR_Y}
                y2={above ? BAR_Y + BAR_HEIGHT : y - 12}
              />
              <text x={x} y={y} textAnchor="middle">
                {words}
              </text>
            </g>
          );
        })}
      </svg>
      <figcaption className="co-note">{t('claims.custodyNote')}</figcaption>
    </figure>
  );
}

const isShort = (balanceFen: string | undefined, promisedFen: string): boolean =>
  balanceFen === undefined || BigInt(balanceFen) < BigInt(promisedFen);
