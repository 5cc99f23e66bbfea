/** The HTTP kit: one way to declare a route, who may call it, what goes in, what may leave, and how we say no. */
import assert from 'node:assert/strict';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyTypeProvider,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import type { Static, TObject, TSchema } from 'typebox';
import { lazySchemas } from './compile.ts';
import type { Config } from './config.ts';
import type { Db } from './db.ts';
import { replayed, watchIdempotency } from './idempotency.ts';
import { newId } from './ids.ts';
import type { Log } from './log.ts';
import { httpSeconds } from './metrics.ts';
import {
  fieldWords,
  languageOf,
  type Refusal,
  Refused,
  refusals,
  refuse,
  wordsFor,
} from './refusals.ts';
import { Problem } from './schema.ts';
import type { Clock } from './time.ts';

/** Roles of the operator's staff; a person without one is a seller. */
export const ROLES = ['support', 'risk', 'finance', 'compliance', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface Caller {
  readonly userId: string;
  readonly sessionId: string;
  readonly roles: ReadonlySet<Role>;
  /** When this session last proved itself again; fresh for 5 minutes. */
  readonly steppedUpAt: Date | undefined;
  /** The caller is a program with a key: for one recycler, and for routes that name one of its scopes. */
  readonly key?: {
    readonly id: string;
    readonly recyclerId: string;
    readonly scopes: ReadonlySet<string>;
  };
}

/** Who may call a route: anybody, anybody signed in, or staff with one of these roles. */
export type Access = 'public' | 'user' | readonly Role[];

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** Needs a proof of identity in this session within STEP_UP_MS. */
    stepUp?: boolean;
    /** The answer holds a secret: never stored for a replay, never cached. */
    secret?: boolean;
    /** Programs may call it with a key of this scope; its `:id` is the recycler. Without it no key opens the route. */
    scope?: string;
  }
  interface FastifyInstance {
    /** Compiles every schema declared so far, and says how many; throws at one that is none. */
    compileAll(): number;
  }
  interface FastifyRequest {
    caller: Caller | undefined;
  }
}

export interface TypeBoxProvider extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  Log,
  TypeBoxProvider
>;

export const STEP_UP_MS = 5 * 60_000;
const BODY_BYTES_MAX = 256 * 1024;
export const UPLOAD_BYTES_MAX = 8 * 1024 * 1024;
/**
 * A mobile network puts hundreds of people behind one address, and a page with its scripts is 15 to 25 files. So whoever
 * is known has an allowance of their own, files are counted apart, and of both an address has ten times as much.
 */
const ADDRESS_TIMES = 10;
const isOfPages = ({ routeOptions }: FastifyRequest): boolean => !routeOptions.config.access;

/** Whose allowance a request takes from. */
function allowanceOf(request: FastifyRequest): string {
  if (isOfPages(request)) return `pages ${request.ip}`;
  const { caller } = request;
  return caller ? `caller ${caller.key?.id ?? caller.userId}` : `address ${request.ip}`;
}

/** Lists are cut by id: version-7 ids sort by time, so the id is the cursor. `rows` has one more than `limit`. */
export function pageOf<T extends { id: string }, V>(
  rows: T[],
  limit: number,
  view: (row: T) => V,
): { items: V[]; next?: string } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(view), ...(rows.length > limit && last && { next: last.id }) };
}

export function callerOf(request: FastifyRequest): Caller {
  assert(request.caller, 'the route declares access, so there is a caller');
  return request.caller;
}

export interface HttpInput {
  config: Config;
  log: Log;
  clock: Clock;
  db: Db;
  /** Finds who is calling from cookies or headers; undefined when nobody is signed in. */
  authenticate: (request: FastifyRequest) => Promise<Caller | undefined>;
}

export async function buildHttp(input: HttpInput): Promise<App> {
  const { config, log } = input;
  const { schemaController, compileAll } = lazySchemas();
  const app: App = fastify({
    schemaController,
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => newId(),
    bodyLimit: BODY_BYTES_MAX,
    trustProxy: config.TRUSTED_PROXIES
      ? config.TRUSTED_PROXIES.split(',').map((proxy) => proxy.trim())
      : false,
    forceCloseConnections: true,
    // An address that cannot even be read, e.g. broken percent signs, is an address of nothing.
    frameworkErrors: (_error, request, reply) =>
      void sendProblem(request, reply, refuse('not_found')),
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: true,
        keywords: ['example'],
      },
    },
  }).withTypeProvider<TypeBoxProvider>() as unknown as App;
  app.decorate('compileAll', compileAll);
  app.decorateRequest('caller', undefined);
  queryCoercion(app);
  refuseBadText(app);
  app.addHook('onRoute', (route) => {
    const isOurs = route.url.startsWith('/v1/');
    assert(
      !isOurs || route.config?.access,
      `${route.method} ${route.url} must say who may call it`,
    );
  });
  await equip(app, config);
  app.addSchema(Problem);
  guard(app, input);
  watchIdempotency(app, input);
  answers(app, input);
  return app;
}

/** Security headers, limits, uploads and the API document. */
async function equip(app: App, config: Config): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        connectSrc: ["'self'"],
        fontSrc: ["'self'", 'data:'],
        mediaSrc: ["'self'", 'blob:'],
        workerSrc: ["'self'", 'blob:'],
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: config.PUBLIC_URL.startsWith('https://'),
  });
  await app.register(rateLimit, {
    // Looked at when the caller is known: the hooks of routes come after those of the app.
    max: (request) => config.RATE_PER_MINUTE * (isOfPages(request) ? ADDRESS_TIMES : 1),
    keyGenerator: allowanceOf,
    timeWindow: 60_000,
    enableDraftSpec: true,
    errorResponseBuilder: (_request, context) =>
      new Refused('too_many', { seconds: Math.ceil(context.ttl / 1000) }),
  });
  await app.register(multipart, {
    limits: { fileSize: UPLOAD_BYTES_MAX, files: 1, fields: 8, parts: 9 },
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: '回券 Huiquan',
        version: '1',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        description:
          'Amounts are fen in decimal strings. POST accepts `Idempotency-Key`. Errors are RFC 9457 problems whose `code` is stable.',
      },
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) =>
        typeof json['$id'] === 'string' ? json['$id'] : `schema-${index}`,
    },
    transform: ({ schema, url, route }) => ({
      url,
      schema: {
        ...schema,
        'x-access': route.config?.access,
        'x-step-up': route.config?.stepUp ?? false,
        ...(route.config?.scope !== undefined && { 'x-scope': route.config.scope }),
        ...(!route.config?.access && { hide: true }),
      } as typeof schema,
    }),
  });
}

/** Query strings are text; only there are numbers and booleans read from text. Bodies are taken as they are. */
function queryCoercion(app: App): void {
  app.addHook('preValidation', async (request) => {
    const query = request.query as Record<string, unknown>;
    const schema = request.routeOptions.schema?.querystring as TObject | undefined;
    for (const [key, property] of Object.entries(schema?.properties ?? {})) {
      const value = query[key];
      const { type } = property as { type?: string };
      if (typeof value === 'string' && type === 'integer' && /^\d{1,9}$/.test(value))
        query[key] = Number(value);
      if (type === 'boolean' && (value === 'true' || value === 'false'))
        query[key] = value === 'true';
    }
  });
}

/** PostgreSQL keeps neither U+0000 nor half a character, so text with one goes no further. No recursion: depth is free. */
function refuseBadText(app: App): void {
  app.addHook('preHandler', async (request) => {
    const left: unknown[] = [request.body, request.query, request.params];
    while (left.length > 0) {
      const value = left.pop();
      if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed()))
        throw new Refused('invalid_input');
      if (value !== null && typeof value === 'object' && !Buffer.isBuffer(value))
        for (const inner of Object.values(value)) left.push(inner);
    }
  });
}

/** Before anything is parsed: not too many, is the page ours, who is it, may they. */
function guard(app: App, { authenticate, config, clock }: HttpInput): void {
  const countOfAddress = app.createRateLimit({
    max: config.RATE_PER_MINUTE * ADDRESS_TIMES,
    keyGenerator: ({ ip }) => ip,
  });
  app.addHook('onRequest', async (request) => {
    const { access, stepUp } = request.routeOptions.config;
    if (!access) return;
    // Before anybody is looked for: that costs a look into the database.
    const all = await countOfAddress(request);
    if (!all.isAllowed && all.isExceeded)
      throw new Refused('too_many', { seconds: all.ttlInSeconds });
    checkOrigin(request, config);
    if (access === 'public' && !request.headers.cookie) return;
    request.caller = await authenticate(request);
    if (access === 'public') return;
    const { caller } = request;
    if (!caller) throw new Refused('not_signed_in');
    if (caller.key) checkKey(request, caller.key);
    if (access !== 'user' && !access.some((role) => caller.roles.has(role)))
      throw new Refused('forbidden');
    const age = clock.now().getTime() - (caller.steppedUpAt?.getTime() ?? Number.NEGATIVE_INFINITY);
    // A program cannot prove anything again: the scope of its key, given by an owner who could, is its proof.
    if (stepUp && !caller.key && age > STEP_UP_MS) throw new Refused('step_up_needed');
  });
}

/** A key opens nothing but its own recycler's routes of its scopes; other recyclers do not exist for it. */
function checkKey(request: FastifyRequest, key: NonNullable<Caller['key']>): void {
  const { scope } = request.routeOptions.config;
  if (scope === undefined || !key.scopes.has(scope)) throw new Refused('key_scope_needed');
  const { id } = request.params as { id?: string };
  if (id !== key.recyclerId) throw new Refused('not_found');
}

/** Cookies travel with requests that other sites cause, so what changes something must come from our own pages. */
function checkOrigin(request: FastifyRequest, config: Config): void {
  if (request.method === 'GET' || request.method === 'HEAD' || !request.headers.cookie) return;
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const ours = [`http://${host}`, `https://${host}`, config.PUBLIC_URL];
  const bad =
    origin === undefined ? site === 'cross-site' || site === 'same-site' : !ours.includes(origin);
  if (bad) throw new Refused('bad_origin');
}

function answers(app: App, { log, config, clock }: HttpInput): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'none';
    httpSeconds.observe(
      { method, route, status: `${Math.floor(reply.statusCode / 100)}xx` },
      reply.elapsedTime / 1000,
    );
    log.info(
      {
        reqId: request.id,
        method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    );
  });
  app.addHook('onSend', async (request, reply, payload) => {
    reply.header('x-request-id', request.id);
    // The pages count deadlines by this header: the house's time, also where the demo has moved it.
    reply.header('date', clock.now().toUTCString());
    if (request.routeOptions.config.access && !reply.hasHeader('cache-control'))
      reply.header('cache-control', 'no-store');
    return payload;
  });
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, refuse('not_found')));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof Refused) return sendProblem(request, reply, error.refusal);
    if (error.validation) {
      const language = languageOf(request.headers['accept-language']);
      const fields = error.validation.map((one) => ({
        path: `${error.validationContext ?? 'body'}${one.instancePath || `/${String(one.params?.['missingProperty'] ?? one.params?.['additionalProperty'] ?? '')}`}`,
        message: fieldWords(one, language),
      }));
      return sendProblem(request, reply, refuse('invalid_input'), fields);
    }
    const status = error.statusCode ?? 500;
    if (status === 413)
      return sendProblem(
        request,
        reply,
        refuse('too_large', { maxMb: UPLOAD_BYTES_MAX / 1024 / 1024 }),
      );
    if (status === 415) return sendProblem(request, reply, refuse('wrong_media'));
    if (status >= 400 && status < 500) return sendProblem(request, reply, refuse('invalid_input'));
    log.error(
      { reqId: request.id, route: request.routeOptions.url, err: error },
      'unexpected error',
    );
    return reply
      .code(500)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: 'about:blank',
          title:
            languageOf(request.headers['accept-language']) === 'en'
              ? 'Something broke on our side'
              : '系统出错了',
          status: 500,
          code: 'internal',
          instance: request.id,
          ...(config.LOG_LEVEL === 'trace' && { detail: error.stack }),
        }),
      );
  });
}

export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: Refusal,
  fields?: { path: string; message: string }[],
): FastifyReply {
  const { status } = refusals[refusal.code];
  const { title, remedy } = wordsFor(refusal, languageOf(request.headers['accept-language']));
  const { seconds = 60 } = refusal.params ?? {};
  if (status === 429 || status === 503) reply.header('retry-after', String(seconds));
  return reply
    .code(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `/docs/problems#${refusal.code}`,
        title,
        status,
        code: refusal.code,
        remedy,
        instance: request.id,
        ...(refusal.params && { params: refusal.params }),
        ...(refusal.allowed && { allowedTransitions: refusal.allowed }),
        ...(fields && { fields }),
      }),
    );
}

export { replayed };
