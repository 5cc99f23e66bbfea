/** The other side of a claim, and the desk: sellers answer or are silent, and two people decide what no rule could. */
import assert from 'node:assert/strict';
import type { Common } from '#test/house.ts';
import type { Deal } from './people.ts';
import { answers, note, type Quarter, say } from './world.ts';

interface OpenClaim {
  id: string;
  subject: string;
  state: string;
}

async function openClaims({ house }: Quarter, states: readonly string[]): Promise<OpenClaim[]> {
  const { rows } = await house.pool.query<OpenClaim>(
    `select c.id, c.subject, i.state from disputes.claim c join process.instance i on i.id = c.id
     where i.state = any($1) order by c.id`,
    [states],
  );
  return rows;
}

const dealOf = ({ deals }: Quarter, { subject }: OpenClaim): Deal => {
  const found = deals.find(({ orderId }) => orderId === subject);
  assert(found, 'a claim is about an order of the quarter');
  return found;
};

/** Careless sellers own up, honest ones deny what is not so, the others deny everything or say nothing. */
export async function answerClaims(quarter: Quarter): Promise<boolean> {
  const asked = await openClaims(quarter, ['awaiting_answer']);
  for (const claim of asked) {
    const deal = dealOf(quarter, claim);
    if (!answers(quarter, deal)) {
      note(quarter, 'a seller was silent');
      continue;
    }
    const ownsUp = deal.sells === 'careless' && deal.lossBy === 'seller';
    const answer = ownsUp ? 'agree' : 'contest';
    note(quarter, `a seller answered: ${answer}`);
    await say(quarter, deal.seller, `POST /v1/disputes/${claim.id}/answer`, { answer });
  }
  const decided = await openClaims(quarter, ['decided']);
  for (const claim of decided) {
    const deal = dealOf(quarter, claim);
    // The one who lied tries again; honest people read the reasons.
    if (deal.buys !== 'false_claimer' || deal.lossFen > 0n) continue;
    const said = await say(quarter, deal.buyer, `POST /v1/disputes/${claim.id}/appeal`, {
      text: '我不同意，卡真的是空的',
    });
    if (said.status < 300) note(quarter, 'appealed');
  }
  return asked.length + decided.length > 0;
}

/** What the desk sees is the file, like the house; of a restriction it asks the issuer, and so knows. */
export async function sitAtDesk(quarter: Quarter): Promise<boolean> {
  const waiting = await openClaims(quarter, ['evidence', 'arbitration', 'appealed']);
  for (const claim of waiting) {
    const [first, second] = quarter.desk;
    const reviewer = claim.state === 'appealed' ? second : first;
    assert(reviewer);
    const path = `/v1/console/claims/${claim.id}`;
    const taken = await say(quarter, reviewer, `POST ${path}/assign`, {});
    if (taken.status >= 300) continue;
    if (claim.state === 'evidence') await say(quarter, reviewer, `POST ${path}/hear`, {});
    const made = verdictOf(taken.body, dealOf(quarter, claim));
    const decided = await say(quarter, reviewer, `POST ${path}/decide`, {
      ...{ penalty: false, words: '已核对验卡凭证与发卡方记录。', ...made },
    });
    assert(decided.status < 300, JSON.stringify(decided.body));
    note(quarter, `decided at the desk: ${made.template}`);
  }
  return waiting.length > 0;
}

interface Evidence {
  promisedBalanceFen: string;
  probes: { when: string; genuine: boolean; shows: string; balanceFen?: string }[];
  events: { kind: string }[];
}

function verdictOf(file: Common, deal: Deal) {
  const evidence = file['evidence'] as Evidence;
  if (file['reason'] === 'RESTRICTED' && deal.slip === 'restriction')
    return { outcome: 'refund', fault: 'seller', template: 'restriction_undisclosed' } as const;
  if (evidence.events.some(({ kind }) => kind === 'frozen'))
    return { outcome: 'refund', fault: 'issuer', template: 'issuer_caused' } as const;
  const reveal = evidence.probes.find(({ when, genuine }) => genuine && when === 'reveal');
  const isGood =
    reveal?.shows === 'holds' &&
    BigInt(reveal.balanceFen ?? 0) >= BigInt(evidence.promisedBalanceFen);
  return isGood
    ? ({ outcome: 'release', fault: 'unknown', template: 'not_proved' } as const)
    : ({ outcome: 'refund', fault: 'seller', template: 'for_buyer' } as const);
}
