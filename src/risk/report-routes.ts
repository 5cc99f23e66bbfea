/** The reports over HTTP: read, exported, and sent again when they were not taken. For compliance alone. */
import { Type } from 'typebox';
import { MEDIA, type SheetColumn, sendFile, sheetFile } from '#ledger';
import { maskName } from '#parties';
import {
  type App,
  Body,
  callerOf,
  chinaMinute,
  inTransaction,
  type Language,
  languageOf,
  Page,
  PageQuery,
  Problem,
  pageOf,
  Refused,
  type Role,
} from '#platform';
import type { RiskDeps } from './deps.ts';
import { pushReport, textOf } from './report.ts';
import { amlReport } from './report-life.ts';
import { ById, ReportRow, ReportsQuery, ReportView } from './schema.ts';
import { findReport, listReports, type Report } from './store.ts';

/** No administrator, no auditor, no finance: that a report exists is secret (arts. 7 and 54). */
const readers: readonly Role[] = ['compliance'];
const tags = ['console'];
const no = { '4xx': Problem };
const EXPORT_MAX = 10_000;

export function reportRoutes(app: App, deps: RiskDeps): void {
  reads(app, deps);
  exports(app, deps);
  app.post(
    '/v1/console/aml/reports/:id/resend',
    {
      config: { access: readers, stepUp: true },
      schema: {
        ...{ tags, summary: 'A report that was not taken goes out under a new number.' },
        ...{ params: ById, response: { 200: ReportView, ...no } },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { userId: actor } = callerOf(request);
      const again = { id, transition: 'resend', by: 'compliance', actor } as const;
      await inTransaction(deps.db, (tx) => pushReport(tx, { ...again, at: deps.clock.now() }));
      return await viewOf(deps, id);
    },
  );
}

function reads(app: App, deps: RiskDeps): void {
  app.get(
    '/v1/console/aml/reports',
    {
      config: { access: readers },
      schema: {
        ...{ tags, summary: 'Reports of large and suspicious transactions, newest first.' },
        querystring: Body({ ...PageQuery, ...ReportsQuery }),
        response: { 200: Page(ReportRow), ...no },
      },
    },
    async ({ query: { cursor, limit = 20, kind, state } }) =>
      pageOf(await listReports(deps.db, { cursor, limit, kind, state }), limit, rowOf),
  );
  app.get(
    '/v1/console/aml/reports/:id',
    {
      config: { access: readers },
      schema: {
        ...{ tags, summary: 'A report with each movement that it names.', params: ById },
        response: { 200: ReportView, ...no },
      },
    },
    async ({ params: { id } }) => await viewOf(deps, id),
  );
}

function exports(app: App, { db }: RiskDeps): void {
  app.get(
    '/v1/console/aml/reports.csv',
    {
      config: { access: readers, stepUp: true },
      schema: {
        ...{ tags, summary: `The last ${EXPORT_MAX} reports as CSV; parties by number only.` },
        response: { 200: { content: { [MEDIA.csv]: { schema: Type.String() } } }, ...no },
      },
    },
    async (request, reply) => {
      const rows = await listReports(db, { cursor: undefined, limit: EXPORT_MAX });
      const language = languageOf(request.headers['accept-language']);
      const input = { name: 'reports', columns: columnsOf(language), rows };
      return sendFile(reply, {
        format: 'csv',
        name: 'reports',
        file: await sheetFile(input, 'csv'),
      });
    },
  );
}

const heads: Record<Language, readonly string[]> = {
  zh: [
    '编号',
    '类型',
    '主体类型',
    '主体编号',
    '交易日',
    '收入（元）',
    '支出（元）',
    '原因',
    '依据',
    '状态',
    '回执号',
    '生成时间（北京）',
    '报送期限',
    '摘要',
  ],
  en: [
    'Report',
    'Kind',
    'Party',
    'Party number',
    'Day',
    'In (yuan)',
    'Out (yuan)',
    'Reasons',
    'Rule',
    'State',
    'Receipt',
    'Made (China)',
    'Due',
    'SHA-256',
  ],
};
function columnsOf(language: Language): SheetColumn<Report>[] {
  const cells: SheetColumn<Report>['of'][] = [
    ({ id }) => id,
    ({ kind }) => kind,
    ({ partyKind }) => partyKind,
    ({ partyId }) => partyId,
    ({ day }) => day,
    ({ inFen }) => inFen,
    ({ outFen }) => outFen,
    ({ reasons }) => reasons.join(' '),
    ({ rule }) => rule,
    ({ state }) => amlReport.states[state]?.[language],
    ({ receiptNo }) => receiptNo,
    ({ madeAt }) => chinaMinute(madeAt),
    ({ dueOn }) => dueOn,
    ({ digest }) => digest.toString('hex'),
  ];
  return cells.map((of, index) => ({ head: heads[language][index] ?? '', of }));
}

const rowOf = (report: Report) => ({
  ...{ id: report.id, kind: report.kind, partyKind: report.partyKind, partyId: report.partyId },
  ...{ day: report.day, inFen: String(report.inFen), outFen: String(report.outFen) },
  ...{ reasons: [...report.reasons], rule: report.rule, outNo: report.outNo, dueOn: report.dueOn },
  ...{ sha256: report.digest.toString('hex'), state: report.state },
  madeAt: report.madeAt.toISOString(),
  ...(report.receiptNo !== undefined && { receiptNo: report.receiptNo }),
  ...(report.failure !== undefined && { failure: report.failure }),
  ...(report.endedAt && { endedAt: report.endedAt.toISOString() }),
});

/** As our own text says it, which `makeReport` has written. */
interface Told {
  readonly party: { readonly kind: string; readonly name?: string };
  readonly note?: string;
  readonly lines: {
    outNo: string;
    kind: string;
    way: 'in' | 'out';
    amountFen: string;
    bookedAt: string;
  }[];
}

async function viewOf({ db, keys }: RiskDeps, id: string) {
  const report = await findReport(db, id);
  if (!report) throw new Refused('not_found');
  const { party, note, lines } = JSON.parse(textOf(keys, report)) as Told;
  const { name } = party;
  return {
    ...{ ...rowOf(report), lines },
    ...(name !== undefined && { partyName: party.kind === 'person' ? maskName(name) : name }),
    ...(note !== undefined && { note }),
  };
}
