/**
 * A recycler's program from end to end, in the sandbox: it listens for webhooks, bids, wins a card, verifies what it is
 * told, takes the secret, and reports what is wrong. Needs nothing but Node 24:
 * `HUIQUAN_URL=… HUIQUAN_SHOP=… HUIQUAN_KEY=… node examples/recycler.ts`; the three are printed by `start --sandbox`.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Access, type Call, callerOf } from './client.ts';
import { verified } from './verify.ts';

const SKU = 'weihe-gift';
/** 90 % of the face for up to five cards a day. */
const BID = {
  ...{ sku: SKU, faceMinFen: '5000', faceMaxFen: '100000', gradeMin: 'V4' },
  ...{ weekdays: [0, 1, 2, 3, 4, 5, 6], fromHour: 0, toHour: 24, dailyBudgetFen: '400000' },
  curve: [{ rateBps: 9_000, quantity: 5 }],
};
const WAIT_MS = 30_000;

interface Event {
  readonly type: string;
  readonly data: Record<string, string>;
}
export interface Story {
  readonly orderId: string;
  readonly paidFen: string;
  readonly cardEndsWith: string;
  readonly events: readonly string[];
}

export async function trade(access: Access, say: (line: string) => void): Promise<Story> {
  const call = callerOf(access);
  const inbox = new Inbox();
  const address = await inbox.listen();
  const hook = await call<{ secret: string; webhook: { id: string } }>('POST', '/webhooks', {
    ...{ url: address, signsV1a: false },
    events: ['buyback.accepted', 'buyback.delivered', 'buyback.settled', 'buyback.disputed'],
  });
  inbox.trust(hook.secret, async () => (await timeOf(call)).getTime());
  try {
    const bid = await call<{ id: string }>('POST', '/bids', BID);
    say(`bid ${bid.id}: 90 % of the face`);

    const sale = await call<{ orderId: string; isYours: boolean; priceFen: string }>(
      ...(['POST', '/sandbox/sales', { sku: SKU }] as const),
    );
    if (!sale.isYours) throw new Error('somebody else bid more');
    await inbox.hear('buyback.accepted', sale.orderId);
    say(`won ${sale.orderId} for ${sale.priceFen} fen; the money is held`);

    await inbox.hear('buyback.delivered', sale.orderId);
    const card = await call<{ number: string; pin?: string }>(
      ...(['POST', `/orders/${sale.orderId}/card`] as const),
    );
    // A real program tries the card now. It is shown this once, and belongs into no log.
    const cardEndsWith = card.number.slice(-4);
    say(`the card ends with ${cardEndsWith}`);

    const report = { reason: 'USED_OR_VOID', note: 'The till says it was spent already' };
    const after = await call<{ state: string }>('POST', `/orders/${sale.orderId}/report`, report);
    await inbox.hear('buyback.disputed', sale.orderId);
    say(`reported; the order is ${after.state}, a case decides it`);
    await call('POST', `/bids/${bid.id}/stop`);
    return {
      ...{ orderId: sale.orderId, paidFen: sale.priceFen, cardEndsWith },
      events: inbox.of(sale.orderId),
    };
  } finally {
    await call('DELETE', `/webhooks/${hook.webhook.id}`);
    await inbox.close();
  }
}

const timeOf = async (call: Call): Promise<Date> =>
  new Date((await call<{ now: string }>('GET', '/sandbox/clock')).now);

/** Takes webhooks, believes only what is signed, and does each message once. */
class Inbox {
  readonly #events: Event[] = [];
  readonly #done = new Set<string>();
  #secret = '';
  #clock: () => Promise<number> = async () => Date.now();
  #server: Server | undefined;

  async listen(): Promise<string> {
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      try {
        const headers = request.headers as Record<string, string | undefined>;
        // The sandbox has a time of its own; outside of it Date.now() is right.
        const now = await this.#clock();
        const event = verified(headers, body, { secret: this.#secret, now });
        const id = headers['webhook-id'] ?? '';
        if (!this.#done.has(id)) this.#events.push(event);
        this.#done.add(id);
        response.writeHead(204).end();
      } catch {
        response.writeHead(401).end();
      }
    });
    this.#server = server;
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  }

  trust(secret: string, clock: () => Promise<number>): void {
    this.#secret = secret;
    this.#clock = clock;
  }

  of(orderId: string): string[] {
    return this.#events.filter(({ data }) => data['orderId'] === orderId).map(({ type }) => type);
  }

  /** Order is not promised, so what came before is looked at too. */
  async hear(type: string, orderId: string): Promise<void> {
    for (const end = Date.now() + WAIT_MS; Date.now() < end; await pause()) {
      if (this.of(orderId).includes(type)) return;
    }
    throw new Error(`${type} did not come`);
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((done) => this.#server?.close(done));
  }
}

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, 50));

if (import.meta.main) {
  const { HUIQUAN_URL: url, HUIQUAN_SHOP: shop, HUIQUAN_KEY: key } = process.env;
  if (!url || !shop || !key) {
    console.error('set HUIQUAN_URL, HUIQUAN_SHOP and HUIQUAN_KEY: `start --sandbox` prints them');
    process.exit(1);
  }
  await trade({ url, shop, key }, (line) => console.log(`· ${line}`));
}
