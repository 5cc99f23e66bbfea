/** Giving over HTTP: who can be given to, one's own gifts and receipts, the public list, and the register's upkeep. */
import { Type } from 'typebox';
import {
  type App,
  Body,
  callerOf,
  chinaDay,
  Id,
  inTransaction,
  PageQuery,
  Problem,
  pageOf,
  Refused,
  type Role,
} from '#platform';
import { maskName } from '../domain.ts';
import type { SettlementDeps } from '../step.ts';
import {
  approveCharity,
  type CharityFacts,
  choosableCharities,
  proposeCharity,
  recheckCharity,
} from './charity.ts';
import { type ReceiptFacts, receiptOf, strikeAndReturn } from './donation.ts';
import {
  CharityList,
  ConsoleCharities,
  DonationPage,
  DonationReceipt,
  DonationView,
  ListGift,
  ProposeCharity,
  PublicDonations,
} from './schema.ts';
import { findDonation, listDonations, savePublic } from './store.ts';
import { consoleCharities } from './views.ts';

const readers: readonly Role[] = ['finance', 'auditor', 'admin'];
const writers: readonly Role[] = ['finance', 'admin'];
const tags = ['charity'];
const params = Body({ id: Id });

export function charityRoutes(app: App, deps: SettlementDeps): void {
  publicRoutes(app, deps);
  donorRoutes(app, deps);
  consentRoute(app, deps);
  proposeRoutes(app, deps);
  upkeepRoutes(app, deps);
}

const charityView = ({ verifiedAt, ...rest }: CharityFacts) => ({
  ...rest,
  verifiedAt: verifiedAt.toISOString(),
});

const donationView = ({ donation, charity, batchNo, paidAt }: ReceiptFacts) => ({
  ...{ id: donation.id, subject: donation.subject, isPublic: donation.isPublic },
  charity: { nameZh: charity.nameZh, nameEn: charity.nameEn },
  amountFen: String(donation.amount),
  givenAt: donation.givenAt.toISOString(),
  ...(batchNo !== undefined && { batchNo }),
  ...(paidAt && { paidAt: paidAt.toISOString() }),
  ...(donation.returnedAt && { returnedAt: donation.returnedAt.toISOString() }),
});

function publicRoutes(app: App, { db, keys, clock, realNameOf }: SettlementDeps): void {
  app.get(
    '/v1/charities',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Charities that can be given to, with the licence and when it was confirmed.',
        response: { 200: CharityList, '4xx': Problem },
      },
    },
    async () => ({ items: (await choosableCharities(db, clock.now())).map(charityView) }),
  );

  app.get(
    '/v1/donations',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Gifts of donors who agreed to be listed, under masked names, newest first.',
        querystring: Type.Object(PageQuery),
        response: { 200: PublicDonations, '4xx': Problem },
      },
    },
    async ({ query: { cursor, limit = 20 } }) => {
      const rows = await listDonations(db, { isPublic: true, before: cursor, limit });
      const shown = new Map<string, { donor: string; facts: ReceiptFacts }>();
      for (const row of rows) {
        const name = (await realNameOf(db, keys, row.donorId))?.name.reveal();
        const donor = name === undefined ? '***' : maskName(name);
        shown.set(row.id, { donor, facts: await receiptOf(db, row) });
      }
      return pageOf(rows, limit, ({ id, amount, givenAt }) => {
        const { nameZh = '', nameEn = '' } = shown.get(id)?.facts.charity ?? {};
        return {
          ...{ donor: shown.get(id)?.donor ?? '***', charity: { nameZh, nameEn } },
          ...{ amountFen: String(amount), day: chinaDay(givenAt) },
        };
      });
    },
  );
}

function donorRoutes(app: App, { db }: SettlementDeps): void {
  app.get(
    '/v1/me/donations',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'My gifts, newest first, each with the batch that paid it out.',
        querystring: Type.Object(PageQuery),
        response: { 200: DonationPage, '4xx': Problem },
      },
    },
    async (request) => {
      const { cursor, limit = 20 } = request.query;
      const donorId = callerOf(request).userId;
      const rows = await listDonations(db, { donorId, before: cursor, limit });
      const receipts = new Map(
        await Promise.all(rows.map(async (row) => [row.id, await receiptOf(db, row)] as const)),
      );
      return pageOf(rows, limit, (row) => {
        const receipt = receipts.get(row.id);
        if (!receipt) throw new Refused('not_found');
        return donationView(receipt);
      });
    },
  );

  app.get(
    '/v1/me/donations/:id/receipt',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'What a receipt of a gift says: amount, charity and licence, date, batch number.',
        params,
        response: { 200: DonationReceipt, '4xx': Problem },
      },
    },
    async (request) => {
      const row = await findDonation(db, { id: request.params.id });
      if (row?.donorId !== callerOf(request).userId) throw new Refused('not_found');
      const facts = await receiptOf(db, row);
      const { nameZh, nameEn, creditCode, licenceNo } = facts.charity;
      return { ...donationView(facts), charity: { nameZh, nameEn, creditCode, licenceNo } };
    },
  );
}

function consentRoute(app: App, { db }: SettlementDeps): void {
  app.put(
    '/v1/me/donations/:id/listing',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Agrees that a gift of mine is listed in public, or takes the consent back.',
        params,
        body: ListGift,
        response: { 200: DonationView, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const donorId = callerOf(request).userId;
      const { isPublic } = request.body;
      const done = await inTransaction(db, (tx) => savePublic(tx, { id, donorId, isPublic }));
      const row = done ? await findDonation(db, { id }) : undefined;
      if (!row) throw new Refused('not_found');
      return donationView(await receiptOf(db, row));
    },
  );
}

function proposeRoutes(app: App, deps: SettlementDeps): void {
  const { db, clock } = deps;
  app.get(
    '/v1/console/charities',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Every charity with its licence, what it was given, and the latest batches.',
        response: { 200: ConsoleCharities, '4xx': Problem },
      },
    },
    () => consoleCharities(db),
  );

  app.post(
    '/v1/console/charities',
    {
      // `secret`: neither the account number nor the answer is kept for a replay.
      config: { access: writers, stepUp: true, secret: true },
      schema: {
        tags,
        summary: 'Proposes a charity; the public register is asked, then a second person approves.',
        body: ProposeCharity,
        response: { 200: ConsoleCharities, '4xx': Problem },
      },
    },
    async (request) => {
      const by = callerOf(request).userId;
      await proposeCharity(deps, { ...request.body, by, at: clock.now() });
      return await consoleCharities(db);
    },
  );
}

function upkeepRoutes(app: App, { db, clock }: SettlementDeps): void {
  const acts = {
    approve: {
      act: approveCharity,
      summary: 'A second person lets a confirmed charity be chosen.',
    },
    recheck: { act: recheckCharity, summary: 'Asks the public register again.' },
    strike: {
      act: strikeAndReturn,
      summary: 'Takes a charity off for good; what it was not paid yet goes back to its donors.',
    },
  } as const;
  for (const [name, { act, summary }] of Object.entries(acts))
    app.post(
      `/v1/console/charities/:id/${name}`,
      {
        config: { access: writers, stepUp: true },
        schema: {
          tags,
          summary,
          params,
          body: Body({}),
          response: { 200: ConsoleCharities, '4xx': Problem },
        },
      },
      async (request) => {
        const { id } = request.params;
        const step = { id, actor: callerOf(request).userId, at: clock.now() };
        await inTransaction(db, (tx) => act(tx, step));
        return await consoleCharities(db);
      },
    );
}
