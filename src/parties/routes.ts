/** Routes of signing in and out; the other routes of this room hang on this one. */

import { Type } from 'typebox';
import { type App, inTransaction, Problem } from '#platform';
import { accountRoutes } from './account-routes.ts';
import { codeGates, requestCode, sent, withCode } from './code.ts';
import type { PartiesDeps } from './deps.ts';
import { endSession, enter, openFor, welcome } from './enter.ts';
import { factorRoutes } from './factor-routes.ts';
import { proveByPasskey, startProof, takeChallenge } from './passkey.ts';
import { requirePhone, signUp } from './person.ts';
import {
  OtpBody,
  OtpSent,
  OtpVerifyBody,
  PasskeyRequest,
  PasskeyUsedBody,
  SignedIn,
} from './schema.ts';
import { clearCookie } from './session.ts';
import { pass } from './throttle.ts';

const tags = ['parties'];
const Nothing = Type.Null();

export function partiesRoutes(app: App, deps: PartiesDeps): void {
  signInRoutes(app, deps);
  passkeySignInRoutes(app, deps);
  factorRoutes(app, deps);
  accountRoutes(app, deps);
}

function signInRoutes(app: App, deps: PartiesDeps): void {
  const { db, keys, clock, config } = deps;
  app.post(
    '/v1/auth/otp',
    {
      config: { access: 'public', secret: true },
      schema: {
        tags,
        summary: 'Texts a sign-in code; the answer is the same for every number.',
        body: OtpBody,
        response: { 202: OtpSent, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const phone = requirePhone(request.body.phone);
      const at = clock.now();
      await pass({ db, keys, config, at }, codeGates(request.ip, phone));
      await inTransaction(db, (tx) => requestCode(tx, { keys, phone, purpose: 'sign_in' }, at));
      return reply.code(202).send(sent(phone));
    },
  );
  app.post(
    '/v1/auth/otp/verify',
    {
      config: { access: 'public', secret: true },
      schema: {
        tags,
        summary: 'Signs in with the code; a number seen for the first time becomes an account.',
        body: OtpVerifyBody,
        response: { 200: SignedIn, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const phone = requirePhone(request.body.phone);
      const { code } = request.body;
      const at = clock.now();
      const gates = { 'try.address': request.ip, 'try.phone': phone };
      await pass({ db, keys, config, at }, gates);
      const how = 'otp';
      const opened = await withCode(
        db,
        { keys, phone, purpose: 'sign_in' },
        { code, at },
        async (tx) =>
          openFor(tx, { request, how, at, userId: await signUp(tx, { keys, phone, at }) }),
      );
      return await welcome(deps, { reply, how, at, opened });
    },
  );
  app.post(
    '/v1/auth/sign-out',
    {
      config: { access: 'public', secret: true },
      schema: { tags, summary: 'Ends this session.', response: { 204: Nothing, '4xx': Problem } },
    },
    async (request, reply) => {
      await inTransaction(db, (tx) => endSession(tx, request.caller));
      clearCookie(reply, config);
      return reply.code(204).send(null);
    },
  );
}

function passkeySignInRoutes(app: App, deps: PartiesDeps): void {
  const { db, keys, clock, config } = deps;
  app.post(
    '/v1/auth/passkey/options',
    {
      config: { access: 'public', secret: true },
      schema: {
        tags,
        summary: 'A challenge for signing in with a passkey; names no account.',
        response: { 200: PasskeyRequest, '4xx': Problem },
      },
    },
    async (request) => {
      const at = clock.now();
      await pass({ db, keys, config, at }, { 'passkey.address': request.ip });
      return await inTransaction(db, (tx) => startProof(tx, { config, at, as: undefined }));
    },
  );
  app.post(
    '/v1/auth/passkey',
    {
      config: { access: 'public', secret: true },
      schema: {
        tags,
        summary: 'Signs in with a passkey; this also proves the second factor.',
        body: PasskeyUsedBody,
        response: { 200: SignedIn, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const at = clock.now();
      await pass({ db, keys, config, at }, { 'try.address': request.ip });
      const { body } = request;
      const { ceremonyId } = body;
      const kind = 'sign_in';
      const challenge = await takeChallenge(db, { ceremonyId, kind, sessionId: undefined, at });
      return await enter(deps, { request, reply, how: 'passkey', at }, (tx) =>
        proveByPasskey(tx, { config, at, challenge, body }),
      );
    },
  );
}
