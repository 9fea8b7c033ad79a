import { isIa5 } from '../formats/asn1/text.ts';
import type { GeneralName } from '../formats/x509/general-name.ts';
import { ipText, parseIp } from '../formats/x509/ip-address.ts';
import { Failure } from '../lib/failure.ts';

/** A row of an expectation's subject alternative names. */
export type NameRow = { readonly type: 'email' | 'upn' | 'dns' | 'uri' | 'ip'; readonly value: string };

/** Throws `Failure` `san-not-ascii` or `san-ip-invalid`: what the encoding cannot hold. Whether it makes sense, the lint says. */
export function generalName({ type, value }: NameRow): GeneralName {
  if (type === 'upn') return { kind: 'upn', value };
  if (type === 'ip') {
    const bytes = parseIp(value);
    if (bytes !== undefined) return { kind: 'ip', value: bytes };
    throw new Failure('invalid', 'san-ip-invalid', `"${value}" is not an IP address.`, { value });
  }
  // RFC 5280 §4.2.1.6: IA5String.
  if (isIa5(value)) return { kind: type, value };
  throw new Failure('invalid', 'san-not-ascii', `A subject alternative name of type ${type} can only hold ASCII.`, {
    type,
    value,
  });
}

/** `dns:host.example.com`, for lists and search. */
export function generalNameText(name: GeneralName): string {
  if (name.kind === 'ip') return `ip:${ipText(name.value) ?? '?'}`;
  return typeof name.value === 'string' ? `${name.kind}:${name.value}` : name.kind;
}
