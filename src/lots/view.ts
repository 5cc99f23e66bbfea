/** Lots and deals as their people see them: the seller, a bidder, either side of a deal, staff. */
import { findProduct } from '#cards';
import { findCompany } from '#parties';
import { fen, type Keys, type Reader, type RefusalCode, refusals } from '#platform';
import { look, type Process } from '#process';
import type { Side } from './deal.ts';
import { dealProcess, lotProcess, trancheProcess } from './life.ts';
import { openBid } from './offer.ts';
import type { ConsoleLot, DealView, LotView, OfferView } from './schema.ts';
import { type Lot, papersOf } from './store.ts';
import {
  bidsOn,
  type Deal,
  dealsOfLot,
  partsIn,
  signaturesOf,
  type Tranche,
  tranchesOf,
} from './store-deal.ts';
import { faultCounts, groupsOf, listRows, reissuedRows, sampleOf } from './store-rows.ts';
import { received } from './upload.ts';
import { codeSaid, faultWords, reasonSaid } from './view-words.ts';

const said = (process: Process, state: string) => {
  const { zh, en } = process.states[state] ?? { zh: state, en: state };
  return { zh, en };
};
const instant = (at: Date | null | undefined): string | undefined => at?.toISOString();
const given = <K extends string, V>(key: K, value: V | undefined | null) =>
  (value === undefined || value === null ? {} : { [key]: value }) as { [_ in K]?: V };

export const lotSummary = (lot: Lot) => ({
  ...{ id: lot.id, title: lot.title, state: lot.state, stateSaid: said(lotProcess, lot.state) },
  ...{ declaredRows: lot.declared_rows, goodRows: lot.rows_good },
  createdAt: lot.created_at.toISOString(),
  ...given('closesAt', instant(lot.closes_at)),
});

async function productName(reader: Reader, sku: string) {
  return (await findProduct(reader, sku))?.name ?? { zh: sku, en: sku };
}

async function groupViews(reader: Reader, of: Parameters<typeof groupsOf>[1]) {
  return await Promise.all(
    (await groupsOf(reader, of)).map(async ({ sku, faceFen, expiresOn, cards }) => ({
      ...{ sku, productName: await productName(reader, sku), faceFen: String(faceFen), cards },
      ...given('expiresOn', expiresOn),
    })),
  );
}

const SOLD: ReadonlySet<string> = new Set(['choosing', 'awarded', 'closed']);

async function partViews(reader: Reader, lot: Lot) {
  const bids = await bidsOn(reader, lot.id);
  const deals = await dealsOfLot(reader, lot.id);
  return await Promise.all(
    (await partsIn(reader, lot.id)).map(async ({ no, sku, cards, faceFen, reserveFen }) => {
      const own = bids.filter(({ part_no }) => part_no === no);
      const best = own.find(({ state }) => state === 'held' || state === 'won');
      return {
        ...{ no, cards, faceFen: String(faceFen), bids: own.length },
        ...given('sku', sku),
        ...given('productName', sku === null ? undefined : await productName(reader, sku)),
        ...given('reserveFen', reserveFen === undefined ? undefined : String(reserveFen)),
        // Sealed until the deadline, to the seller too.
        ...(SOLD.has(lot.state) && best?.price_fen && { bestFen: String(best.price_fen) }),
        ...given('dealId', deals.find(({ part_no }) => part_no === no)?.id),
      };
    }),
  );
}

async function sampleView(reader: Reader, lot: Lot) {
  const rows = await sampleOf(reader, lot.id);
  return {
    ...{ plan: lot.plan, commitment: lot.commitment },
    ...given('seed', lot.seed),
    ...given('size', lot.sample_size),
    looked: rows.filter(({ sample_ok }) => sample_ok !== null).length,
    failed: rows.filter(({ sample_ok }) => sample_ok === false).length,
  };
}

function refusedView({ fault, fault_row: row, declared_rows: declared }: Lot) {
  if (fault === null || !(fault in refusals)) return {};
  const { zh, en } = refusals[fault as RefusalCode];
  const fill = (text: string): string =>
    text
      .replace('{row}', String(row ?? ''))
      .replace('{found}', String(row ?? ''))
      .replace('{declared}', String(declared))
      .replace(/\{\w+\}/g, '…');
  return {
    refused: {
      code: fault,
      said: { zh: fill(zh.title), en: fill(en.title) },
      remedy: { zh: fill(zh.remedy), en: fill(en.remedy) },
      ...given('row', row),
    },
  };
}

export async function lotView(reader: Reader, lot: Lot, userId: string): Promise<LotView> {
  const { rows_read: read, rows_good: good, rows_bad: bad } = lot;
  const [faults, makeUp, papers, sample, parts, instance, receivedBytes] = await Promise.all([
    faultCounts(reader, lot.id),
    groupViews(reader, { lotId: lot.id }),
    papersOf(reader, lot.id),
    sampleView(reader, lot),
    partViews(reader, lot),
    look(reader, lot.id),
    received(reader, lot.id),
  ]);
  return {
    ...lotSummary(lot),
    isMaker: lot.made_by === userId,
    progress: {
      ...{ read, good, bad, receivedBytes },
      ...{ checkedGood: lot.checked_good, checkedBad: lot.checked_bad },
    },
    ...refusedView(lot),
    ...(lot.reason !== null && { reason: lot.reason, reasonSaid: reasonSaid(lot.reason) }),
    faults: faults.map(({ fault, rows, first }) => {
      return { fault, ...faultWords(fault), rows, firstRow: first };
    }),
    makeUp,
    papers: papers.map(({ at, ...paper }) => ({ ...paper, at: at.toISOString() })),
    ...{ sample, parts },
    reissued: (await reissuedRows(reader, lot.id)).length,
    ...given('kind', lot.kind),
    ...given('tranches', lot.tranches),
    ...given('dueAt', instant(instance?.dueAt)),
  };
}

export async function offerSummary(reader: Reader, lot: Lot) {
  const parts = await partsIn(reader, lot.id);
  return {
    ...{ id: lot.id, kind: lot.kind ?? 'rfq', state: lot.state },
    stateSaid: said(lotProcess, lot.state),
    cards: parts.reduce((total, { cards }) => total + cards, 0),
    faceFen: String(parts.reduce<bigint>((total, { faceFen }) => total + faceFen, 0n)),
    closesAt: (lot.closes_at ?? lot.created_at).toISOString(),
  };
}

/** Others' bids are a number, and the best price once they are open; one's own is shown to its people only. */
export async function offerView(
  { reader, keys }: { reader: Reader; keys: Keys },
  lot: Lot,
  bidderId: string,
): Promise<OfferView> {
  const bids = (await bidsOn(reader, lot.id)).filter(({ bidder_id }) => bidder_id === bidderId);
  const parts = await partViews(reader, lot);
  return {
    ...(await offerSummary(reader, lot)),
    tranches: lot.tranches ?? 1,
    sample: await sampleView(reader, lot),
    parts: await Promise.all(
      parts.map(async ({ dealId, ...part }) => {
        const bid = bids.find(({ part_no }) => part_no === part.no);
        const isMine = bid?.state === 'won';
        return {
          ...part,
          ...given('dealId', isMine ? dealId : undefined),
          makeUp: await groupViews(reader, { lotId: lot.id, partNo: part.no }),
          ...(bid && {
            bid: {
              priceFen: String(openBid(keys, bid).priceFen),
              state: bid.state as 'held',
              at: bid.at.toISOString(),
            },
          }),
        };
      }),
    ),
  };
}

export async function dealSummary(reader: Reader, deal: Deal, side: Side) {
  const other = side === 'seller' ? deal.buyer_id : deal.seller_id;
  return {
    ...{ id: deal.id, lotId: deal.lot_id, part: deal.part_no, side, state: deal.state },
    other: (await findCompany(reader, other))?.name ?? other,
    stateSaid: said(dealProcess, deal.state),
    priceFen: String(deal.price_fen),
    createdAt: deal.created_at.toISOString(),
  };
}

export async function trancheView(reader: Reader, deal: Deal, tranche: Tranche, userId: string) {
  const disputed = await listRows(reader, {
    ...{ lotId: deal.lot_id, trancheId: tranche.id, states: ['disputed'], limit: 500 },
  });
  const instance = await look(reader, tranche.id);
  return {
    ...{ no: tranche.no, state: tranche.state, stateSaid: said(trancheProcess, tranche.state) },
    ...{ cards: tranche.cards, priceFen: String(tranche.price_fen) },
    ...{ paidFen: String(tranche.paid_fen), feeFen: String(tranche.fee_fen) },
    ...{ backFen: String(tranche.back_fen), failingFen: String(tranche.failing_fen) },
    refundFen: String(tranche.refund_fen),
    opened: tranche.opened_by !== null,
    openedByMe: tranche.opened_by === userId,
    ...given('dueAt', instant(instance?.dueAt)),
    disputed: disputed.map(({ no, sku, price_fen, reported, probed }) => ({
      ...{ row: no, sku: sku ?? '', priceFen: String(fen(price_fen)), reported: reported ?? '' },
      reportedSaid: codeSaid(reported ?? '') ?? { zh: '', en: '' },
      ...given('probed', probed),
      ...given('probedSaid', codeSaid(probed)),
    })),
  };
}

export async function dealView(
  reader: Reader,
  { deal, side, userId }: { deal: Deal; side: Side; userId: string },
): Promise<DealView> {
  const tranches = await tranchesOf(reader, deal.id);
  const signatures = await signaturesOf(reader, deal.id);
  const instance = await look(reader, deal.id);
  return {
    ...(await dealSummary(reader, deal, side)),
    ...{ contract: deal.contract, contractHash: deal.contract_hash },
    cards: tranches.reduce((total, { cards }) => total + cards, 0),
    signatures: signatures.map((one) => ({
      ...{ side: one.side as Side, role: one.role as 'maker' },
      ...{ isMe: one.person_id === userId, at: one.at.toISOString() },
    })),
    tranches: await Promise.all(tranches.map((one) => trancheView(reader, deal, one, userId))),
    ...given('dueAt', instant(instance?.dueAt)),
  };
}

export async function consoleRow(reader: Reader, lot: Lot) {
  const company = (await findCompany(reader, lot.company_id))?.name ?? lot.company_id;
  return { ...lotSummary(lot), company };
}

export async function consoleLot(reader: Reader, lot: Lot, userId: string): Promise<ConsoleLot> {
  const sample = await sampleOf(reader, lot.id);
  const deals = await dealsOfLot(reader, lot.id);
  return {
    ...(await lotView(reader, lot, userId)),
    ...(await consoleRow(reader, lot)),
    companyId: lot.company_id,
    toLookAt: sample.map(({ no, sku, face_fen, sample_ok }) => ({
      ...{ row: no, sku: sku ?? '', faceFen: String(fen(face_fen)) },
      ...given('ok', sample_ok),
    })),
    deals: await Promise.all(
      deals.map(async (deal) => ({
        ...(await dealSummary(reader, deal, 'seller')),
        tranches: await Promise.all(
          (await tranchesOf(reader, deal.id)).map((one) => trancheView(reader, deal, one, userId)),
        ),
      })),
    ),
  };
}
