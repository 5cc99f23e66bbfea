/** Routes of one's own account (real name, consents, sessions, export, erasure) and of the house's staff. */

import { Type } from 'typebox';
import { type App, callerOf, inTransaction, Problem, Refused, stream } from '#platform';
import { consentViews, grantConsent, withdrawConsent } from './consent.ts';
import type { PartiesDeps } from './deps.ts';
import { eraseAccount } from './erase.ts';
import { exportAccount } from './export.ts';
import { meView, sessionViews } from './me.ts';
import { realNameView, submitRealName } from './real-name.ts';
import {
  ById,
  ConsentBody,
  ConsentParams,
  Consents,
  ErasureView,
  Export,
  List,
  Me,
  RealNameBody,
  RealNameView,
  RolesBody,
  SessionView,
  StaffBody,
  StaffView,
} from './schema.ts';
import { clearCookie, makeAuth } from './session.ts';
import { createStaff, resetFactors, setRoles, staffView, staffViews } from './staff.ts';
import { deleteSession, deleteSessions } from './store.ts';
import { pass } from './throttle.ts';

const tags = ['parties'];
const Nothing = Type.Null();

export function accountRoutes(app: App, deps: PartiesDeps): void {
  meRoutes(app, deps);
  sessionRoutes(app, deps);
  realNameRoutes(app, deps);
  consentRoutes(app, deps);
  leavingRoutes(app, deps);
  staffRoutes(app, deps);
}

function meRoutes(app: App, deps: PartiesDeps): void {
  const { clock, live } = deps;
  app.get(
    '/v1/me',
    {
      config: { access: 'user' },
      schema: { tags, summary: 'Who you are here.', response: { 200: Me, '4xx': Problem } },
    },
    async (request) => await meView(deps, callerOf(request), clock.now()),
  );
  if (!live) return;
  const { authenticate } = makeAuth(deps);
  app.get(
    '/v1/me/events',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Server-sent events: your account now, and again after each change.',
        response: { '4xx': Problem },
      },
    },
    async (request, reply) => {
      // Asked again with each look: the stream ends with the session, and tells the roles of now.
      const look = async () => {
        const caller = await authenticate(request);
        if (!caller) throw new Refused('not_signed_in');
        return await meView(deps, caller, clock.now());
      };
      await stream(request, reply, live, `me:${callerOf(request).userId}`, look);
    },
  );
}

function sessionRoutes(app: App, { db, clock, config }: PartiesDeps): void {
  app.get(
    '/v1/me/sessions',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Where you are signed in.',
        response: { 200: List(SessionView), '4xx': Problem },
      },
    },
    async (request) => {
      const { userId, sessionId } = callerOf(request);
      return { items: await sessionViews(db, { userId, sessionId, at: clock.now() }) };
    },
  );
  app.delete(
    '/v1/me/sessions',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Ends all your other sessions.',
        response: { 204: Nothing, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId, sessionId } = callerOf(request);
      await inTransaction(db, (tx) => deleteSessions(tx, userId, sessionId));
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/v1/me/sessions/:id',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Ends one of your sessions.',
        params: ById,
        response: { 204: Nothing, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId, sessionId } = callerOf(request);
      const { id } = request.params;
      if (!(await deleteSession(db, { id, personId: userId }))) throw new Refused('not_found');
      if (id === sessionId) clearCookie(reply, config);
      return reply.code(204).send(null);
    },
  );
}

function realNameRoutes(app: App, { db, keys, clock, config }: PartiesDeps): void {
  app.post(
    '/v1/me/real-name',
    {
      config: { access: 'user', secret: true },
      schema: {
        tags,
        summary: 'Submits name and id number for the real-name check.',
        body: RealNameBody,
        response: { 202: RealNameView, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const { name, idNumber } = request.body;
      const at = clock.now();
      await pass({ db, keys, config, at }, { 'real_name.person': userId });
      await inTransaction(db, (tx) => submitRealName(tx, { keys, userId, name, idNumber, at }));
      return reply.code(202).send(await realNameView(db, keys, userId));
    },
  );
}

function consentRoutes(app: App, { db, clock }: PartiesDeps): void {
  app.get(
    '/v1/me/consents',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Every purpose we ask for, and your answer.',
        response: { 200: Consents, '4xx': Problem },
      },
    },
    async (request) => ({ items: await consentViews(db, callerOf(request).userId) }),
  );
  app.post(
    '/v1/me/consents',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Agrees to one purpose.',
        body: ConsentBody,
        response: { 200: Consents, '4xx': Problem },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { purpose } = request.body;
      await inTransaction(db, (tx) => grantConsent(tx, { userId, purpose, at: clock.now() }));
      return { items: await consentViews(db, userId) };
    },
  );
  app.delete(
    '/v1/me/consents/:purpose',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Withdraws the consent; it counts from now on.',
        params: ConsentParams,
        response: { 200: Consents, '4xx': Problem },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { purpose } = request.params;
      await inTransaction(db, (tx) => withdrawConsent(tx, { userId, purpose, at: clock.now() }));
      return { items: await consentViews(db, userId) };
    },
  );
}

function leavingRoutes(app: App, deps: PartiesDeps): void {
  const { db, keys, clock, config, exporters = {} } = deps;
  app.get(
    '/v1/me/export',
    {
      config: { access: 'user', stepUp: true, secret: true },
      schema: {
        tags,
        summary: 'Everything we hold on you.',
        response: { 200: Export, '4xx': Problem },
      },
    },
    async (request) => {
      const { userId, sessionId } = callerOf(request);
      const at = clock.now();
      return await exportAccount(db, { keys, userId, sessionId, exporters, at });
    },
  );
  app.post(
    '/v1/me/erasure',
    {
      config: { access: 'user', stepUp: true, secret: true },
      schema: {
        tags,
        summary: 'Closes the account and erases what is personal in it.',
        response: { 200: ErasureView, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const at = clock.now();
      const kept = await inTransaction(db, (tx) => eraseAccount(tx, deps, { userId, at }));
      clearCookie(reply, config);
      return { erasedAt: at.toISOString(), kept };
    },
  );
}

function staffRoutes(app: App, { db, keys, clock }: PartiesDeps): void {
  app.get(
    '/v1/console/staff',
    {
      config: { access: ['admin', 'auditor'] },
      schema: {
        tags,
        summary: 'Who works for the house.',
        response: { 200: List(StaffView), '4xx': Problem },
      },
    },
    async () => ({ items: await staffViews(db, keys) }),
  );
  app.post(
    '/v1/console/staff',
    {
      config: { access: ['admin'], stepUp: true, secret: true },
      schema: {
        tags,
        summary: 'Gives a person roles, by phone number.',
        body: StaffBody,
        response: { 201: StaffView, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId: by } = callerOf(request);
      const { phone, roles } = request.body;
      const at = clock.now();
      const view = await inTransaction(db, async (tx) => {
        const userId = await createStaff(tx, { phone, roles, keys, at, by });
        return await staffView(tx, { keys, userId, at });
      });
      return reply.code(201).send(view);
    },
  );
  app.put(
    '/v1/console/staff/:id/roles',
    {
      config: { access: ['admin'], stepUp: true },
      schema: {
        tags,
        summary: 'Replaces the roles; works from the next request on.',
        params: ById,
        body: RolesBody,
        response: { 200: StaffView, '4xx': Problem },
      },
    },
    async (request) => {
      const { userId: by } = callerOf(request);
      const { roles } = request.body;
      const userId = request.params.id;
      const at = clock.now();
      return await inTransaction(db, async (tx) => {
        await setRoles(tx, { userId, roles, at, by });
        return await staffView(tx, { keys, userId, at });
      });
    },
  );
  app.delete(
    '/v1/console/staff/:id/factors',
    {
      config: { access: ['admin'], stepUp: true },
      schema: {
        tags,
        summary: 'After a lost device: ends the factors and sessions of a colleague.',
        params: ById,
        response: { 204: Nothing, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId: by } = callerOf(request);
      const userId = request.params.id;
      await inTransaction(db, (tx) => resetFactors(tx, { userId, by, at: clock.now() }));
      return reply.code(204).send(null);
    },
  );
}
