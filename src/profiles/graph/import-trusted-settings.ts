import { fromBase64, fromUtf8 } from '../../lib/bytes.ts';
import { type Fields, take } from '../document-reader.ts';
import { destinationStores } from './graph-enumeration.ts';
import { tell } from './graph-import.ts';
import type { GraphType } from './graph-type.ts';
import { importChannel, importWord } from './import-scep-settings.ts';
import { destinationStoreWords } from './setting-words.ts';

/** The settings of a trusted certificate profile in our words; `parseProfile` judges the certificate. */
export function importTrustedSettings(fields: Fields, { properties }: GraphType): Readonly<Record<string, unknown>> {
  const settings = {
    certificate: importCertificate(fields),
    certificateFileName: take(fields, 'certFileName'),
    destinationStore: properties.includes('destinationStore')
      ? importWord(fields, 'destinationStore', destinationStores, destinationStoreWords)
      : undefined,
    deploymentChannel: properties.includes('deploymentChannel') ? importChannel(fields) : undefined,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** Graph holds the bytes of the file that was uploaded, in base64: mostly DER, but a .pem file just as well. */
function importCertificate(fields: Fields): unknown {
  const value = take(fields, 'trustedRootCertificate');
  if (typeof value !== 'string') return value;
  const pem = fromUtf8(fromBase64(value.slice(0, 64).replace(/\s+/g, '').slice(0, 40)) ?? new Uint8Array(0));
  if (pem?.includes('-----BEGIN') !== true) return value;
  tell(fields, 'trustedRootCertificate', 'The file that was uploaded is PEM; here the certificate is kept as DER.');
  return fromUtf8(fromBase64(value.replace(/\s+/g, '')) ?? new Uint8Array(0)) ?? value;
}
