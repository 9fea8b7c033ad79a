import { encodeName, nameOf } from '../formats/x509/name.ts';
import { nameText } from '../formats/x509/name-text.ts';
import type { Clock } from '../lib/clock.ts';
import type { Certificate } from './certificate.ts';
import type { IssuingContext } from './issuing-context.ts';
import { prepare } from './prepare.ts';
import { certificateValidity } from './validity.ts';

/** Days. Devices learn a new one with GetCACert; those that keep the old one are served until it ends. */
const template = { maximumValidity: 3 * 365, profileMaySetValidity: false };

/**
 * The certificate that signs CertRep and opens envelopes (RSA). Its key usage must have both digitalSignature, for
 * OpenSSL and certmonger, and keyEncipherment, for Apple; without an extended key usage nobody objects to it.
 */
export function registrationAuthority(context: IssuingContext, clock: Clock, spki: Uint8Array): Promise<Certificate> {
  const subject = nameOf([
    ['2.5.4.10', context.authority.name],
    ['2.5.4.3', 'SCEP RA'],
  ]);
  const { notBefore, notAfter } = certificateValidity({
    period: null,
    template,
    issuer: context.certificate,
    now: clock.now(),
  });
  return prepare(
    { context, clock },
    {
      fields: {
        subject: encodeName(subject),
        subjectAlternativeNames: [],
        spki,
        keyUsage: ['digitalSignature', 'keyEncipherment'],
        extendedKeyUsages: [],
        securityIdentifier: null,
        notBefore,
        notAfter,
      },
      subjectText: nameText(subject),
      purpose: 'ra',
      template: null,
      deploymentId: null,
      generation: null,
      renewsId: null,
    },
  );
}
