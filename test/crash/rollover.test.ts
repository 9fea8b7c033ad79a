/**
 * `kill -9` in the middle of each step of a rollover, and steps out of order: whoever repeats a step comes to the same end, with one next
 * issuer, one event for each step, and lists and answers that openssl believes, of the issuer that was finished too.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiToken } from '../../src/access/create-api-token.ts';
import { type RolloverStep, rolloverSteps } from '../../src/authority/rollover/rollover-plan.ts';
import type { Config } from '../../src/config/config.ts';
import { systemCause } from '../../src/events/event.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { minute, systemClock } from '../../src/lib/clock.ts';
import { atInstallation, makeInstallation } from '../support/installation.ts';
import { openssl, opensslText } from '../support/openssl.ts';
import { processConfig } from '../support/process-config.ts';
import { skipUnless } from '../support/requires.ts';
import { rounds } from '../support/rounds.ts';
import { answering, spawnServer } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testDatabase } from '../support/test-database.ts';

const kills = rounds(1, 8);

type Step = { readonly step: RolloverStep; readonly state: string; readonly lacks: string | null };

type Answer = {
  readonly steps: readonly Step[];
  readonly code?: string;
  readonly items: readonly { readonly data: { readonly step: string } }[];
  readonly issuers: readonly { readonly slug: string; readonly active: boolean }[];
};

describe('kill -9 in the middle of each step of a rollover', () => {
  test('SQLite', { skip: skipUnless('openssl') }, async (context) => {
    await using folder = temporaryFolder('crash');
    await crash(context, await processConfig(folder.path, { kind: 'sqlite' }));
  });

  test('PostgreSQL', { skip: skipUnless('openssl', 'postgres') }, async (context) => {
    await using folder = temporaryFolder('crash');
    await using database = await testDatabase();
    await crash(context, await processConfig(folder.path, { kind: 'postgres', url: database.url }));
  });
});

async function crash(context: TestContext, config: Config): Promise<void> {
  await makeInstallation(config, { waiting: 0, issued: 6, issuerKey: 'p-256' });
  const { token, root, ids, serials } = await atInstallation(config, async ({ foundation: { store }, authority }) => {
    const given = { name: 'crash', permissions: 'all', expiresAt: null, cause: systemCause } as const;
    const { secret } = await createApiToken({ ...store, clock: systemClock }, given);
    const all = { deploymentId: null, deviceId: null, profileId: null, search: null, status: null };
    const { items } = await store.certificates.list(all, 0, { limit: 50, cursor: null });
    const devices = items.filter(({ purpose }) => purpose === 'device');
    const { issuer } = await authority.issuing.active(null);
    return {
      token: secret,
      root: issuer.chain.at(-1) ?? issuer.certificate,
      ids: devices.map(({ id }) => id),
      serials: devices.map(({ serial }) => serial),
    };
  });
  let running = await answering(spawnServer(config));
  const call = async (method: 'GET' | 'POST', path: string, body?: object) => {
    const response = await fetch(`${running.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  };
  const rollover = (step?: RolloverStep) =>
    step === undefined
      ? call('GET', '/authorities/bench/rollover')
      : call('POST', '/authorities/bench/rollover', { step });
  const stateOf = async (step: RolloverStep) => (await rollover()).body.steps.find((each) => each.step === step)?.state;
  const file = async (path: string) => new Uint8Array(await (await fetch(`${running.url}/pki/${path}`)).arrayBuffer());
  const restart = async () => {
    running = await answering(spawnServer(config));
  };

  try {
    for (const step of rolloverSteps) {
      for (const later of rolloverSteps.slice(rolloverSteps.indexOf(step) + 1)) {
        // Announcing and distributing may change places.
        if (step === 'announce' && later === 'distribute') continue;
        const { status, body } = await rollover(later);
        assert.deepEqual([status, body.code], [409, 'rollover-blocked'], `${later} before ${step}`);
      }
      if (step === 'finish') {
        assert.equal(
          (await rollover('finish')).body.code,
          'rollover-blocked',
          'devices hold certificates, and it is early',
        );
        for (const id of ids)
          assert.equal((await call('POST', `/certificates/${id}/revoke`, { reason: 'superseded' })).status, 200);
        await running.end('SIGTERM');
        await atInstallation(config, aMinuteLater);
        await restart();
      }
      let before = 0;
      for (let round = 0; round < kills; round++) {
        const asked = rollover(step).catch(() => null);
        await sleep(randomInt(0, step === 'next' || step === 'finish' ? 160 : 25));
        await running.end('SIGKILL');
        await asked;
        await restart();
        if ((await stateOf(step)) === 'done') break;
        before += 1;
      }
      const { status, body } = await rollover(step);
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.steps.find((each) => each.step === step)?.state, 'done');
      context.diagnostic(`${step}: killed ${before} times before it was there`);
      await believed(['bench-g1', ...(step === 'finish' ? ['bench-g2'] : [])]);
    }

    const { items } = (await call('GET', '/events?types=authority.rollover&limit=50')).body;
    assert.deepEqual(items.map(({ data }) => data.step).reverse(), [...rolloverSteps]);
    const { issuers } = (await call('GET', '/authorities/bench')).body;
    assert.deepEqual(
      issuers
        .filter(({ slug }) => /-g\d+$/.test(slug))
        .map(({ slug, active }) => [slug, active])
        .sort(),
      [
        ['bench-g1', false],
        ['bench-g2', true],
      ],
    );
    await finished();
    assert.deepEqual(await running.end('SIGTERM'), { code: 0, signal: null }, running.said());
    await atInstallation(config, async ({ foundation: { store } }) => {
      const keys = (await store.keys.all()).filter(({ purpose }) => purpose === 'issuer');
      assert.deepEqual(keys.map(({ sealed }) => sealed !== null).sort(), [false, true]);
    });
  } finally {
    await running[Symbol.asyncDispose]();
  }

  /** Certificate and list of each of these issuers, as openssl verifies them below the root. */
  async function believed(slugs: readonly string[]): Promise<void> {
    for (const slug of slugs) {
      const files = {
        'root.pem': toPem('CERTIFICATE', root),
        'issuer.pem': toPem('CERTIFICATE', await file(`${slug}.cer`)),
        'list.der': await file(`${slug}/0.crl`),
      };
      await openssl(['verify', '-x509_strict', '-CAfile', 'root.pem', 'issuer.pem'], { files });
      await openssl(['crl', '-inform', 'DER', '-in', 'list.der', '-CAfile', 'issuer.pem', '-noout', '-verify'], {
        files,
      });
    }
  }

  async function finished(): Promise<void> {
    const old = await file('bench-g1.cer');
    const list = await file('bench-g1/0.crl');
    const text = await opensslText(['crl', '-inform', 'DER', '-noout', '-text'], { input: list });
    for (const serial of serials) assert.ok(text.toLowerCase().includes(serial), `${serial} is on the last list`);
    const end = /Next Update: (.*)/.exec(text)?.[1] ?? '';
    assert.equal(Date.parse(end), parseCertificate(old).notAfter, 'which lasts as long as its issuer');
    const files = { 'root.pem': toPem('CERTIFICATE', root), 'issuer.pem': toPem('CERTIFICATE', old) };
    const said = await opensslText(
      [
        ...['ocsp', '-issuer', 'issuer.pem', '-CAfile', 'root.pem', '-verify_other', 'issuer.pem'],
        ...serials.flatMap((serial) => ['-serial', `0x${serial}`]),
        ...['-url', `${running.url}/ocsp`],
      ],
      { files },
    );
    for (const serial of serials) assert.match(said, new RegExp(`^0x${serial}: revoked$`, 'mi'), said);
  }
}

/** The switch was a minute ago: nobody waits for that in a test. */
async function aMinuteLater({
  foundation: { store },
}: Parameters<Parameters<typeof atInstallation>[1]>[0]): Promise<void> {
  const [authority] = await store.authorities.all();
  const rollover = authority?.rollover;
  if (authority === undefined || rollover == null || rollover.switchedAt === null) throw new Error('not switched');
  const earlier = { ...rollover, switchedAt: rollover.switchedAt - minute };
  await store.transact(() =>
    store.authorities.save({ ...authority, rollover: earlier, version: authority.version + 1 }),
  );
}
