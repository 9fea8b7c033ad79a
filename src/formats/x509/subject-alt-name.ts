import { encode, sequenceOf } from '../asn1/write.ts';
import { type Extension, extensionOid, openExtension } from './extension.ts';
import { encodeGeneralName, type GeneralName, readGeneralNames } from './general-name.ts';

/** Names from the value of a subjectAltName extension (RFC 5280 §4.2.1.6). Throws `Failure` `malformed`. */
export function subjectAltNames(value: Uint8Array): GeneralName[] {
  return readGeneralNames(openExtension(value));
}

/** Critical where the subject is empty (RFC 5280 §4.2.1.6). */
export function subjectAltNameExtension(names: readonly GeneralName[], critical = false): Extension {
  return { oid: extensionOid.subjectAltName, critical, value: encode(sequenceOf(names.map(encodeGeneralName))) };
}
