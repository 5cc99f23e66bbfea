/** What every part of the simulated quarter shares: the house, the people, and how they speak to it. */
import assert from 'node:assert/strict';
import { type AccountCode, balanceOf } from '#ledger';
import type { Common, Person, TestHouse } from '#test/house.ts';
import type { Chance } from '../../src/demo-people.ts';
import { CHANCES } from './behaviours.ts';
import { type Cast, type Deal, happens, isDishonest } from './people.ts';

export interface Quarter {
  readonly house: TestHouse;
  readonly dice: Chance;
  readonly people: Cast;
  readonly deals: readonly Deal[];
  readonly desk: readonly Person[];
  /** What really occurred, by name, so that a run can prove that it met every behaviour. */
  readonly occurred: Map<string, number>;
  readonly refusals: Map<string, number>;
  readonly openingDay: number;
}

export const note = ({ occurred }: Quarter, what: string): void =>
  void occurred.set(what, (occurred.get(what) ?? 0) + 1);

/** Nothing that anybody does may break the house: every answer is a result or a clear no. */
export async function say(
  { house, refusals }: Quarter,
  as: Person,
  line: string,
  body?: unknown,
): Promise<{ status: number; body: Common }> {
  const [method = '', path = ''] = line.split(' ');
  let answer = await house.http(as, method, path, body);
  if (answer.status === 401 || answer.body.code === 'step_up_needed') {
    await house.prove(as);
    answer = await house.http(as, method, path, body);
  }
  assert(answer.status < 500, `${line}: ${answer.text}`);
  if (answer.status >= 400) {
    const { code } = answer.body;
    refusals.set(code, (refusals.get(code) ?? 0) + 1);
  }
  return answer;
}

/** Whether whoever is told of a claim answers it, drawn when it comes. */
export const answers = (quarter: Quarter, deal: Deal): boolean =>
  !happens(quarter.dice, isDishonest(deal) ? CHANCES.dishonestSilence : CHANCES.honestSilence);

export async function balance({ house }: Quarter, code: AccountCode): Promise<bigint> {
  return (await balanceOf(house.db, code)).balance;
}
