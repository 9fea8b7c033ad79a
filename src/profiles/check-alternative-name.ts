import { isIa5 } from '../formats/asn1/text.ts';
import { parseIp } from '../formats/x509/ip-address.ts';
import type { SubjectAlternativeNameType } from './scep-settings.ts';

export type AlternativeNameProblem = { readonly code: string; readonly detail: string };

const words: Readonly<Record<SubjectAlternativeNameType, string>> = {
  email: 'email address',
  upn: 'user principal name',
  dns: 'DNS name',
  uri: 'URI',
  ip: 'IP address',
};

/** Whether a filled-in value can stand in the extension as a name of its type (RFC 5280 §4.2.1.6). */
export function checkAlternativeName(
  type: SubjectAlternativeNameType,
  value: string,
): AlternativeNameProblem | undefined {
  if (value.trim() === '') return { code: 'empty-value', detail: `The ${words[type]} would be empty.` };
  if (type === 'upn')
    return value.length <= 1024 && value.isWellFormed() && !/\p{Cc}/u.test(value)
      ? undefined
      : {
          code: 'invalid-upn',
          detail: 'The user principal name is too long, or has control characters or half of a character.',
        };
  if (!isIa5(value))
    return { code: 'ascii-only', detail: `The ${words[type]} “${value}” has characters that are not ASCII.` };
  return formOf[type](value) ? undefined : { code: codes[type], detail: `“${value}” is not a valid ${words[type]}.` };
}

const codes = {
  email: 'invalid-email',
  dns: 'invalid-dns-name',
  uri: 'invalid-uri',
  ip: 'invalid-ip-address',
} as const;

const formOf = {
  email: isMailbox,
  dns: isDnsName,
  uri: isUri,
  ip: (value: string) => parseIp(value) !== undefined,
} as const;

/** RFC 5321 §4.1.2 Mailbox with a dot-string; no quoted local parts and no address literals. */
function isMailbox(value: string): boolean {
  const at = value.lastIndexOf('@');
  const local = value.slice(0, at);
  const atoms = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/;
  return at > 0 && local.length <= 64 && atoms.test(local) && isDnsName(value.slice(at + 1));
}

/** RFC 1034 §3.5 as relaxed by RFC 1123 §2.1; Windows computers may have `_` in their host name, so only there. */
function isDnsName(value: string): boolean {
  const [host = '', ...domain] = value.split('.');
  return value.length <= 253 && [host.replaceAll('_', 'x'), ...domain].every(isLabel);
}

function isLabel(label: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label);
}

/** RFC 3986 §3: a scheme and something after it, of URI characters only. */
function isUri(value: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/.test(value)) return false;
  // RFC 5280 §4.2.1.6: an authority needs a host.
  return !/^[^:]+:\/\/(?:[/?#:]|$)/.test(value);
}
