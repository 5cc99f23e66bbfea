/** Amounts without numbers: sums of named amounts, brought to one normal form under the declared identities. */

/** Name → how often it counts; names that count zero are absent. */
export type Expr = ReadonlyMap<string, number>;

export const NOTHING: Expr = new Map();
export const named = (name: string): Expr => new Map([[name, 1]]);

export function add(a: Expr, b: Expr, times = 1): Expr {
  const sum = new Map(a);
  for (const [name, count] of b) {
    const total = round((sum.get(name) ?? 0) + count * times);
    if (total === 0) sum.delete(name);
    else sum.set(name, total);
  }
  return sum;
}

export const isNothing = (expr: Expr): boolean => expr.size === 0;
export const same = (a: Expr, b: Expr): boolean => isNothing(add(a, b, -1));
/** Below zero whatever the amounts are, unless all of them are zero: amounts are never negative. */
export const isNegative = (expr: Expr): boolean =>
  expr.size > 0 && [...expr.values()].every((count) => count < 0);

export function say(expr: Expr): string {
  if (isNothing(expr)) return '0';
  const terms = [...expr].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = terms.map(([name, count]) => {
    const size = Math.abs(count) === 1 ? name : `${Math.abs(count)} ${name}`;
    return `${count < 0 ? '−' : '+'} ${size}`;
  });
  return text.join(' ').replace(/^\+ /, '');
}

/**
 * Rewrites wholes into their parts (Gauss–Jordan over the identities), so that two sums that are equal
 * by the identities have the same terms.
 */
export function normaliser(splits: readonly [string, readonly string[]][]): (expr: Expr) => Expr {
  const rules = new Map<string, Expr>();
  const reduce = (expr: Expr): Expr => {
    let out = expr;
    for (const [name, instead] of rules) {
      const count = out.get(name);
      if (count !== undefined) out = add(add(out, named(name), -count), instead, count);
    }
    return out;
  };
  for (const [whole, parts] of splits) {
    const zero = reduce(parts.reduce((expr, part) => add(expr, named(part), -1), named(whole)));
    const pivot = zero.has(whole) ? whole : [...zero.keys()][0];
    const count = pivot === undefined ? undefined : zero.get(pivot);
    if (pivot === undefined || count === undefined) continue;
    const instead = add(NOTHING, add(zero, named(pivot), -count), -1 / count);
    for (const [name, expr] of rules) {
      const inside = expr.get(pivot);
      if (inside !== undefined)
        rules.set(name, add(add(expr, named(pivot), -inside), instead, inside));
    }
    rules.set(pivot, instead);
  }
  return reduce;
}

/** Counts are small fractions; what differs by less than this differs by float noise. */
const round = (count: number): number => Math.round(count * 1e9) / 1e9;
