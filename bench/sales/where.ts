/** Where a sale's time goes: CPU of each process, statements and commits of the database, phases of the history. */
import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';

export type Group = 'api' | 'worker' | 'postgres' | 'callers and simulators';
export type Cpu = Record<Group, number>;

/** Ticks of /proc a second, on every Linux of today. */
const TICKS = 100;

/** CPU milliseconds so far, ours and those of all that we started; zeros where there is no /proc. */
export function cpuMs(): Cpu {
  const sums: Cpu = { api: 0, worker: 0, postgres: 0, 'callers and simulators': 0 };
  const all = processes();
  for (const one of all.values()) {
    const group = groupOf(one, all);
    if (group) sums[group] += (one.ticks * 1_000) / TICKS;
  }
  return sums;
}

interface Running {
  pid: number;
  parent: number;
  ticks: number;
  command: string;
}

function processes(): Map<number, Running> {
  const found = new Map<number, Running>();
  for (const name of list('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [, parent = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      const pid = Number(name);
      const ticks = Number(rest[9]) + Number(rest[10]);
      found.set(pid, { pid, parent: Number(parent), ticks, command });
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function groupOf(one: Running, all: Map<number, Running>): Group | undefined {
  if (one.pid === process.pid) return 'callers and simulators';
  for (let at: Running | undefined = one; at; at = all.get(at.parent)) {
    if (at.parent !== process.pid) continue;
    if (/main\.ts api$/.test(at.command)) return 'api';
    if (/main\.ts worker$/.test(at.command)) return 'worker';
    return /postgres/.test(at.command) ? 'postgres' : undefined;
  }
  return undefined;
}

export interface Counted {
  statements: number;
  /** Transactions that wrote something, so that the disk had to be waited for. */
  commits: number;
  /** In the executor and in the planner, all connections together. */
  executingMs: number;
  planningMs: number;
}

/** Needs `pg_stat_statements` with planning tracked; counts only the database of `pool`. */
export async function countStatements(pool: pg.Pool): Promise<Counted> {
  const { rows } = await pool.query<Counted>(`
    select sum(calls)::float8 as statements, sum(total_exec_time) as "executingMs",
      sum(total_plan_time) as "planningMs",
      pg_snapshot_xmax(pg_current_snapshot())::text::float8 as commits
    from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())`);
  const [row] = rows;
  if (!row) throw new Error('a sum has one row');
  return row;
}

export async function dearest(pool: pg.Pool, limit: number): Promise<object[]> {
  const { rows } = await pool.query(
    `select calls::int4, round(total_exec_time)::int4 as exec, round(total_plan_time)::int4 as plan,
       left(regexp_replace(query, '\\s+', ' ', 'g'), 110) as query
     from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())
     order by total_exec_time + total_plan_time desc limit $1`,
    [limit],
  );
  return rows;
}

/** Means over the sales that were handed over since `since`, in milliseconds, by the house's own clock. */
export async function phases(pool: pg.Pool, since: Date): Promise<Record<string, number>> {
  const { rows } = await pool.query<Record<string, number>>(
    `with sale as (
       select i.id, s.at as submitted, v.at as begun, d.at as settled, r.at as done
       from process.instance i
       join process.step s on s.instance = i.id and s.transition = 'submit'
       join process.step v on v.instance = i.id and v.transition = 'pass'
       join process.step d on d.instance = i.id and d.transition = 'settle'
       join platform.job_run r on r.task = 'buyback.verify' and r.about @> array[i.id::text]
       where i.process = 'buyback' and s.at >= $1)
     select count(*)::float8 as sales,
       avg(extract(epoch from begun - submitted))::float8 * 1000 as "waits for a worker",
       avg(extract(epoch from done - begun))::float8 * 1000 as "verifying, issuer included",
       avg(greatest(extract(epoch from settled - done), 0))::float8 * 1000 as "waits for settlement"
     from sale`,
    [since],
  );
  return rows[0] ?? {};
}
