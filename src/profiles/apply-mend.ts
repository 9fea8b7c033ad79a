/** The document with this text in the place of the one at `path` (as findings have it); as it is where there is none. */
export function applyMend(document: unknown, path: string, text: string): unknown {
  const [name = '', ...rest] = path.split('.');
  const inner = rest.join('.');
  if (Array.isArray(document))
    return document.map((item: unknown, i) => (String(i) === name ? mended(item, inner, text) : item));
  if (typeof document !== 'object' || document === null || !Object.hasOwn(document, name)) return document;
  return { ...document, [name]: mended((document as Readonly<Record<string, unknown>>)[name], inner, text) };
}

function mended(value: unknown, path: string, text: string): unknown {
  if (path !== '') return applyMend(value, path, text);
  return typeof value === 'string' ? text : value;
}
