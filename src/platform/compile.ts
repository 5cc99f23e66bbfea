/**
 * Schemas become functions when a call first needs them, and once a process. Compiling all of the house's schemas at its
 * start took three quarters of the time of opening it; most calls need two of them.
 */
import ajvCompiler from '@fastify/ajv-compiler';
import jsonCompiler from '@fastify/fast-json-stringify-compiler';
import type { FastifyServerOptions } from 'fastify';

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>;
/** Both factories look the same from here: of a route's schema a function is made. */
type Factory<F> = (shared: unknown, options: unknown) => (route: { schema: unknown }) => F;
type Serialize = (value: unknown) => string;
interface Validate {
  (value: unknown): unknown;
  errors?: unknown;
}

const buildValidator = ajvCompiler() as unknown as Factory<Validate>;
const buildSerializer = jsonCompiler() as unknown as Factory<Serialize>;

/** By the schema's text: two of the same text are one function, so the source's number of texts bounds the memory. */
const validators = new Map<string, unknown>();
const serializers = new Map<string, unknown>();

function once<F>(known: Map<string, unknown>, text: () => string, build: () => F): () => F {
  let made: F | undefined;
  return () => {
    if (made) return made;
    const key = text();
    made = (known.get(key) as F | undefined) ?? build();
    known.set(key, made);
    return made;
  };
}

/**
 * For `fastify({ schemaController })`. `compileAll` compiles what was declared so far and says how many there were; it
 * throws at the first schema that is none, which otherwise its first call would find.
 */
export function lazySchemas(): { schemaController: SchemaController; compileAll(): number } {
  const declared: (() => unknown)[] = [];
  const lazily =
    <F>(build: Factory<F>, known: Map<string, unknown>, wrap: (made: () => F) => F): Factory<F> =>
    (shared, options) => {
      const compile = build(shared, options);
      return (route) => {
        const text = (): string => JSON.stringify([shared, options, route.schema]);
        const made = once(known, text, () => compile(route));
        declared.push(made);
        return wrap(made);
      };
    };
  const compilersFactory = {
    buildValidator: lazily(buildValidator, validators, validateBy),
    buildSerializer: lazily(buildSerializer, serializers, (made) => (value) => made()(value)),
  } as unknown as NonNullable<SchemaController['compilersFactory']>;
  return {
    schemaController: { compilersFactory },
    compileAll: () => declared.map((made) => made()).length,
  };
}

/** Fastify reads `errors` from the function that it called, right after the call. */
function validateBy(made: () => Validate): Validate {
  const validate: Validate = (value) => {
    const now = made();
    const answer = now(value);
    validate.errors = now.errors;
    return answer;
  };
  return validate;
}
