/** Who could use the card when, a lane for each, and what was seen of it: liability read at a glance. */
import type { ReactNode } from 'react';
import type { ClaimFile } from '../api-types.ts';
import { useSay } from '../say.ts';
import { momentText } from './moment.tsx';

const WIDTH = 1_000;
/** Names of the lanes stand left of this. */
const LEFT = 90;
const RIGHT = 950;
/** Two lines of words above the lanes and two below, so that neighbours never cover each other. */
const TOP = 48;
const LINE_HEIGHT = 18;
const LANE = 22;
const GAP = 5;

export function CustodyBar({ of }: { of: ClaimFile }): ReactNode {
  const t = useSay();
  const { custody } = of.evidence;
  const moments = useMoments(of);
  const holders = [...new Set(custody.map(({ holder }) => holder))];
  const place = placing([...moments, ...custody.map(({ from: at }) => ({ at }))]);
  const bottom = TOP + holders.length * (LANE + GAP);
  return (
    <figure className="co-custody">
      <svg
        viewBox={`0 0 ${WIDTH} ${bottom + 2 * LINE_HEIGHT + 12}`}
        role="img"
        aria-label={t('claims.custody', {
          list: custody
            .map(({ holder, from }) => `${t(`claims.holder.${holder}`)} ${momentText(from)}`)
            .join(', '),
        })}
      >
        {holders.map((holder, lane) => (
          <text key={holder} x={0} y={TOP + lane * (LANE + GAP) + 16}>
            {t(`claims.holder.${holder}`)}
          </text>
        ))}
        {custody.map(({ holder, from, to }) => {
          const start = place(from);
          const end = to === undefined ? RIGHT + 30 : place(to);
          const y = TOP + holders.indexOf(holder) * (LANE + GAP);
          return (
            <g key={`${holder} ${from}`} data-holder={holder}>
              <rect x={start} y={y} width={Math.max(end - start, 2)} height={LANE} rx={4} />
            </g>
          );
        })}
        {moments.map((moment, nth) => (
          <Moment key={`${moment.at} ${moment.words}`} {...{ moment, nth, bottom, place }} />
        ))}
      </svg>
      <figcaption className="co-note">{t('claims.custodyNote')}</figcaption>
    </figure>
  );
}

interface Seen {
  at: string;
  words: string;
  /** Probes are written above the lanes, everything else below. */
  above: boolean;
  /** It speaks against the card. */
  bad: boolean;
}

function useMoments({ evidence, openedAt }: ClaimFile): Seen[] {
  const t = useSay();
  const { probes, events, revealedAt, promisedBalanceFen: promised } = evidence;
  const isShort = (balanceFen: string | undefined): boolean =>
    balanceFen === undefined || BigInt(balanceFen) < BigInt(promised);
  const seen: Seen[] = [
    ...probes.map(({ at, when, shows, balanceFen, genuine }) => ({
      ...{ at, above: true, words: t(`claims.probe.${when}`) },
      bad: !genuine || shows !== 'holds' || isShort(balanceFen),
    })),
    ...events.map(({ at, kind }) => ({
      ...{ at, above: false, bad: true, words: t(`claims.event.${kind}`) },
    })),
    { at: openedAt, above: false, bad: false, words: t('claims.openedAt') },
  ];
  if (revealedAt)
    seen.push({ at: revealedAt, above: false, bad: false, words: t('claims.revealed') });
  return seen.toSorted((a, b) => a.at.localeCompare(b.at));
}

/** By rank, not by length: days of waiting would leave the minutes that matter no room. */
function placing(moments: readonly { at: string }[]): (at: string) => number {
  const stops = [...new Set(moments.map(({ at }) => at))].toSorted();
  const step = (RIGHT - LEFT) / Math.max(stops.length - 1, 1);
  return (at) => {
    const next = stops.findIndex((stop) => stop >= at);
    return LEFT + step * (next < 0 ? stops.length - 1 : next);
  };
}

interface MomentProps {
  moment: Seen;
  nth: number;
  bottom: number;
  place: (at: string) => number;
}
function Moment({ moment, nth, bottom, place }: MomentProps): ReactNode {
  const { at, words, above, bad } = moment;
  const x = place(at);
  const second = nth % 2;
  const y = above ? TOP - 12 - second * LINE_HEIGHT : bottom + 14 + second * LINE_HEIGHT;
  return (
    <g className="co-custody-moment" data-bad={bad}>
      <line x1={x} x2={x} y1={above ? y + 4 : TOP} y2={above ? bottom : y - 13} />
      <text x={x} y={y} textAnchor="middle">
        {words}
      </text>
    </g>
  );
}
