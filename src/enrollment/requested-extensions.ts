/** What a certification request asks for by its extensions, sorted: what is compared, and what is of no account. */
import { basicConstraints } from '../formats/x509/basic-constraints.ts';
import { extendedKeyUsage } from '../formats/x509/extended-key-usage.ts';
import { type Extension, extensionOid } from '../formats/x509/extension.ts';
import type { GeneralName } from '../formats/x509/general-name.ts';
import { type KeyUsage, keyUsage } from '../formats/x509/key-usage.ts';
import { microsoftSid } from '../formats/x509/microsoft-sid.ts';
import { subjectAltNames } from '../formats/x509/subject-alt-name.ts';

/** Undefined where the request does not ask for that extension. */
export type RequestedExtensions = {
  readonly subjectAlternativeNames: readonly GeneralName[] | undefined;
  readonly keyUsage: readonly KeyUsage[] | undefined;
  readonly extendedKeyUsages: readonly string[] | undefined;
  readonly securityIdentifier: string | undefined;
  /** basicConstraints with cA TRUE. */
  readonly asksForCa: boolean;
  /** Identifiers of extensions that we neither compare nor ignore. */
  readonly unknown: readonly string[];
};

/**
 * Clients write these by themselves and their value decides nothing: the certificate's own come from the profile.
 * Intune's connector lets the first seven pass (intune-domain 5.2); Windows adds the last three.
 */
const ignored: ReadonlySet<string> = new Set([
  extensionOid.subjectKeyIdentifier,
  '1.3.6.1.4.1.311.21.8', // Microsoft's enterprise OID arc, used for templates
  '1.3.6.1.4.1.311.20.2', // certificate template name
  '2.5.29.1', // authority key identifier of old
  '2.5.29.3', // certificate policies of old
  '2.16.840.1.113730.1.11', // Netscape SSL server name
  '1.3.6.1.4.1.311.21.7', // certificate template, version 2
  '1.3.6.1.4.1.311.21.10', // application policies
  '1.2.840.113549.1.9.15', // S/MIME capabilities
]);

/** Throws `Failure` `malformed` when one that we compare does not parse. */
export function requestedExtensions(extensions: readonly Extension[]): RequestedExtensions {
  let result: RequestedExtensions = {
    subjectAlternativeNames: undefined,
    keyUsage: undefined,
    extendedKeyUsages: undefined,
    securityIdentifier: undefined,
    asksForCa: false,
    unknown: [],
  };
  for (const { oid, value } of extensions) {
    if (oid === extensionOid.subjectAltName) result = { ...result, subjectAlternativeNames: subjectAltNames(value) };
    else if (oid === extensionOid.keyUsage) result = { ...result, keyUsage: keyUsage(value) };
    else if (oid === extensionOid.extendedKeyUsage) result = { ...result, extendedKeyUsages: extendedKeyUsage(value) };
    else if (oid === extensionOid.microsoftSid) result = { ...result, securityIdentifier: microsoftSid(value) };
    else if (oid === extensionOid.basicConstraints) result = { ...result, asksForCa: basicConstraints(value).ca };
    else if (!ignored.has(oid)) result = { ...result, unknown: [...result.unknown, oid] };
  }
  return result;
}
