/** Routes of signing in and out; the other routes of this room hang on this one. */

import { Type } from 'typebox';
import { type App, type Caller, inTransaction, Problem, type Tx } from '#platform';
import { accountRoutes } from './account-routes.ts';
import { codeGates, requestCode, sent, withCode } from './code.ts';
import type { PartiesDeps } from './deps.ts';
import { factorRoutes } from './factor-routes.ts';
import { meView, newcomer } from './me.ts';
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
import { clearCookie, deviceOf, openSession, setCookie } from './session.ts';
import { deleteSession } from './store.ts';
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
      const device = deviceOf(request);
      const opened = await withCode(
        db,
        { keys, phone, purpose: 'sign_in' },
        { code, at },
        async (tx) => {
          await endSession(tx, request.caller);
          const userId = await signUp(tx, { keys, phone, at });
          return { userId, ...(await openSession(tx, { userId, how: 'otp', device, at })) };
        },
      );
      setCookie(reply, config, opened.token);
      const caller = await newcomer(deps, { userId: opened.userId, strong: false, at });
      return { user: await meView(deps, caller, at) };
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
      const device = deviceOf(request);
      const opened = await inTransaction(db, async (tx) => {
        const userId = await proveByPasskey(tx, { config, at, challenge, body });
        await endSession(tx, request.caller);
        return { userId, ...(await openSession(tx, { userId, how: 'passkey', device, at })) };
      });
      setCookie(reply, config, opened.token);
      const caller = await newcomer(deps, { userId: opened.userId, strong: true, at });
      return { user: await meView(deps, caller, at) };
    },
  );
}

async function endSession(tx: Tx, caller: Caller | undefined): Promise<void> {
  if (caller) await deleteSession(tx, { id: caller.sessionId, personId: caller.userId });
}
