/** A till for tests: takes numbers from the house, seals cards as the page does, and hands them in over the API. */
import assert from 'node:assert/strict';
import type { Answer, Common, Person, TestHouse } from '#test/house.ts';
import type { MadeCard } from '../simulators/issuer/index.ts';
import { sealBox } from '../web/counter/box.ts';

export interface Slip {
  readonly id: string;
  readonly number: string;
  readonly token: string;
}
export interface Quote {
  readonly quoteId: string;
  readonly signature: string;
  readonly netFen: string;
}
export interface Visit extends Common {
  number: string;
  token: string;
  quote: Quote;
  deadline?: string;
  phone?: string;
  order?: { id: string; state: string; netFen: string; giveBack: boolean };
}

export interface Counter {
  readonly till: string;
  slips(count?: number): Promise<{ items: Slip[]; boxKey: string }>;
  /** What the page would send for this card. */
  intakeOf(card: MadeCard, phone: string, more?: object): Promise<{ slip: Slip; body: Common }>;
  /** Takes the card in; fails the test when the house says no. */
  take(card: MadeCard, phone: string, more?: object): Promise<Visit>;
  post(path: string, body?: object): Promise<Answer<Visit>>;
  get<T = Visit>(path: string): Promise<Answer<T>>;
}

export function counterOf(house: TestHouse, clerk: Person, shop: string, till = '前台'): Counter {
  const base = `/v1/recyclers/${shop}/counter`;
  const post: Counter['post'] = async (path, body = {}) =>
    await house.http<Visit>(clerk, 'POST', `${base}${path}`, body);
  const slips: Counter['slips'] = async (count = 1) => {
    const made = await house.http<{ items: Slip[]; boxKey: string }>(
      clerk,
      'POST',
      `${base}/slips`,
      { count },
    );
    assert.equal(made.status, 201, made.text);
    return made.body;
  };
  const intakeOf: Counter['intakeOf'] = async (card, phone, more = {}) => {
    const { items, boxKey } = await slips();
    const [slip] = items;
    assert(slip);
    const inside = { number: card.number, ...(card.pin && { pin: card.pin }), phone };
    const box = await sealBox(boxKey, JSON.stringify(inside), `counter/${slip.id}`);
    const body = {
      ...{ number: slip.number, till, sku: card.sku, faceFen: card.faceFen, box },
      ...{ takenAt: house.clock.now().toISOString(), offline: false, ...more },
    };
    return { slip, body: body as unknown as Common };
  };
  return {
    ...{ till, slips, intakeOf, post },
    get: async <T>(path: string) => await house.http<T>(clerk, 'GET', `${base}${path}`),
    take: async (card, phone, more) => {
      const made = await post('/visits', (await intakeOf(card, phone, more)).body);
      assert.equal(made.status, 201, made.text);
      return made.body;
    },
  };
}
