import { test } from 'node:test';
import fc from 'fast-check';
import { readCsv } from '../../src/formats/csv/read-csv.ts';
import { decodeGetMessage } from '../../src/formats/scep/get-message.ts';
import { parseIp } from '../../src/formats/x509/ip-address.ts';
import { parseNameText } from '../../src/formats/x509/name-text.ts';
import { parsePem } from '../../src/formats/x509/pem.ts';
import { isFailure } from '../../src/lib/failure.ts';

const pieces = fc.constantFrom(
  '"',
  ',',
  '\r',
  '\n',
  '=',
  '+',
  '\\',
  '#',
  '%',
  '%2B',
  '&',
  'message=',
  'CN=',
  ':',
  '::',
  '.',
  '1',
  '-----BEGIN KEY-----\n',
  '-----END KEY-----\n',
  'AAEC',
  ' ',
  'é',
  '🙂',
); // prettier-ignore
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
);

for (const [name, read] of [
  ['CSV', (value: string) => [...readCsv(value)]],
  ['a GET query', decodeGetMessage],
  ['a name', parseNameText],
  ['PEM', parsePem],
  ['an IP address', parseIp],
] as const) {
  test(`any text read as ${name} ends in a value or a malformed Failure`, () => {
    fc.assert(
      fc.property(text, (value) => {
        try {
          read(value);
        } catch (error) {
          if (!isFailure(error) || error.kind !== 'malformed') throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
}
