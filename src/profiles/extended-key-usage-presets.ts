import type { ExtendedKeyUsage } from './scep-settings.ts';

/** The pre-defined keys (intune-domain 1.10); anything else is a custom key. */
export const extendedKeyUsagePresets: readonly ExtendedKeyUsage[] = [
  { name: 'Any Purpose', oid: '2.5.29.37.0' },
  { name: 'Any Application Policy', oid: '1.3.6.1.4.1.311.10.12.1' },
  { name: 'Server Authentication', oid: '1.3.6.1.5.5.7.3.1' },
  { name: 'Client Authentication', oid: '1.3.6.1.5.5.7.3.2' },
  { name: 'Code Signing', oid: '1.3.6.1.5.5.7.3.3' },
  { name: 'Secure Email', oid: '1.3.6.1.5.5.7.3.4' },
  { name: 'IPSec End System', oid: '1.3.6.1.5.5.7.3.5' },
  { name: 'IPSec Tunnel', oid: '1.3.6.1.5.5.7.3.6' },
  { name: 'IPSec User', oid: '1.3.6.1.5.5.7.3.7' },
  { name: 'Time Stamping', oid: '1.3.6.1.5.5.7.3.8' },
  { name: 'OCSP Signing', oid: '1.3.6.1.5.5.7.3.9' },
  { name: 'IP security IKE intermediate', oid: '1.3.6.1.5.5.8.2.2' },
  { name: 'Smart Card Logon', oid: '1.3.6.1.4.1.311.20.2.2' },
  { name: 'Encrypting File System', oid: '1.3.6.1.4.1.311.10.3.4' },
  { name: 'Document Signing', oid: '1.3.6.1.4.1.311.10.3.12' },
  { name: 'KDC Authentication', oid: '1.3.6.1.5.2.3.5' },
];

export const clientAuthentication = '1.3.6.1.5.5.7.3.2';

/** By identifier, or by name however it is spelt: `Client Authentication`, `clientAuthentication`. */
export function findExtendedKeyUsage(text: string): ExtendedKeyUsage | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9.]/g, '');
  const wanted = plain(text);
  return extendedKeyUsagePresets.find(({ name, oid }) => oid === wanted || plain(name) === wanted);
}
