import type { Certificate } from '../authority/certificate.ts';
import type { CertificateStore } from '../authority/certificate-store.ts';
import type { DeviceId } from '../directory/device.ts';

/** All certificates of a device that are in force, those that were superseded included. */
export async function validCertificates(
  certificates: Pick<CertificateStore, 'list'>,
  deviceId: DeviceId,
  now: number,
): Promise<readonly Pick<Certificate, 'id' | 'deploymentId'>[]> {
  const query = { deploymentId: null, deviceId, profileId: null, search: null, status: 'valid' } as const;
  const valid: Pick<Certificate, 'id' | 'deploymentId'>[] = [];
  let cursor: string | null = null;
  do {
    const page = await certificates.list(query, now, { limit: 100, cursor });
    for (const { id, deploymentId } of page.items) valid.push({ id, deploymentId });
    cursor = page.next;
  } while (cursor !== null);
  return valid;
}
