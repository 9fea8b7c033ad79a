/** Keywords of GetCACaps (RFC 8894 §3.5.2), and SHA-384, which strongSwan 5.9 needs to see before it uses AES. */
export const capabilities = [
  'AES',
  'DES3',
  'GetNextCACert',
  'POSTPKIOperation',
  'Renewal',
  'SHA-1',
  'SHA-256',
  'SHA-384',
  'SHA-512',
  'SCEPStandard',
  'Update',
] as const;

export type Capability = (typeof capabilities)[number];

const byLowerCase = new Map(capabilities.map((capability) => [capability.toLowerCase(), capability]));

/** The answer to GetCACaps: one keyword per line, in the order given. */
export function formatCapabilities(list: readonly Capability[]): string {
  return list.map((capability) => `${capability}\n`).join('');
}

/** Known keywords in any case and order; others are ignored (RFC 8894 §3.5.2). SCEPStandard stands for AES, POSTPKIOperation and SHA-256. */
export function parseCapabilities(text: string): Set<Capability> {
  const found = new Set<Capability>();
  for (const line of text.split(/\r\n|\r|\n/)) {
    const capability = byLowerCase.get(line.trim().toLowerCase());
    if (capability !== undefined) found.add(capability);
  }
  if (found.has('SCEPStandard'))
    for (const implied of ['AES', 'POSTPKIOperation', 'SHA-256'] as const) found.add(implied);
  return found;
}
