/** One text per subject alternative name, equal for names that mean the same: what sets of them are compared by. */

import type { GeneralName } from '../formats/x509/general-name.ts';
import { ipText, parseIp } from '../formats/x509/ip-address.ts';
import { encodeName } from '../formats/x509/name.ts';
import { preparedText } from '../formats/x509/same-name.ts';
import { toHex } from '../lib/bytes.ts';
import type { SubjectAlternativeNameType } from '../profiles/scep-settings.ts';

/** `type:value`, the value in its canonical form. */
export function alternativeNameKey(type: SubjectAlternativeNameType, value: string): string {
  switch (type) {
    case 'dns':
      // RFC 5280 §7.2
      return `dns:${value.toLowerCase().replace(/\.$/, '')}`;
    case 'email':
      return `email:${emailKey(value)}`;
    case 'uri':
      return `uri:${uriKey(value)}`;
    case 'upn':
      // Directories compare them without regard to case.
      return `upn:${preparedText(value)}`;
    case 'ip': {
      const address = parseIp(value);
      return `ip:${(address && ipText(address)) ?? value}`;
    }
  }
}

/** The same for a name out of a request; kinds that no profile has get a text that equals none of theirs. */
export function generalNameKey(name: GeneralName): string {
  switch (name.kind) {
    case 'email':
    case 'dns':
    case 'uri':
    case 'upn':
      return alternativeNameKey(name.kind, name.value);
    case 'ip':
      return `ip:${ipText(name.value) ?? toHex(name.value)}`;
    case 'directoryName':
      return `directoryName:${toHex(encodeName(name.value))}`;
    case 'registeredId':
      return `registeredId:${name.value}`;
    case 'otherName':
      return `otherName:${name.type}:${toHex(name.value)}`;
    case 'other':
      return `other:${toHex(name.value)}`;
  }
}

/** RFC 5280 §7.5: the host without regard to case, the local part as it is. */
function emailKey(value: string): string {
  const at = value.lastIndexOf('@');
  return at < 0 ? value : value.slice(0, at) + value.slice(at).toLowerCase();
}

/** RFC 5280 §7.4: scheme and host without regard to case. */
function uriKey(value: string): string {
  const authority = /^([A-Za-z][A-Za-z0-9+.-]*:)(\/\/[^/?#]*)?/.exec(value)?.[0];
  return authority === undefined ? value : authority.toLowerCase() + value.slice(authority.length);
}
