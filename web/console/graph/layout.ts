/** Places the states of a life cycle in columns and routes the arrows; pure, hides the layered-graph method. */

export interface Arrow {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}
export interface Spot {
  readonly state: string;
  readonly column: number;
  readonly x: number;
  readonly y: number;
}
export interface Route {
  readonly from: string;
  readonly to: string;
  /** All transitions that run between the two states. */
  readonly names: readonly string[];
  readonly path: string;
  /** Runs against the reading direction: a repeat, or a way back. */
  readonly back: boolean;
  readonly label: { readonly x: number; readonly y: number };
}
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly spots: readonly Spot[];
  readonly routes: readonly Route[];
}

/** Units of the drawing; one unit is one CSS pixel at 100 %. */
export const NODE = { width: 136, height: 52 } as const;
const GAP = { column: 84, row: 26 } as const;
const MARGIN = 34;
/** A long arrow holds this much height in each column it passes, so that no state sits on it. */
const PASS_HEIGHT = 18;
/** Room for each arrow that goes back, under the lowest state. */
const LANE = 22;
const SWEEPS = 8;

/** What stands in a column: a state, or the place where a long arrow passes. */
interface Stop {
  readonly id: string;
  readonly column: number;
  readonly height: number;
}
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly names: string[];
}

export function layered(
  states: readonly string[],
  initial: string,
  arrows: readonly Arrow[],
): Picture {
  const edges = merged(
    arrows.filter(({ from, to }) => states.includes(from) && states.includes(to)),
  );
  const column = longestPaths(states, withoutCycles(states, initial, edges));
  const columnOf = (state: string): number => column.get(state) ?? 0;
  const forward = edges.filter(({ from, to }) => columnOf(to) > columnOf(from));
  const back = edges.filter(({ from, to }) => columnOf(to) <= columnOf(from));
  const chains = new Map(forward.map((edge) => [edge, chainOf(edge, columnOf)]));
  const stops: Stop[] = states.map((id) => ({ id, column: columnOf(id), height: NODE.height }));
  for (const chain of chains.values()) stops.push(...chain);
  const links = forward.flatMap((edge) => linksOf(edge, chains.get(edge) ?? []));
  const columns = ordered(stops, links);
  const heights = columns.map(heightOf);
  const bodyHeight = Math.max(NODE.height, ...heights);
  const place = placed(columns, heights, bodyHeight);
  const at: At = (id) => place.get(id) ?? { x: 0, y: 0 };
  const ports = portsOf(forward, chains, at);
  const floor = MARGIN + bodyHeight;
  return {
    width: 2 * MARGIN + columns.length * NODE.width + (columns.length - 1) * GAP.column,
    height: floor + MARGIN + back.length * LANE,
    spots: states.map((state) => ({ state, column: columnOf(state), ...at(state) })),
    routes: [
      ...forward.map((edge) => ({
        ...edge,
        back: false,
        ...curve(edge, chains.get(edge) ?? [], at, ports),
      })),
      ...back.map((edge, index) => ({
        ...edge,
        back: true,
        ...lane(at(edge.from), at(edge.to), floor + LANE * (index + 0.8), index),
      })),
    ],
  };
}

function merged(arrows: readonly Arrow[]): Edge[] {
  const edges = new Map<string, Edge>();
  for (const { name, from, to } of arrows) {
    const edge = edges.get(`${from}→${to}`) ?? { from, to, names: [] };
    if (!edge.names.includes(name)) edge.names.push(name);
    edges.set(`${from}→${to}`, edge);
  }
  return [...edges.values()];
}

/** Depth first from the initial state; an edge to a state still open closes a cycle and is left out of ranking. */
function withoutCycles(states: readonly string[], initial: string, edges: readonly Edge[]): Edge[] {
  const kept: Edge[] = [];
  const open = new Set<string>();
  const done = new Set<string>();
  const visit = (state: string): void => {
    open.add(state);
    for (const edge of edges) {
      if (edge.from !== state || open.has(edge.to)) continue;
      kept.push(edge);
      if (!done.has(edge.to)) visit(edge.to);
    }
    open.delete(state);
    done.add(state);
  };
  for (const state of [initial, ...states]) if (!done.has(state)) visit(state);
  return kept;
}

/** Column of a state = longest way to it, so every kept edge points right. */
function longestPaths(states: readonly string[], edges: readonly Edge[]): Map<string, number> {
  const column = new Map(states.map((state) => [state, 0]));
  for (let round = 0; round < states.length; round++)
    for (const { from, to } of edges)
      column.set(to, Math.max(column.get(to) ?? 0, (column.get(from) ?? 0) + 1));
  return column;
}

function chainOf({ from, to }: Edge, columnOf: (state: string) => number): Stop[] {
  const length = columnOf(to) - columnOf(from) - 1;
  return Array.from({ length }, (_, step) => ({
    id: `${from}→${to}#${step}`,
    column: columnOf(from) + 1 + step,
    height: PASS_HEIGHT,
  }));
}

function linksOf({ from, to }: Edge, chain: readonly Stop[]): { from: string; to: string }[] {
  const ids = [from, ...chain.map(({ id }) => id), to];
  return ids.slice(1).map((id, index) => ({ from: ids[index] ?? from, to: id }));
}

/** Each stop moves to the mean height of its neighbours, a few times over: fewer crossings. */
function ordered(stops: readonly Stop[], links: readonly { from: string; to: string }[]): Stop[][] {
  const count = Math.max(0, ...stops.map(({ column }) => column)) + 1;
  const columns: Stop[][] = Array.from({ length: count }, () => []);
  for (const stop of stops) columns[stop.column]?.push(stop);
  const near = new Map<string, string[]>();
  for (const { from, to } of links) {
    near.set(from, [...(near.get(from) ?? []), to]);
    near.set(to, [...(near.get(to) ?? []), from]);
  }
  const rank = new Map<string, number>();
  const note = (column: readonly Stop[]): void => {
    for (const [row, { id }] of column.entries()) rank.set(id, row - (column.length - 1) / 2);
  };
  for (const column of columns) note(column);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const column of sweep % 2 === 0 ? columns : columns.toReversed()) {
      const wish = new Map(
        column.map(({ id }) => {
          const ranks = (near.get(id) ?? []).map((other) => rank.get(other) ?? 0);
          return [id, ranks.reduce((a, b) => a + b, 0) / Math.max(1, ranks.length)];
        }),
      );
      column.sort((a, b) => (wish.get(a.id) ?? 0) - (wish.get(b.id) ?? 0));
      note(column);
    }
  }
  return columns;
}

const heightOf = (column: readonly Stop[]): number =>
  column.reduce((sum, { height }) => sum + height, 0) + Math.max(0, column.length - 1) * GAP.row;

function placed(
  columns: readonly Stop[][],
  heights: readonly number[],
  bodyHeight: number,
): Map<string, { x: number; y: number }> {
  const place = new Map<string, { x: number; y: number }>();
  for (const [index, column] of columns.entries()) {
    let y = MARGIN + (bodyHeight - (heights[index] ?? 0)) / 2;
    for (const { id, height } of column) {
      place.set(id, { x: MARGIN + index * (NODE.width + GAP.column), y });
      y += height + GAP.row;
    }
  }
  return place;
}

type Shape = Pick<Route, 'path' | 'label'>;
type At = (id: string) => { x: number; y: number };

interface Ports {
  readonly leave: ReadonlyMap<Edge, number>;
  readonly enter: ReadonlyMap<Edge, number>;
}

/** Where along a state's side each arrow leaves and enters: in the order of where it goes and comes from. */
function portsOf(
  edges: readonly Edge[],
  chains: ReadonlyMap<Edge, readonly Stop[]>,
  at: At,
): Ports {
  const near = (edge: Edge, side: 'first' | 'last'): number => {
    const chain = chains.get(edge) ?? [];
    const stop = side === 'first' ? chain[0] : chain.at(-1);
    return at(stop?.id ?? (side === 'first' ? edge.to : edge.from)).y;
  };
  const spread = (key: 'from' | 'to', side: 'first' | 'last'): Map<Edge, number> => {
    const offsets = new Map<Edge, number>();
    for (const state of new Set(edges.map((edge) => edge[key]))) {
      const mine = edges
        .filter((edge) => edge[key] === state)
        .sort((a, b) => near(a, side) - near(b, side));
      for (const [index, edge] of mine.entries())
        offsets.set(edge, (NODE.height * (index + 1)) / (mine.length + 1));
    }
    return offsets;
  };
  return { leave: spread('from', 'first'), enter: spread('to', 'last') };
}

/** Smooth steps from column to column, straight through each place kept free for this arrow. */
function curve(edge: Edge, chain: readonly Stop[], at: At, ports: Ports): Shape {
  const { from, to } = edge;
  let x = at(from).x + NODE.width;
  let y = at(from).y + (ports.leave.get(edge) ?? NODE.height / 2);
  let path = `M${x} ${y}`;
  let label: Shape['label'] | undefined;
  for (const id of [...chain.map((stop) => stop.id), to]) {
    const last = id === to;
    const end = {
      x: at(id).x,
      y: at(id).y + (last ? (ports.enter.get(edge) ?? 0) : PASS_HEIGHT / 2),
    };
    const bend = (end.x - x) / 2;
    path += `C${x + bend} ${y} ${end.x - bend} ${end.y} ${last ? end.x - 3 : end.x} ${end.y}`;
    label ??= { x: x + bend, y: (y + end.y) / 2 + 3 };
    if (last) break;
    x = end.x + NODE.width;
    y = end.y;
    path += `H${x}`;
  }
  return { path, label: label ?? { x, y } };
}

/** Out to the gap on the right, down to a lane of its own, along it, and up the gap left of the target. */
function lane(
  from: { x: number; y: number },
  to: { x: number; y: number },
  y: number,
  index: number,
): Shape {
  const step = 8 + (index % 5) * 5;
  const right = from.x + NODE.width + step;
  const left = to.x - step;
  const start = from.y + NODE.height * 0.78;
  const end = to.y + NODE.height * 0.78;
  return {
    path: `M${from.x + NODE.width} ${start}H${right}V${y}H${left}V${end}H${to.x - 3}`,
    label: { x: (right + left) / 2, y: y - 4 },
  };
}
