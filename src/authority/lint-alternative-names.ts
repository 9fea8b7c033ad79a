import type { GeneralName } from '../formats/x509/general-name.ts';
import { generalNameText } from './general-name.ts';
import type { Report } from './lint-finding.ts';

/** RFC 5280 §4.2.1.6. */
export function lintAlternativeNames(names: readonly GeneralName[], report: Report): void {
  if (names.length === 0) report('lint-san-empty', 'The subject alternative name extension is there, but empty.');
  const seen = new Set<string>();
  for (const name of names) {
    const text = generalNameText(name);
    const key = name.kind === 'dns' || name.kind === 'email' ? text.toLowerCase() : text;
    if (seen.has(key)) report('lint-san-twice', `The subject alternative name ${text} is there twice.`);
    seen.add(key);
    const problem = problemOf(name);
    if (problem !== undefined) report(`lint-san-${name.kind}`, `The subject alternative name ${text} ${problem}.`);
  }
}

function problemOf(name: GeneralName): string | undefined {
  switch (name.kind) {
    case 'dns':
      return isDnsName(name.value) ? undefined : 'is not a DNS name';
    case 'email':
      return isMailbox(name.value) ? undefined : 'is not an e-mail address';
    case 'uri':
      return isAbsoluteUri(name.value) ? undefined : 'is not an absolute URI';
    case 'upn':
      return name.value.length > 0 && name.value.length <= 1024 && !/\p{Cc}/u.test(name.value)
        ? undefined
        : 'is empty, too long, or has control characters';
    case 'ip':
      return name.value.length === 4 || name.value.length === 16 ? undefined : 'is not one IP address';
    default:
      return 'is of a type that this authority does not issue';
  }
}

/** RFC 1034 §3.5 preferred name syntax, RFC 1123 §2.1. Windows computers may have `_` in their host name: only there. */
function isDnsName(value: string): boolean {
  if (value.length > 253 || value.length === 0) return false;
  const [host = '', ...domain] = value.split('.');
  return isLabel(host.replaceAll('_', 'x')) && domain.every(isLabel);
}

function isLabel(label: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label);
}

/** RFC 2821 §4.1.2 Mailbox, unquoted, or with an address of a domain in it. */
function isMailbox(value: string): boolean {
  const at = value.lastIndexOf('@');
  const local = value.slice(0, Math.max(at, 0));
  return (
    value.length <= 320 &&
    /^[!#-'*+\-/-9=?A-Z^-~]+(?:\.[!#-'*+\-/-9=?A-Z^-~]+)*$/.test(local) &&
    isDnsName(value.slice(at + 1))
  );
}

/** RFC 3986 §4.3; with `//` there must be a host (RFC 5280 §4.2.1.6). */
function isAbsoluteUri(value: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:(?!\/\/(?:[/?#]|$))[!#$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]+$/.test(value);
}
