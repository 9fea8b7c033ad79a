import Fastify from 'fastify';

/** Judges values by a JSON Schema, with a validator that is not ours: what is wrong, or null. */
export async function jsonSchemaCheck(schema: object): Promise<(value: unknown) => Promise<string | null>> {
  const { $schema: _, ...body } = schema as { readonly $schema?: string };
  const customOptions = { coerceTypes: false, removeAdditional: false, useDefaults: false, strict: false } as const;
  const app = Fastify({ ajv: { customOptions }, bodyLimit: 16 * 1024 * 1024 });
  app.post('/', { schema: { body } }, () => 'valid');
  await app.ready();
  return async (value) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url: '/', headers, payload: JSON.stringify(value) });
    if (answer.statusCode === 200) return null;
    return answer.json<{ message: string }>().message;
  };
}
