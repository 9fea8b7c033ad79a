import type { Certificate } from '../../src/authority/certificate.ts';
import type { IssuingContext } from '../../src/authority/issuing-context.ts';
import { prepare } from '../../src/authority/prepare.ts';
import { encodeName, nameOf } from '../../src/formats/x509/name.ts';
import { type Clock, day } from '../../src/lib/clock.ts';
import type { Store } from '../../src/store/store.ts';
import { testKeyPair } from './test-key-pair.ts';

/** Device certificates of this issuer, signed and stored, without anybody having enrolled. They share a key. */
export async function deviceCertificates(
  stores: Pick<Store, 'transact' | 'certificates'>,
  context: IssuingContext,
  clock: Clock,
  count: number,
): Promise<readonly Certificate[]> {
  const { publicKey: spki } = await testKeyPair('p-256');
  const certificates = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      prepare(
        { context, clock },
        {
          fields: {
            subject: encodeName(nameOf([['2.5.4.3', `device ${index}`]])),
            subjectAlternativeNames: [],
            spki,
            keyUsage: ['digitalSignature'],
            extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'],
            securityIdentifier: null,
            notBefore: Math.max(clock.now(), context.certificate.notBefore),
            notAfter: clock.now() + 90 * day,
          },
          subjectText: `CN=device ${index}`,
          purpose: 'device',
          template: null,
          deploymentId: null,
          generation: null,
          renewsId: null,
        },
      ),
    ),
  );
  await stores.transact(async () => {
    for (const certificate of certificates) await stores.certificates.insert(certificate);
  });
  return certificates;
}
