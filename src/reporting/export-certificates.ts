import type { CertificateInventory, InventoryItem, InventoryQuery } from './certificate-inventory.ts';

/** Read at once; between two the store is free, and whoever is slow to take them holds up nobody. */
const pageSize = 500;

/**
 * All that match, in batches, each read when it is asked for. What is issued or revoked meanwhile may or may not be among
 * them; nothing comes twice.
 */
export async function* exportCertificates(
  deps: { readonly certificateInventory: Pick<CertificateInventory, 'page'> },
  input: { readonly query: InventoryQuery; readonly now: number },
): AsyncGenerator<readonly InventoryItem[]> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<CertificateInventory['page']>> = await deps.certificateInventory.page(
      input.query,
      input.now,
      { limit: pageSize, cursor },
    );
    if (page.items.length > 0) yield page.items;
    cursor = page.next;
  } while (cursor !== null);
}
