/** Writes web/api.gen.ts, the types of every route for the web client, from the OpenAPI document. */

interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  patternProperties?: Record<string, Schema>;
}
interface Operation {
  parameters?: {
    name: string;
    in: 'path' | 'query' | 'header';
    required?: boolean;
    schema: Schema;
  }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses?: Record<string, { content?: Record<string, { schema: Schema }> }>;
}
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

/** Parts of answers that screens speak of by name; a path that no answer has does not compile. */
const NAMED: Readonly<Record<string, string>> = {
  BankCode: "Routes['PUT /v1/me/payout-account']['body']['bankCode']",
  ConsentView: "Routes['GET /v1/me/consents']['reply']['items'][number]",
  Demo: "Routes['GET /v1/demo']['reply']",
  Me: "Routes['GET /v1/me']['reply']",
  OrderState: "OrderView['state']",
  OrderView: "Routes['GET /v1/orders/:id']['reply']",
  PayoutAccount: "NonNullable<Routes['GET /v1/me/payout-account']['reply']['account']>",
  PayoutPolicy: "Routes['GET /v1/payout-policy']['reply']",
  PriceHistory: "Routes['GET /v1/price-history']['reply']",
  PriceList: "Routes['GET /v1/prices']['reply']",
  PriceRow: "PriceList['items'][number]",
  Product: "Routes['GET /v1/products/:sku']['reply']",
  QuoteDoc: "Routes['POST /v1/quotes']['reply']",
  QuoteLine: "QuoteDoc['lines'][number]",
  Restriction: "Product['restrictions'][number]",
  SessionView: "Routes['GET /v1/me/sessions']['reply']['items'][number]",
  SlotOffer: "NonNullable<QuoteDoc['betterSlot']>",
  StepKey: "OrderView['steps'][number]['key']",
  Words: "Product['name']",
};

/** One line per route: `'POST /v1/orders': { params; query; body; reply }`. */
export function clientTypes(api: OpenApi): string {
  const schemas = Object.entries(api.components?.schemas ?? {}).map(
    ([name, schema]) => `export type ${identifier(name)} = ${typeOf(schema)};`,
  );
  const routes = Object.entries(api.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => routeLine(method, path, operation)),
  );
  return [
    '/** Generated from the OpenAPI document by web/client.ts; do not edit. */',
    ...schemas,
    '',
    'export interface Routes {',
    ...routes.sort(),
    '}',
    '',
    ...Object.entries(NAMED).map(([name, type]) => `export type ${name} = ${type};`),
    '',
  ].join('\n');
}

function routeLine(method: string, path: string, operation: Operation): string {
  const name = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
  const given = (where: string): string => {
    const fields = (operation.parameters ?? []).filter((parameter) => parameter.in === where);
    if (fields.length === 0) return 'undefined';
    return `{ ${fields.map((field) => `${key(field.name)}${field.required || where === 'path' ? '' : '?'}: ${typeOf(field.schema)}`).join('; ')} }`;
  };
  const body = operation.requestBody?.content['application/json']?.schema;
  // What a page sends is never nothing: an empty object, which a route without a body lets pass.
  const none = method === 'post' || method === 'put' ? 'Record<string, never>' : 'undefined';
  const good = Object.entries(operation.responses ?? {}).find(([status]) =>
    status.startsWith('2'),
  )?.[1];
  const reply = good?.content?.['application/json']?.schema;
  return `  '${name}': { params: ${given('path')}; query: ${given('query')}; body: ${body ? typeOf(body) : none}; reply: ${reply ? typeOf(reply) : 'undefined'} };`;
}

function typeOf(schema: Schema): string {
  if (schema.$ref) return identifier(schema.$ref.split('/').at(-1) ?? '');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts) return union(parts.map(typeOf));
  if (schema.allOf) return schema.allOf.map(typeOf).join(' & ');
  if (Array.isArray(schema.type))
    return union(schema.type.map((type) => typeOf({ ...schema, type })));
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `(${typeOf(schema.items ?? {})})[]`;
    case 'object':
      return objectType(schema);
    default:
      return 'unknown';
  }
}

function objectType(schema: Schema): string {
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, field]) =>
      `${key(name)}${schema.required?.includes(name) ? '' : '?'}: ${typeOf(field)}`,
  );
  if (fields.length > 0) return `{ ${fields.join('; ')} }`;
  const extra = Object.values(schema.patternProperties ?? {})[0] ?? schema.additionalProperties;
  if (extra && typeof extra === 'object') return `Record<string, ${typeOf(extra)}>`;
  return extra === false ? 'Record<string, never>' : 'Record<string, unknown>';
}

const union = (types: string[]): string => `(${[...new Set(types)].join(' | ')})`;
const key = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));
const identifier = (name: string): string => name.replaceAll(/\W/g, '_');
