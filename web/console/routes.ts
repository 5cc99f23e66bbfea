/** Every route the console calls: what goes in and what comes back, in the shape of the generated client. */
import type * as A from './api-types.ts';
import type { CreatedPasskey, UsedPasskey } from './passkey.ts';
import type { Preview, PriceTable, PriceTableData, PriceTables } from './price-types.ts';

type Get<Reply, Query = undefined, Params = undefined> = {
  params: Params;
  query: Query;
  body: undefined;
  reply: Reply;
};
type Send<Reply, Body = undefined, Params = undefined> = {
  params: Params;
  query: undefined;
  body: Body;
  reply: Reply;
};
type ById = { id: string };
type Cursor = { cursor?: string };
type List<T> = { items: T[] };

export interface AccountRoutes {
  /** Only in the demo; elsewhere it is not found. */
  'GET /v1/demo': Get<A.Demo>;
  'GET /v1/me': Get<A.Me>;
  'POST /v1/auth/otp': Send<{ sentTo: string; expiresInSeconds: number }, { phone: string }>;
  'POST /v1/auth/otp/verify': Send<{ user: A.Me }, { phone: string; code: string }>;
  'POST /v1/auth/sign-out': Send<unknown>;
  'POST /v1/auth/passkey/options': Send<A.Ceremony<unknown>>;
  'POST /v1/auth/passkey': Send<{ user: A.Me }, { ceremonyId: string; response: UsedPasskey }>;
  'POST /v1/me/step-up/otp': Send<{ sentTo: string; expiresInSeconds: number }>;
  'POST /v1/me/step-up': Send<{ steppedUpUntil: string }, { method: 'otp' | 'totp'; code: string }>;
  'POST /v1/me/step-up/passkey/options': Send<A.Ceremony<unknown>>;
  'POST /v1/me/step-up/passkey': Send<
    { steppedUpUntil: string },
    { ceremonyId: string; response: UsedPasskey }
  >;
  'POST /v1/me/totp': Send<{ secret: string; uri: string }>;
  'DELETE /v1/me/totp': Send<unknown>;
  'POST /v1/me/totp/confirm': Send<unknown, { code: string }>;
  'GET /v1/me/passkeys': Get<List<A.Passkey>>;
  'POST /v1/me/passkeys/options': Send<A.Ceremony<unknown>>;
  'POST /v1/me/passkeys': Send<
    A.Passkey,
    { ceremonyId: string; name: string; response: CreatedPasskey }
  >;
  'DELETE /v1/me/passkeys/:id': Send<unknown, undefined, ById>;
  'GET /v1/me/sessions': Get<List<A.Session>>;
  'DELETE /v1/me/sessions/:id': Send<unknown, undefined, ById>;
}

export interface WorkRoutes {
  'GET /v1/console/overview': Get<A.Overview>;
  'GET /v1/console/orders': Get<A.Page<A.ConsoleOrder>, { state?: string } & Cursor>;
  'GET /v1/console/orders/:id': Get<A.ConsoleOrderDetail, undefined, ById>;
  'GET /v1/console/reviews': Get<A.Page<A.ConsoleOrder>, Cursor>;
  'POST /v1/console/orders/:id/review': Send<
    unknown,
    { code: string; balanceFen?: string; note: string },
    ById
  >;
  'POST /v1/console/orders/:id/dispute': Send<unknown, { reason: string; note: string }, ById>;
  'GET /v1/console/cases': Get<A.Page<A.CaseView>, Cursor>;
  'POST /v1/console/disputes/:id/decide': Send<
    unknown,
    { outcome: A.CaseOutcome; amountFen?: string; reason: string },
    ById
  >;
  'GET /v1/console/reveals': Get<A.Page<A.Reveal>, Cursor>;
  'POST /v1/console/reveals': Send<
    A.Reveal,
    { cardId: string; orderRef: string; reasonCode: A.RevealReason; note: string }
  >;
  'POST /v1/console/reveals/:id/approve': Send<A.Reveal, undefined, ById>;
  'POST /v1/console/reveals/:id/open': Send<A.OpenedReveal, undefined, ById>;
  'GET /v1/console/jobs/failed': Get<A.FailedJob[]>;
  'POST /v1/console/jobs/:id/retry': Send<unknown, undefined, ById>;
}

export interface MoneyRoutes {
  'GET /v1/console/payouts': Get<A.Page<A.PayoutView>, { state?: string } & Cursor>;
  'GET /v1/console/payouts/:id': Get<A.PayoutDetail, undefined, ById>;
  'POST /v1/console/payouts/:id/retry': Send<unknown, undefined, ById>;
  'GET /v1/console/payout-runs': Get<A.Page<A.PayoutRun>, Cursor>;
  'POST /v1/console/payout-runs': Send<A.PayoutRun | undefined>;
  'POST /v1/console/payout-runs/:id/approve': Send<A.PayoutRun, undefined, ById>;
  'GET /v1/console/treasury': Get<A.Treasury>;
  'POST /v1/console/treasury/top-ups': Send<A.TopUp, { recycler: string; amountFen: string }>;
  'GET /v1/console/reconciliation': Get<A.Reconciliation, { day?: string }>;
  'GET /v1/console/price-tables': Get<PriceTables, Cursor>;
  'GET /v1/console/price-tables/:id': Get<PriceTable, undefined, ById>;
  'POST /v1/console/price-tables': Send<
    PriceTable,
    { title: string; note?: string; from?: string }
  >;
  'PUT /v1/console/price-tables/:id': Send<
    PriceTable,
    { title?: string; note?: string; data?: PriceTableData },
    ById
  >;
  'POST /v1/console/price-tables/:id/preview': Send<Preview, { at?: string }, ById>;
  'POST /v1/console/price-tables/:id/submit': Send<PriceTable, { effectiveFrom?: string }, ById>;
  'POST /v1/console/price-tables/:id/approve': Send<PriceTable, { digest: string }, ById>;
  'POST /v1/console/price-tables/:id/withdraw': Send<PriceTable, undefined, ById>;
}

export interface ProofRoutes {
  'GET /v1/console/ledger/accounts': Get<A.Page<A.LedgerAccount>, { prefix?: string } & Cursor>;
  'GET /v1/console/ledger/accounts/:code/statement': Get<
    A.Statement,
    { from?: string; to?: string },
    { code: string }
  >;
  'GET /v1/console/ledger/transfers': Get<A.Transfers, { subject: string }>;
  'GET /v1/console/ledger/trial-balance': Get<A.TrialBalance>;
  'GET /v1/console/record': Get<A.Page<A.RecordEntry>, { subject?: string } & Cursor>;
  'GET /v1/console/record/verify': Get<A.RecordCheck>;
  'GET /v1/console/processes': Get<A.ProcessView[]>;
  'GET /v1/console/staff': Get<List<A.Staff>>;
  'POST /v1/console/staff': Send<A.Staff, { phone: string; roles: A.Role[] }>;
  'DELETE /v1/console/staff/:id/factors': Send<unknown, undefined, ById>;
  'PUT /v1/console/staff/:id/roles': Send<A.Staff, { roles: A.Role[] }, ById>;
}

export interface ConsoleRoutes extends AccountRoutes, WorkRoutes, MoneyRoutes, ProofRoutes {}
