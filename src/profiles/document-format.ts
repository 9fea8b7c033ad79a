/** `graph`: one object that the Graph API gave, an array of such, or `{value: [...]}` (intune-domain 6). */
export type DocumentFormat = 'profile' | 'graph';

/** Told by content: our documents say their `kind`, Graph's objects their `@odata.type`. */
export function documentFormat(value: unknown): DocumentFormat {
  if (Array.isArray(value)) return value.some(isGraphObject) ? 'graph' : 'profile';
  if (isGraphObject(value)) return 'graph';
  return isMapping(value) && !Object.hasOwn(value, 'kind') && Array.isArray(value.value) ? 'graph' : 'profile';
}

function isGraphObject(value: unknown): boolean {
  if (!isMapping(value)) return false;
  const names = Object.keys(value);
  return names.some((name) => name.startsWith('@odata.')) || (names.includes('displayName') && !names.includes('kind'));
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
