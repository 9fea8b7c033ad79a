import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { pemBlocks } from '../../src/formats/x509/pem.ts';
import { assertProblem } from '../support/admin-client.ts';
import { startAdminFixture } from '../support/admin-fixture.ts';
import { aCertificate } from '../support/records.ts';

const fixture = await startAdminFixture();
after(() => fixture[Symbol.asyncDispose]());
const { world, api, addDevice } = fixture;

describe('the authority', () => {
  test('shows its issuer, hands out its chain, and publishes its CRL', async () => {
    const { items } = (await api('GET', '/authorities')).body;
    assert.equal(items.length, 1);
    const [issuer] = items[0].issuers;
    const pem = await api('GET', '/authorities/alderfinch/chain');
    assert.match(pem.headers.get('content-disposition') ?? '', /attachment/);
    const [first] = pemBlocks(pem.body, 'CERTIFICATE');
    assert.ok(first);
    assert.equal(parseCertificate(first).notAfter, issuer.notAfter);
    const before = issuer.crls[0]?.number ?? 0;
    const published = await api('POST', '/authorities/alderfinch/crl');
    assert.equal(published.body.items[0].number, before + 1);
    assert.equal((await fetch(published.body.items[0].url.replace(/^.*(?=\/pki\/)/, world.url))).status, 200);
    assertProblem(await api('GET', '/authorities/none'), 404, 'authority-not-found');
  });

  test('templates are edited with If-Match and judged', async () => {
    const shown = await api('GET', '/authorities/alderfinch');
    const path = '/authorities/alderfinch/templates';
    const [template] = shown.body.templates;
    const extra = { ...template, name: 'short', maximumValidity: 30 };
    const body = { templates: [template, extra] };
    const etag = { 'if-match': shown.headers.get('etag') ?? '' };
    assertProblem(await api('PUT', path, { body }), 428, 'if-match-missing');
    assertProblem(
      await api('PUT', path, { body: { templates: [extra, extra] }, headers: etag }),
      422,
      'template-invalid',
    );
    const saved = await api('PUT', path, { body, headers: etag });
    assert.equal(saved.status, 200, JSON.stringify(saved.body));
    assert.deepEqual(saved.body.templates, body.templates);
    assertProblem(await api('PUT', path, { body, headers: etag }), 412, 'authority-version');
  });

  test('certificates are found by serial number, downloaded and revoked once', async () => {
    const { items } = (await api('GET', '/certificates?status=valid')).body;
    const ra = items.find(({ purpose }: { purpose: string }) => purpose === 'ra');
    assert.ok(ra);
    assert.equal((await api('GET', `/certificates/${ra.serial}`)).body.id, ra.id);
    assert.equal((await api('GET', `/certificates/${ra.thumbprint256}`)).body.id, ra.id);
    const pem = await api('GET', `/certificates/${ra.id}/file`);
    const [der] = pemBlocks(pem.body, 'CERTIFICATE');
    assert.ok(der);
    assert.equal(parseCertificate(der).notAfter, ra.notAfter);
    const held = aCertificate({ issuerId: ra.issuerId });
    const { store } = world.server.foundation;
    await store.transact(() => store.certificates.insert(held));
    const path = `/certificates/${held.id}/revoke`;
    assertProblem(await api('POST', path, { body: { reason: 'boredom' } }), 400, 'bad-request');
    const revoked = await api('POST', path, { body: { reason: 'superseded' } });
    assert.deepEqual([revoked.body.kind, revoked.body.certificate.status], ['revoked', 'revoked']);
    const again = await api('POST', path, { body: { reason: 'keyCompromise' } });
    assert.deepEqual([again.body.kind, again.body.certificate.revocationReason], ['already', 'superseded']);
    assertProblem(await api('GET', '/certificates/00ff00ff'), 404, 'certificate-not-found');
  });
});

describe('our own certificates', () => {
  test('are not revoked by hand: issuer, root and RA stay valid', async () => {
    const { items } = (await api('GET', '/certificates?status=valid')).body;
    const own = items.filter(({ purpose }: { purpose: string }) => purpose !== 'device');
    assert.ok(own.length >= 3);
    for (const { id } of own) {
      const body = { reason: 'keyCompromise' };
      assertProblem(await api('POST', `/certificates/${id}/revoke`, { body }), 409, 'certificate-not-a-device');
      assert.equal((await api('GET', `/certificates/${id}`)).body.status, 'valid');
    }
  });
});

describe('the rest', () => {
  test('the cadence is put, bounded and taken back', async () => {
    const cadence = { early: [{ until: 600_000, every: 60_000 }], steady: 3_600_000 };
    assert.deepEqual((await api('PUT', '/settings/cadence', { body: { cadence } })).body, { cadence });
    assert.deepEqual((await api('GET', '/settings/cadence')).body, { cadence });
    const hasty = { cadence: { early: [], steady: 1 } };
    assertProblem(await api('PUT', '/settings/cadence', { body: hasty }), 422, 'cadence-out-of-range');
    assert.equal((await api('PUT', '/settings/cadence', { body: { cadence: null } })).status, 200);
    assert.deepEqual((await api('GET', '/settings/cadence')).body, { cadence: null });
  });

  test('events are filtered by type and subject', async () => {
    const device = await addDevice();
    const own = await api('GET', `/events?subjectKind=device&subjectId=${device.id}&types=directory.changed`);
    assert.equal(own.body.items.length, 1);
    assert.equal(own.body.items[0].cause.actor.kind, 'token');
    assertProblem(await api('GET', '/events?types=nothing.happened'), 400, 'bad-request');
    assertProblem(await api('GET', `/events?subjectId=${device.id}`), 400, 'bad-request');
  });

  test('the status counts', async () => {
    await addDevice();
    const { body } = await api('GET', '/status');
    assert.ok(
      body.devices.some(
        ({ platform, count }: { platform: string; count: number }) => platform === 'linux' && count > 0,
      ),
    );
    assert.equal(body.waitingApprovals, 0);
  });

  test('no approval of that id', async () => {
    assert.deepEqual((await api('GET', '/approvals?state=waiting')).body, { items: [], next: null });
    const body = { decision: 'approved' };
    assertProblem(await api('POST', '/approvals/none/decision', { body }), 404, 'approval-unknown');
  });

  test('the server describes itself as the repository does', async () => {
    const headers = { authorization: `Bearer ${world.adminToken}` };
    const response = await fetch(`${world.url}/api/openapi.json`, { headers });
    const committed = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'));
    assert.deepEqual(await response.json(), committed);
  });
});
