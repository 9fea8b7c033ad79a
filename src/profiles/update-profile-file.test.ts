import assert from 'node:assert/strict';
import { test } from 'node:test';
import { updateProfileFile } from './update-profile-file.ts';

const file = `# The file's head

kind: scep # what it is
# Its name
name: "Wi-Fi"   # for people
settings:
  keySize: 2048 # bits
  subjectAlternativeNames: [email, upn]
  certificateValidityPeriod: 1 year # long
  extendedKeyUsages:
    # signs in
    - Client Authentication
    # writes
    - Secure Email
assignments:
  - include: { group: Sales } # they sell
  - include: allUsers
---
# another one
kind: trustedCertificate
name:   root
`;

const before = {
  kind: 'scep',
  name: 'Wi-Fi',
  description: '',
  settings: {
    keySize: 2048,
    subjectAlternativeNames: [{ type: 'email' }, { type: 'upn' }],
    certificateValidityPeriod: { value: 1, unit: 'years' },
    extendedKeyUsages: [{ oid: '1' }, { oid: '2' }],
  },
  server: { challengeLifetime: 60, ciphers: { tripleDes: true, singleDes: false } },
  assignments: [{ include: { group: 'Sales' } }, { include: 'allUsers' }],
};

const update = (after: object, index = 0) => updateProfileFile(file, new Map([[index, { before, after }]]));

test('what says the same already is not touched', () => {
  assert.equal(update(before), file);
  assert.equal(updateProfileFile(file, new Map()), file);
});

test('one setting changes, and comments, order, spelling and the other documents stay', () => {
  const changed = update({ ...before, name: 'Office', settings: { ...before.settings, keySize: 4096 } });
  assert.equal(
    changed,
    file
      .replace('name: "Wi-Fi"   # for people', 'name: "Office" # for people')
      .replace('keySize: 2048', 'keySize: 4096')
      .replace('[email, upn]', '[ email, upn ]'),
  );
});

// The library takes a comment above the first line for one of the whole list.
test('a list keeps the lines that stay, with what is written at them', () => {
  const settings = { ...before.settings, extendedKeyUsages: [{ oid: '2' }, { oid: '3' }] };
  const assignments = [{ include: { group: 'Sales' } }, { exclude: { group: 'Temps' } }];
  const changed = update({ ...before, settings, assignments });
  assert.match(changed, /extendedKeyUsages:\n {4}# signs in\n {4}# writes\n {4}- Secure Email\n {4}- oid: "3"\n/);
  assert.match(changed, /- include: \{ group: Sales \} # they sell\n {2}- exclude:\n {6}group: Temps\n/);
  assert.ok(!changed.includes('allUsers') && !changed.includes('Client Authentication'));
});

test('a line of a list that is edited keeps its form and its comments', () => {
  const text = `rows:
  # of the machine
  - { type: dns, value: 'a' } # the first
  - type: dns
    # the second
    value: b
`;
  const rows = (first: string, second: string) => ({
    rows: [
      { type: 'dns', value: first },
      { type: 'dns', value: second },
    ],
  });
  const changed = updateProfileFile(text, new Map([[0, { before: rows('a', 'b'), after: rows('x', 'y') }]]));
  assert.equal(changed, text.replace("'a'", "'x'").replace('value: b', 'value: y'));
});

test('a short form is written out when it says something else, with its comment', () => {
  const settings = { ...before.settings, certificateValidityPeriod: { value: 90, unit: 'days' } };
  assert.match(
    update({ ...before, settings }),
    /certificateValidityPeriod:\s+(# long\n\s+)?value: 90\n\s+unit: days(\n\s*# long)?\n/,
  );
});

test('only what differs from what was left out is added', () => {
  const server = { challengeLifetime: 60, ciphers: { tripleDes: false, singleDes: false } };
  assert.match(update({ ...before, server }), /\nserver:\n {2}ciphers:\n {4}tripleDes: false\n---\n# another one\n/);
});

test('a setting that is gone is removed', () => {
  const { keySize: _, ...settings } = before.settings;
  assert.ok(!update({ ...before, settings }).includes('keySize'));
});

test('documents are counted without empty ones', () => {
  const text = '--- # nothing\n---\nname: a # kept\n';
  const changed = updateProfileFile(text, new Map([[0, { before: { name: 'a' }, after: { name: 'b' } }]]));
  assert.equal(changed, '--- # nothing\n---\nname: b # kept\n');
});
