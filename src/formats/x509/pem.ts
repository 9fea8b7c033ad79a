import { fromBase64, toBase64 } from '../../lib/bytes.ts';
import { Failure } from '../../lib/failure.ts';

/** One block of RFC 7468. */
export type PemBlock = { readonly label: string; readonly der: Uint8Array };

const begin = /^-----BEGIN ([A-Z0-9][A-Z0-9 ]*)-----$/;

/**
 * All blocks of a text, in order; what stands between them (`openssl -text`) is skipped. A text without blocks gives none.
 * Throws `Failure` `malformed` for a block that does not hold, with `params.line`, counted from 1.
 */
export function parsePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  for (let at = 0; at < lines.length; at++) {
    const label = begin.exec((lines[at] ?? '').trim())?.[1];
    if (label === undefined) continue;
    const start = at;
    const body: string[] = [];
    for (at++; (lines[at] ?? '').trim() !== `-----END ${label}-----`; at++) {
      const line = lines[at];
      if (line === undefined || begin.test(line.trim()))
        throw fault('pem-not-closed', `The ${label} block has no end.`, start);
      // RFC 1421 headers say that OpenSSL's old encryption was used.
      if (line.includes(':'))
        throw fault('pem-encrypted', `The ${label} block is encrypted in the old form; convert it to PKCS#8.`, at);
      body.push(line.trim());
    }
    const der = fromBase64(body.join(''));
    if (der === undefined || der.length === 0)
      throw fault('pem-not-base64', `The ${label} block is not Base64.`, start);
    blocks.push({ label, der });
  }
  return blocks;
}

/** The DER of all blocks with this label. Throws when there is none, or when a block does not hold. */
export function pemBlocks(text: string, label: string): Uint8Array[] {
  const found = parsePem(text).flatMap((block) => (block.label === label ? [block.der] : []));
  if (found.length === 0) throw fault('pem-missing', `There is no ${label} block in the text.`, 0);
  return found;
}

/** One block, lines of 64 characters, with a final line break. */
export function toPem(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function fault(code: string, message: string, line: number): Failure {
  return new Failure('malformed', code, message, { line: line + 1 });
}
