/** Routes of proving oneself again, and of the factors one proves with: authenticator apps and passkeys. */

import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { type App, callerOf, inTransaction, Problem, Refused } from '#platform';
import { codeGates, requestCode, sent, withCode } from './code.ts';
import type { PartiesDeps } from './deps.ts';
import { maskPhone, type StepUpMethod, steppedUpUntil, stepUpMethods } from './domain.ts';
import { passkeyView } from './me.ts';
import {
  finishRegistration,
  proveByPasskey,
  removePasskey,
  startProof,
  startRegistration,
  takeChallenge,
} from './passkey.ts';
import { phoneOf } from './person.ts';
import {
  ById,
  List,
  OtpSent,
  PasskeyCreatedBody,
  PasskeyCreation,
  PasskeyRequest,
  PasskeyUsedBody,
  PasskeyView,
  SteppedUp,
  StepUpBody,
  TotpConfirmBody,
  TotpEnrolment,
} from './schema.ts';
import { setCookie, stepUp } from './session.ts';
import { grantedRoles } from './store.ts';
import { factorsOf, passkeysOf } from './store-factors.ts';
import { pass } from './throttle.ts';
import { enrolTotp, removeTotp, useTotp } from './totp.ts';

const tags = ['parties'];
const Nothing = Type.Null();

export function factorRoutes(app: App, deps: PartiesDeps): void {
  stepUpRoutes(app, deps);
  passkeyStepUpRoutes(app, deps);
  totpRoutes(app, deps);
  passkeyRoutes(app, deps);
}

function stepUpRoutes(app: App, deps: PartiesDeps): void {
  const { db, keys, clock, config } = deps;
  app.post(
    '/v1/me/step-up/otp',
    {
      config: { access: 'user', secret: true },
      schema: {
        tags,
        summary: 'Texts a code that is good for this session only.',
        response: { 202: OtpSent, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId, sessionId } = callerOf(request);
      const at = clock.now();
      await allow(deps, userId, 'otp');
      const phone = await ownPhone(deps, userId);
      await pass({ db, keys, config, at }, codeGates(request.ip, phone));
      const scope = { keys, phone, purpose: 'step_up', sessionId } as const;
      await inTransaction(db, (tx) => requestCode(tx, scope, at));
      return reply.code(202).send(sent(phone));
    },
  );
  app.post(
    '/v1/me/step-up',
    {
      config: { access: 'user', secret: true },
      schema: {
        tags,
        summary: 'Proves it is you, for five minutes; the session gets a new token.',
        body: StepUpBody,
        response: { 200: SteppedUp, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId, sessionId } = callerOf(request);
      const { method, code } = request.body;
      const at = clock.now();
      await allow(deps, userId, method);
      if (method === 'totp') {
        await pass({ db, keys, config, at }, { 'totp.person': userId });
        const token = await inTransaction(db, async (tx) => {
          await useTotp(tx, { keys, userId, at, code, confirm: false });
          return await stepUp(tx, { sessionId, strong: true, at });
        });
        return raised(reply, deps, token, at);
      }
      const phone = await ownPhone(deps, userId);
      const gates = { 'try.address': request.ip, 'try.phone': phone };
      await pass({ db, keys, config, at }, gates);
      const scope = { keys, phone, purpose: 'step_up', sessionId } as const;
      const token = await withCode(db, scope, { code, at }, (tx) =>
        stepUp(tx, { sessionId, strong: false, at }),
      );
      return raised(reply, deps, token, at);
    },
  );
}

function passkeyStepUpRoutes(app: App, deps: PartiesDeps): void {
  const { db, clock, config } = deps;
  app.post(
    '/v1/me/step-up/passkey/options',
    {
      config: { access: 'user', secret: true },
      schema: {
        tags,
        summary: 'A challenge for one of your own passkeys.',
        response: { 200: PasskeyRequest, '4xx': Problem },
      },
    },
    async (request) => {
      const { userId, sessionId } = callerOf(request);
      const at = clock.now();
      return await inTransaction(db, (tx) =>
        startProof(tx, { config, at, as: { userId, sessionId } }),
      );
    },
  );
  app.post(
    '/v1/me/step-up/passkey',
    {
      config: { access: 'user', secret: true },
      schema: {
        tags,
        summary: 'Proves it is you with a passkey.',
        body: PasskeyUsedBody,
        response: { 200: SteppedUp, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId, sessionId } = callerOf(request);
      const { body } = request;
      const { ceremonyId } = body;
      const at = clock.now();
      const challenge = await takeChallenge(db, { ceremonyId, kind: 'step_up', sessionId, at });
      const token = await inTransaction(db, async (tx) => {
        const owner = await proveByPasskey(tx, { config, at, challenge, body });
        if (owner !== userId) throw new Refused('passkey_refused');
        return await stepUp(tx, { sessionId, strong: true, at });
      });
      return raised(reply, deps, token, at);
    },
  );
}

function totpRoutes(app: App, deps: PartiesDeps): void {
  const { db, keys, clock, config } = deps;
  app.post(
    '/v1/me/totp',
    {
      config: { access: 'user', stepUp: true, secret: true },
      schema: {
        tags,
        summary: 'Starts setting up an authenticator app; the secret is shown this once.',
        response: { 201: TotpEnrolment, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const at = clock.now();
      const label = maskPhone(await ownPhone(deps, userId));
      const enrolment = await inTransaction(db, (tx) => enrolTotp(tx, { keys, userId, at, label }));
      return reply.code(201).send(enrolment);
    },
  );
  app.post(
    '/v1/me/totp/confirm',
    {
      config: { access: 'user', stepUp: true, secret: true },
      schema: {
        tags,
        summary: 'Confirms the app with its first code, which also proves the second factor.',
        body: TotpConfirmBody,
        response: { 200: SteppedUp, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId, sessionId } = callerOf(request);
      const { code } = request.body;
      const at = clock.now();
      await pass({ db, keys, config, at }, { 'totp.person': userId });
      const token = await inTransaction(db, async (tx) => {
        await useTotp(tx, { keys, userId, at, code, confirm: true });
        return await stepUp(tx, { sessionId, strong: true, at });
      });
      return raised(reply, deps, token, at);
    },
  );
  app.delete(
    '/v1/me/totp',
    {
      config: { access: 'user', stepUp: true },
      schema: {
        tags,
        summary: 'Removes the authenticator app.',
        response: { 204: Nothing, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      await inTransaction(db, (tx) => removeTotp(tx, { userId, at: clock.now() }));
      return reply.code(204).send(null);
    },
  );
}

function passkeyRoutes(app: App, deps: PartiesDeps): void {
  const { db, clock, config } = deps;
  app.get(
    '/v1/me/passkeys',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Your passkeys.',
        response: { 200: List(PasskeyView), '4xx': Problem },
      },
    },
    async (request) => ({
      items: (await passkeysOf(db, callerOf(request).userId)).map(passkeyView),
    }),
  );
  app.post(
    '/v1/me/passkeys/options',
    {
      config: { access: 'user', stepUp: true, secret: true },
      schema: {
        tags,
        summary: 'A challenge for making a passkey.',
        response: { 200: PasskeyCreation, '4xx': Problem },
      },
    },
    async (request) => {
      const { userId, sessionId } = callerOf(request);
      const at = clock.now();
      const label = maskPhone(await ownPhone(deps, userId));
      return await inTransaction(db, (tx) =>
        startRegistration(tx, { config, at, userId, sessionId, label }),
      );
    },
  );
  app.post(
    '/v1/me/passkeys',
    {
      config: { access: 'user', stepUp: true, secret: true },
      schema: {
        tags,
        summary: 'Adds the passkey, which also proves the second factor.',
        body: PasskeyCreatedBody,
        response: { 201: PasskeyView, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId, sessionId } = callerOf(request);
      const { body } = request;
      const at = clock.now();
      const { ceremonyId } = body;
      const challenge = await takeChallenge(db, { ceremonyId, kind: 'register', sessionId, at });
      const { passkey, token } = await inTransaction(db, async (tx) => ({
        passkey: await finishRegistration(tx, { config, at, userId, challenge, body }),
        token: await stepUp(tx, { sessionId, strong: true, at }),
      }));
      raised(reply, deps, token, at);
      return reply.code(201).send(passkeyView(passkey));
    },
  );
  app.delete(
    '/v1/me/passkeys/:id',
    {
      config: { access: 'user', stepUp: true },
      schema: {
        tags,
        summary: 'Removes a passkey.',
        params: ById,
        response: { 204: Nothing, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const passkeyId = request.params.id;
      await inTransaction(db, (tx) => removePasskey(tx, { userId, passkeyId, at: clock.now() }));
      return reply.code(204).send(null);
    },
  );
}

async function ownPhone({ db, keys }: PartiesDeps, userId: string): Promise<string> {
  const phone = await phoneOf(db, { keys, userId });
  if (!phone) throw new Refused('not_signed_in');
  return phone.reveal();
}

/** Refuses second_factor_needed when this person must use something stronger. */
async function allow(
  { db, config }: PartiesDeps,
  userId: string,
  method: StepUpMethod,
): Promise<void> {
  const [granted, factors] = await Promise.all([grantedRoles(db, userId), factorsOf(db, userId)]);
  const methods = stepUpMethods({ isStaff: granted.length > 0, factors, demo: config.DEMO });
  if (methods.includes(method)) return;
  throw new Refused(method === 'totp' ? 'totp_missing' : 'second_factor_needed');
}

function raised(
  reply: FastifyReply,
  { config }: PartiesDeps,
  token: string | undefined,
  at: Date,
): { steppedUpUntil: string } {
  if (token === undefined) throw new Refused('not_signed_in');
  setCookie(reply, config, token);
  return { steppedUpUntil: steppedUpUntil(at).toISOString() };
}
