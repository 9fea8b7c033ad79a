/** Text that one database stores and another does not: whoever sends it is refused or served, and breaks nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePkiMessage } from '../../src/formats/scep/pki-message.ts';
import { encodeName, nameOf } from '../../src/formats/x509/name.ts';
import { askedBy, forgedCsr, forgeMessage } from '../support/forged-message.ts';
import { skipUnless } from '../support/requires.ts';
import { makeScenario } from '../support/scep-scenario.ts';
import { post, readReply, registrationAuthorityOf, selfSigned, testClientKey } from '../support/scep-test-client.ts';
import { startWorld } from '../support/world.ts';

const odd: readonly (readonly [string, string])[] = [
  ['an end of string', 'a\u0000b'],
  ['half a character', 'a\ud800b'],
  ['a character that is none', 'a\uffffb'],
  ['control characters', 'a\u0001\u001b[31m\u007fb'],
  ['a change of direction', 'a\u202eb'],
];

for (const store of ['sqlite', 'postgres'] as const)
  test(`odd text from strangers (${store})`, {
    skip: store === 'postgres' && skipUnless('postgres'),
  }, async (context) => {
    await using world = await startWorld({ store, cryptoThreads: 0 });
    const key = await testClientKey();
    const scenario = await makeScenario(world, { name: 'victim', user: null });
    const recipient = await registrationAuthorityOf(scenario.scepUrl);
    const deployment = await scenario.deployment();

    for (const [name, text] of odd) {
      await context.test(`${name} in a transaction id and in names`, async () => {
        const asked = { ...askedBy(deployment), subject: nameOf([['2.5.4.3', text]]) };
        const refused = await post(
          scenario.scepUrl,
          forgeMessage({
            type: 'PKCSReq',
            content: forgedCsr(key, asked, await scenario.challenge()),
            signer: selfSigned(key, encodeName(asked.subject)),
            recipient,
            transactionId: text,
          }).bytes,
        );
        assert.equal(refused.status, 200, await refused.clone().text());
        const parsed = parsePkiMessage(await refused.bytes());
        assert.ok(parsed.ok);
        assert.equal(parsed.message.pkiStatus, 'FAILURE');
        assert.equal(parsed.message.transactionId, text.isWellFormed() ? text : parsed.message.transactionId);
      });

      await context.test(`${name} in an address`, async () => {
        const part = encodeURIComponent(text.toWellFormed());
        for (const path of [
          `/scep/${part}?operation=GetCACaps`,
          `/scep/${part}?operation=PKIOperation&message=MAA%3D`,
          `/pki/${part}.cer`,
          `/pki/${part}/0.crl`,
          `/api/v1/users/${part}`,
          `/api/v1/devices/${part}`,
          `/api/v1/profiles/${part}`,
          `/api/v1/certificates/${part}`,
          `/api/v1/deployments/${part}`,
        ]) {
          const { status } = await fetch(world.url + path, {
            headers: { authorization: `Bearer ${world.adminToken}` },
          });
          assert.ok(status === 404 || (status === 400 && path.startsWith('/api/')), `${path}: ${status}`);
        }
        // Under a delivery that there is not, the profile answers all the same.
        assert.equal((await fetch(`${scenario.scepUrl}/d/${part}?operation=GetCACaps`)).status, 200);
        for (const path of [
          `/api/v1/users?search=${part}`,
          `/api/v1/certificates?search=${part}`,
          `/api/v1/events?type=${part}`,
        ]) {
          const { status } = await fetch(world.url + path, {
            headers: { authorization: `Bearer ${world.adminToken}` },
          });
          assert.ok(status < 500, `${path}: ${status}`);
        }
      });

      await context.test(`${name} written through the API is stored or refused`, async () => {
        const answer = await fetch(`${world.url}/api/v1/groups`, {
          method: 'POST',
          headers: { authorization: `Bearer ${world.adminToken}`, 'content-type': 'application/json' },
          body: JSON.stringify({ name: text }),
        });
        assert.ok(answer.status < 500, `${answer.status} ${await answer.text()}`);
      });
    }

    await context.test('an honest device with an odd transaction id gets its certificate', async () => {
      const { bytes } = forgeMessage({
        type: 'PKCSReq',
        content: forgedCsr(key, askedBy(deployment), await scenario.challenge()),
        signer: selfSigned(key, new Uint8Array([0x30, 0])),
        recipient,
        transactionId: 'a\u0000b',
      });
      const reply = await readReply(await post(scenario.scepUrl, bytes), key);
      assert.equal(reply.status, 'SUCCESS', reply.reason ?? '');
    });

    assert.deepEqual(
      world.log.filter((line) => line.includes('"level":"error"')),
      [],
    );
  });
