/** How well the market as a whole knows each person: trust that flows from proved strangers along real trades. Pure. */

export interface Trade {
  readonly a: string;
  readonly b: string;
  /** Of the pair together; at most a few, so that no pair floods the others. */
  readonly weight: number;
}

/** A person at half the trust of an average anchor is known as well as anybody. */
const FULL_SHARE = 0.5;

/**
 * 0..1 for each trader. SybilRank (Cao, Sirivianos, Yang, Pregueiro, NSDI 2012): all trust starts at the anchors and
 * walks 2⌈log2 n⌉ steps along trades; what a person holds per unit of trade is compared with what the anchors hold.
 * A ring of made-up accounts trades much inside and little outside, so that little trust gets in, however busy it is.
 * Costs n·log n for n trades.
 */
export function vouches(
  trades: readonly Trade[],
  anchors: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const near = new Map<string, { to: string; weight: number }[]>();
  const link = (from: string, to: string, weight: number): void => {
    const list = near.get(from) ?? [];
    near.set(from, list);
    list.push({ to, weight });
  };
  for (const { a, b, weight } of trades) {
    if (a === b || weight <= 0) continue;
    link(a, b, weight);
    link(b, a, weight);
  }
  const degree = new Map(
    [...near].map(([who, list]) => [who, list.reduce((sum, { weight }) => sum + weight, 0)]),
  );
  const seeds = [...anchors].filter((who) => near.has(who));
  if (seeds.length === 0) return new Map([...near.keys()].map((who) => [who, 0]));
  let trust = new Map(seeds.map((who) => [who, 1 / seeds.length]));
  for (let step = 2 * Math.ceil(Math.log2(near.size + 1)); step > 0; step--) {
    // Half of it stays each time: sellers and buyers alternate, and a walk that always moves would miss every second.
    const next = new Map([...trust].map(([who, held]) => [who, held / 2]));
    for (const [who, held] of trust)
      for (const { to, weight } of near.get(who) ?? [])
        next.set(to, (next.get(to) ?? 0) + (held * weight) / (2 * (degree.get(who) ?? 1)));
    trust = next;
  }
  const share = (who: string): number => (trust.get(who) ?? 0) / (degree.get(who) ?? 1);
  const usual = seeds.reduce((sum, who) => sum + share(who), 0) / seeds.length;
  if (usual === 0) return new Map([...near.keys()].map((who) => [who, 0]));
  return new Map(
    [...near.keys()].map((who) => [who, Math.min(1, share(who) / (usual * FULL_SHARE))]),
  );
}
