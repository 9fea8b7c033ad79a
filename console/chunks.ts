/** Which packages make which file: what changes seldom stays in the browser's cache when our own code changes. */
const groups: readonly (readonly [name: string, packages: RegExp])[] = [
  ['react', /[\\/]node_modules[\\/](?:react|react-dom|scheduler)[\\/]/],
  ['router', /[\\/]node_modules[\\/]@tanstack[\\/]/],
];

export function isKept(id: string): boolean {
  return groups.some(([, packages]) => packages.test(id));
}

export function nameChunk(id: string): string | null {
  return groups.find(([, packages]) => packages.test(id))?.[0] ?? null;
}
