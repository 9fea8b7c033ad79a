import { pemBlocks, toPem } from '../formats/x509/pem.ts';
import { fromUtf8 } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import { segment } from './api.ts';
import type { ApiClient } from './api-client.ts';

type Named = { readonly slug: string; readonly createdAt: number };

/** The authority that was named, else the default one, which is the oldest. Failure `authority-missing`. */
export async function defaultAuthority(api: ApiClient, name: string | undefined): Promise<string> {
  if (name !== undefined) return name;
  const { items } = await api.call<{ items: Named[] }>('/authorities');
  const [oldest] = items.toSorted((a, b) => a.createdAt - b.createdAt);
  if (oldest === undefined)
    throw new Failure('not-found', 'authority-missing', 'The server has no certification authority yet.');
  return oldest.slug;
}

/** The root of the default authority, PEM: what `certificate: ownRoot` stands for. */
export async function serverRoot(api: ApiClient): Promise<string> {
  const slug = await defaultAuthority(api, undefined);
  const chain = fromUtf8(await api.file(`/authorities/${segment(slug)}/chain`, { query: { format: 'pem' } })) ?? '';
  const root = pemBlocks(chain, 'CERTIFICATE').at(-1);
  if (root === undefined) throw new Failure('unavailable', 'root-missing', 'The server did not send its root.');
  return toPem('CERTIFICATE', root);
}
