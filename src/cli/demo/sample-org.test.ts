/** The sample organisation's own files, without a server. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { managementsOf, platforms } from '../../directory/platform.ts';
import { readCsv } from '../../formats/csv/read-csv.ts';
import { systemClock } from '../../lib/clock.ts';
import { checkFiles } from '../profile/check-files.ts';
import { standInRoot } from '../profile/stand-in-root.ts';
import { readProfileFiles } from '../profile-files.ts';
import { readExpectations } from './expectations.ts';

const folder = fileURLToPath(new URL('../../../examples/sample-org', import.meta.url));
const checked = checkFiles(readProfileFiles([`${folder}/profiles`]), {
  now: systemClock.now(),
  root: await standInRoot(systemClock),
});
const drafts = checked.flatMap(({ draft }) => (draft === null ? [] : [draft]));

test('no rule finds an error', () => {
  const errors = checked.flatMap(({ source, findings }) =>
    findings.filter(({ severity }) => severity === 'error').map(({ detail }) => `${source}: ${detail}`),
  );
  assert.deepEqual(errors, []);
  assert.equal(drafts.length, checked.length);
});

test('every reference to a root is answered by the files themselves', () => {
  for (const { findings } of checked)
    assert.ok(findings.every(({ severity, rule }) => severity !== 'information' || rule !== 'V16'));
});

test('every platform has a trusted certificate profile and SCEP profiles of both certificate types', () => {
  assert.deepEqual(Object.keys(managementsOf).sort(), [...platforms].sort());
  for (const platform of platforms) {
    const own = drafts.filter(({ settings }) => settings.platform === platform);
    const kinds = new Set(own.map((draft) => (draft.kind === 'scep' ? draft.settings.certificateType : draft.kind)));
    assert.deepEqual([...kinds].sort(), ['device', 'trustedCertificate', 'user'], platform);
    assert.ok(own.every(({ assignments }) => (assignments?.length ?? 0) > 0));
  }
});

test('expected failures are of devices and profiles that there are', () => {
  const devices = [...readCsv(readFileSync(`${folder}/devices.csv`, 'utf8'))].map((record) => record.fields[0]?.text);
  const slugs = drafts.map(({ slug }) => slug);
  for (const { device, profile } of readExpectations(`${folder}/expectations.yaml`)) {
    assert.ok(devices.includes(device), device);
    assert.ok(slugs.includes(profile), profile);
  }
});
