import { fromUtf8, utf8 } from '../../lib/bytes.ts';
import { malformed } from '../asn1/malformed.ts';
import { parseAsn1 } from '../asn1/read.ts';
import { readOctetString } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { encode, octetString, sequence } from '../asn1/write.ts';
import { type Extension, extensionOid, openExtension } from './extension.ts';
import { encodeGeneralName, readGeneralNames } from './general-name.ts';

const objectSidOid = '1.3.6.1.4.1.311.25.2.1';

/** The SID (`S-1-5-21-…`) from szOID_NTDS_CA_SECURITY_EXT (MS-WCCE §2.2.2.7.7.4), for strong mapping (KB5014754). */
export function microsoftSid(value: Uint8Array): string {
  for (const name of readGeneralNames(openExtension(value))) {
    if (name.kind !== 'otherName' || name.type !== objectSidOid) continue;
    const node = parseAsn1(name.value);
    const sid = node.tag === tag.octetString ? fromUtf8(readOctetString(node, 'the SID')) : undefined;
    if (sid !== undefined) return sid;
  }
  throw malformed('microsoft-sid', 'The SID extension holds no SID.', 0);
}

export function microsoftSidExtension(sid: string): Extension {
  const name = encodeGeneralName({ kind: 'otherName', type: objectSidOid, value: encode(octetString(utf8(sid))) });
  return { oid: extensionOid.microsoftSid, critical: false, value: encode(sequence(name)) };
}
