/**
 * Writes `console/src/api/api-types.ts` from `openapi.json`, which the server's zod schemas make and a test keeps true
 * (docs/decisions/0030). Not committed: `npm run check` writes it before it checks the console's types.
 */
import { readFileSync, writeFileSync } from 'node:fs';

type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
};
type Content = { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> };
type Parameter = {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly description?: string;
};
type Operation = {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
};
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const indent = (text: string) => text.replaceAll('\n', '\n  ');

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.replace(/^.*\//, '');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.allOf !== undefined) return schema.allOf.map((one) => `(${typeOf(one)})`).join(' & ');
  const several = schema.anyOf ?? schema.oneOf;
  if (several !== undefined) return [...new Set(several.map(typeOf))].join(' | ');
  const { type } = schema;
  if (typeof type === 'object') return type.map((one) => typeOf({ ...schema, type: one })).join(' | ');
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      if (schema.prefixItems !== undefined) return `readonly [${schema.prefixItems.map(typeOf).join(', ')}]`;
      return schema.items === undefined ? 'readonly unknown[]' : `readonly (${typeOf(schema.items)})[]`;
    case 'object':
      return objectOf(schema);
    default:
      return schema.properties === undefined ? 'unknown' : objectOf(schema);
  }
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema): string {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${key(name)}${required.includes(name) ? '' : '?'}: ${indent(typeOf(schema))};`,
  );
  const open = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : undefined;
  if (fields.length === 0) return open === undefined ? 'Record<string, unknown>' : `Record<string, ${open}>`;
  return `{\n  ${fields.join('\n  ')}\n}`;
}

const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/** All parameters of one place; `undefined` may be given for what need not be. */
function parametersOf(parameters: readonly Parameter[], place: string): string {
  const fields = parameters
    .filter((parameter) => parameter.in === place)
    .map(({ name, required = false, schema }) => {
      const type = indent(typeOf(schema));
      return required ? `${key(name)}: ${type};` : `${key(name)}?: ${type} | undefined;`;
    });
  return fields.length === 0 ? 'Nothing' : `{\n  ${fields.join('\n  ')}\n}`;
}

function bodyOf({ content }: Content): string {
  const schema = content?.['application/json']?.schema;
  if (schema !== undefined) return typeOf(schema);
  return content === undefined ? 'undefined' : 'Blob';
}

function routeOf({ parameters = [], requestBody, responses }: Operation): string {
  const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const answer = [...new Set(answers.map(([, content]) => bodyOf(content)))].join(' | ');
  const isForm = requestBody?.content?.['multipart/form-data'] !== undefined;
  const body = requestBody === undefined ? 'Nothing' : isForm ? 'FormData' : bodyOf(requestBody);
  const lines = [
    `path: ${indent(parametersOf(parameters, 'path'))};`,
    `query: ${indent(parametersOf(parameters, 'query'))};`,
    `body: ${indent(body)};`,
    `answer: ${indent(answer || 'undefined')};`,
  ];
  return `{\n  ${lines.join('\n  ')}\n}`;
}

export function apiTypes(document: Document): string {
  const schemas = Object.entries(document.components.schemas)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, schema]) => `export type ${name} = ${typeOf(schema)};`);
  const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(
      ([method, operation]) => `'${method.toUpperCase()} ${path}': ${indent(routeOf(operation))};`,
    ),
  );
  return [
    '// Written by console/write-api-types.ts from openapi.json. Do not edit.',
    'export type Nothing = Record<never, never>;',
    ...schemas,
    `/** Every route of the administration API, by method and path. */\nexport type Api = {\n  ${routes.join('\n  ')}\n};`,
    '',
  ].join('\n\n');
}

export function writeApiTypes(): void {
  const document = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')) as Document;
  const file = new URL('src/api/api-types.ts', import.meta.url);
  const text = apiTypes(document);
  try {
    if (readFileSync(file, 'utf8') === text) return;
  } catch {
    // It is not there yet.
  }
  writeFileSync(file, text);
}
