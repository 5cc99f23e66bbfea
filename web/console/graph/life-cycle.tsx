/** The drawing of a life cycle: states with live counts, arrows with their names; the clock's arrows are dashed. */
import { type ReactNode, useId, useMemo } from 'react';
import { usePick } from '../../kit/language.tsx';
import type { ProcessView } from '../api-types.ts';
import { useSay } from '../say.ts';
import { layered, NODE } from './layout.ts';

/** A wide drawing shrinks to the page as far as its words can be read; beyond that it scrolls. */
const SHRINK_MAX = 0.9;
/** Longer names would run over their neighbours; the table below has them whole. */
const NAME_MAX = 18;

export function LifeCycle({ of }: { of: ProcessView }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const id = useId();
  const picture = useMemo(() => {
    const arrows = of.transitions.flatMap(({ name, from, to }) =>
      from.map((one) => ({ name, from: one, to })),
    );
    const names = of.states.map(({ name }) => name);
    return layered(names, names[0] ?? '', arrows);
  }, [of]);
  const clockOnly = new Set(
    of.transitions.filter(({ by }) => by.every((who) => who === 'clock')).map(({ name }) => name),
  );
  const alt = t('processes.alt', {
    name: of.name,
    states: of.states.length,
    transitions: of.transitions.length,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a drawing wider than the screen scrolls by keyboard
    <section className="co-scroll co-graph" tabIndex={0} aria-label={alt}>
      <svg
        role="img"
        aria-labelledby={id}
        style={{ maxInlineSize: picture.width, minInlineSize: picture.width * SHRINK_MAX }}
        viewBox={`0 0 ${picture.width} ${picture.height}`}
      >
        <title id={id}>{alt}</title>
        <defs>
          <marker
            id={`${id}-tip`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path d="M0 0L8 4L0 8Z" className="co-tip" />
          </marker>
        </defs>
        {picture.routes.map(({ from, to, path, names, back }) => (
          <path
            key={`${from} ${to}`}
            d={path}
            className="co-arrow"
            data-back={back}
            data-clock={names.every((name) => clockOnly.has(name))}
            markerEnd={`url(#${id}-tip)`}
          />
        ))}
        {picture.routes.map(({ from, to, names, label }) => (
          <text key={`${from} ${to}`} x={label.x} y={label.y} className="co-arrow-name">
            {shortened(names.join(', '))}
          </text>
        ))}
        {picture.spots.map(({ state, x, y }) => {
          const row = of.states.find(({ name }) => name === state);
          if (!row) return null;
          return (
            <g key={state} transform={`translate(${x} ${y})`}>
              <rect
                width={NODE.width}
                height={NODE.height}
                rx={row.terminal ? NODE.height / 2 : 10}
                className="co-node"
                data-live={row.count > 0}
                data-terminal={row.terminal}
              />
              <text x={NODE.width / 2} y={22} className="co-node-name">
                {pick(row)}
              </text>
              <text x={NODE.width / 2} y={41} className="co-node-count">
                {row.count.toLocaleString()}
              </text>
            </g>
          );
        })}
      </svg>
    </section>
  );
}

const shortened = (text: string): string =>
  text.length > NAME_MAX ? `${text.slice(0, NAME_MAX - 1)}…` : text;
