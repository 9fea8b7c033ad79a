import { clientCertificates } from '../asn1/leniency.ts';
import { children, open, parseAsn1, rawBytes } from '../asn1/read.ts';
import { nextOid } from '../asn1/read-value.ts';
import { encode, implicit, sequence } from '../asn1/write.ts';
import { challengePasswordOid } from './certification-request.ts';

const attributesTag = 0xa0;

/**
 * The same certification request without its challenge, which is a secret: for keeping. It reads as before; its signature,
 * left as it stood, holds no more. Throws `Failure` `malformed`.
 */
export function withoutChallenge(der: Uint8Array): Uint8Array {
  const what = 'the certification request';
  const [info, ...rest] = children(parseAsn1(der, { leniency: clientCertificates }), what);
  if (info === undefined) return der;
  const fields = children(info, what).map((field) => {
    if (field.tag !== attributesTag) return rawBytes(field);
    const kept = children(field, 'the attributes').filter(
      (attribute) => nextOid(open(attribute, 'an attribute'), 'an attribute') !== challengePasswordOid,
    );
    return implicit(0, kept.map(rawBytes));
  });
  return encode(sequence(sequence(...fields), ...rest.map(rawBytes)));
}
