/** Whatever an author types as a subject: it is refused with its place, or it stands in the certificate as it was meant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeDevice, makeUser } from '../../test/support/make-facts.ts';
import { profileContext, profileDocumentWith } from '../../test/support/profile-fixture.ts';
import { rounds } from '../../test/support/rounds.ts';
import { decodeName, encodeName, type Name } from '../formats/x509/name.ts';
import { nameDifferences } from '../formats/x509/same-name.ts';
import { fromBase64, toHex } from '../lib/bytes.ts';
import { encodeX500String } from './name/encode-x500-string.ts';
import { formatX500String } from './name/format-x500-string.ts';
import { parseSubjectTemplate, type SubjectTemplate } from './parse-subject-template.ts';
import { resolveExpectation } from './resolve-expectation.ts';
import type { ScepSettings } from './scep-settings.ts';
import { validateProfile } from './validate-profile.ts';
import { variables } from './variable.ts';

const variable = fc.constantFrom(
  ...variables.map(({ name }) => `{{${name}}}`),
  '{{username}}',
  '{{Nobody}}',
  '{UserName}',
  '{{UserName\u200b}}',
);
const key = fc.constantFrom(
  'CN',
  'cn',
  'E',
  'OU',
  'O',
  'L',
  'ST',
  'C',
  'DC',
  'G',
  'SERIALNUMBER',
  '1.2.3.4',
  'OID.2.5.4.17',
  'XX',
  '',
);
const letters = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...' ,;+="#<>\\\r\n\t\u00a0\u200b“”@.aé'), maxLength: 10 }),
  fc.string({ unit: fc.constantFrom(...'abcABC 019-.@'), maxLength: 70 }),
);
const inner = fc.array(fc.oneof(letters, variable), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
const value = fc.oneof(
  inner,
  inner.map((text) => `"${text.replaceAll('"', '""')}"`),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => `#${toHex(bytes)}`),
);
const pair = fc.tuple(key, fc.constantFrom('=', ' = ', ''), value).map((parts) => parts.join(''));
const subject = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .array(fc.tuple(pair, fc.constantFrom(',', ';', '+', ' , ', '')), { maxLength: 5 })
      .map((parts) => parts.flat().join('')),
  },
  { weight: 1, arbitrary: inner },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);

/** Every value that a variable may bring; some are awkward. */
const facts = fc
  .record({ awkward: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), plain: fc.boolean() })
  .map(({ awkward, plain }) => {
    const text = plain || awkward.trim() === '' ? 'Jane, "J" Doe + Söhne; OU=x' : awkward;
    return {
      user: makeUser({
        userName: text,
        userPrincipalName: 'jane.doe@alderfinch.example',
        emailAddress: 'jane.doe@alderfinch.example',
        onPremisesDistinguishedName: 'CN=Jane \\, Doe,OU=Users+L=Here,DC=corp,DC=example',
        onPremisesSamAccountName: 'CORP\\jane',
        onPremisesUserPrincipalName: 'jane@corp.example',
        givenName: text,
        surname: 'Doe',
        department: text,
      }),
      device: makeDevice({
        deviceName: text,
        serialNumber: 'SN-1',
        imei: '490154203237518',
        meid: 'A0000000000001',
        wifiMacAddress: '00:11:22:33:44:55',
        entraDeviceId: '5f0b8e0e-0000-4000-8000-000000000001',
        managedDeviceId: '5f0b8e0e-0000-4000-8000-000000000002',
        fullyQualifiedDomainName: 'pc.corp.example',
      }),
    };
  });

test('any subject is refused with an offset, or survives template, DER, decoding and comparison unchanged', () => {
  let [refused, survived] = [0, 0];
  fc.assert(
    fc.property(subject, facts, (subjectNameFormat, given) => {
      const document = profileDocumentWith({ settings: { subjectNameFormat, subjectAlternativeNames: [] } });
      const { draft, findings } = validateProfile(document, profileContext);
      const errors = findings.filter(({ severity }) => severity === 'error');
      if (draft === null) {
        refused++;
        assert.ok(errors.length > 0);
        for (const { path, offset, mends = [] } of errors) {
          assert.equal(path, 'settings.subjectNameFormat');
          assert.ok(offset !== undefined && offset >= 0 && offset <= subjectNameFormat.length, 'an offset');
          for (const { text, preview } of mends) if (preview !== null) assert.ok(parseSubjectTemplate(text).ok, text);
        }
        return;
      }
      assert.ok(draft.kind === 'scep');
      survives(draft.settings, given);
      survived++;
    }),
    { numRuns: rounds(2000, 20_000) },
  );
  assert.ok(refused > 100 && survived > 100, `${refused} refused, ${survived} survived`);
});

function survives(settings: ScepSettings, given: Parameters<typeof resolveExpectation>[1]): void {
  const result = resolveExpectation(settings, given);
  const template = parseSubjectTemplate(settings.subjectNameFormat);
  assert.ok(template.ok);
  const { subject } = template;
  const fixed =
    subject.kind === 'rdns' &&
    subject.rdns.flat().every(({ value }) => value instanceof Uint8Array || value.every(({ kind }) => kind === 'text'));
  if (result.kind === 'failed') {
    // What a variable brings may not fit; what the author wrote was judged before.
    assert.ok(!fixed, JSON.stringify(result.failure));
    return;
  }
  const der = fromBase64(result.expectation.subject) ?? new Uint8Array();
  const name = decodeName(der);
  assert.equal(toHex(encodeName(name)), toHex(der));
  assert.deepEqual(nameDifferences(name, decodeName(encodeName(name))), []);
  const again = encodeX500String(formatX500String(name));
  assert.ok(again.ok);
  assert.equal(toHex(encodeName(again.name)), toHex(der), 'the text that people are shown means the same');
  if (subject.kind === 'rdns') assert.deepEqual(asText(name), asText(expected(subject.rdns, given)));
}

/** Filled in by hand, from the structure that the author wrote. */
function expected(
  rdns: Extract<SubjectTemplate, { kind: 'rdns' }>['rdns'],
  { user, device }: Parameters<typeof resolveExpectation>[1],
): Name {
  return rdns.map((rdn) =>
    rdn.map(({ oid, value }) => ({
      type: oid,
      tag: 0,
      value:
        value instanceof Uint8Array
          ? value
          : value
              .map((part) => {
                if (part.kind === 'text') return part.text;
                const known = variables.find(({ name }) => name === part.variable);
                const fact = known?.userFact ? user?.[known.userFact] : known?.deviceFact && device[known.deviceFact];
                return String(fact);
              })
              .join(''),
    })),
  );
}

/** RDN by RDN; within one the order does not count, DER sorts it. */
function asText(name: Name): string[][] {
  return name.map((rdn) =>
    rdn.map(({ type, value }) => `${type}=${typeof value === 'string' ? value : toHex(value)}`).sort(),
  );
}
