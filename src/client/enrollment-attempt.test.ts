import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { type FakeScepServer, fakeScepServer, type Misbehaviour } from '../../test/support/fake-scep-server.ts';
import { takeRsaKey } from '../../test/support/key-pool.ts';
import type { KeyPair } from '../crypto/key-pair.ts';
import { type PlatformFamily, platformFamily } from '../formats/agent/platform-family.ts';
import type { ScepPayload } from '../formats/agent/scep-payload.ts';
import { encodeName, nameOf } from '../formats/x509/name.ts';
import { Failure } from '../lib/failure.ts';
import { attemptEnrollment } from './enrollment-attempt.ts';
import type { HttpRequest } from './http-transport.ts';
import { scepHabits } from './scep-habits.ts';

const { now } = fakeClock();
let server: FakeScepServer;
let key: KeyPair;

before(async () => {
  server = await fakeScepServer(now());
  const taken = await takeRsaKey();
  key = {
    privateKey: new Uint8Array(taken.privateKey.export({ type: 'pkcs8', format: 'der' })),
    publicKey: new Uint8Array(taken.publicKey.export({ type: 'spki', format: 'der' })),
  };
});

const payload = (urls: readonly string[]): ScepPayload => ({
  deploymentId: 'd-1',
  deliveryVersion: 1,
  generation: 1,
  revision: 1,
  profile: { slug: 'wifi', name: 'Wi-Fi' },
  urls,
  challenge: 'C'.repeat(26),
  challengeExpiresAt: now() + 1000,
  subject: encodeName(nameOf([['2.5.4.3', 'bench-01']])),
  subjectText: 'CN=bench-01',
  subjectAlternativeNames: [
    { type: 'dns', value: 'bench-01.example.org' },
    { type: 'ip', value: '10.1.2.3' },
  ],
  keySize: 2048,
  keyStorage: null,
  keyUsage: ['digitalSignature'],
  extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'],
  hashAlgorithms: ['sha2'],
  renewalThreshold: 20,
  authority: { thumbprint: '00'.repeat(20), thumbprint256: server.fingerprint },
  retry: { count: 3, delayMinutes: 1 },
});

type Down = (host: string, operation: string) => boolean;

/** Attempts on http://a, http://b, http://c; answers the outcome and what was called, as `host:operation`. */
async function attempt(
  options: {
    family?: PlatformFamily;
    roam?: boolean;
    down?: Down;
    misbehaviour?: Misbehaviour;
    pendingAt?: string;
    habits?: Partial<ReturnType<typeof scepHabits>>;
  } = {},
) {
  const { family = 'linux', roam = false, down = () => false } = options;
  const calls: string[] = [];
  const requests: HttpRequest[] = [];
  const outcome = await attemptEnrollment(
    {
      payload: payload(['http://a/scep', 'http://b/scep', 'http://c/scep']),
      key,
      pendingAt: options.pendingAt ?? null,
    },
    {
      call: {
        habits: { ...scepHabits(family), ...options.habits },
        send: async (request) => {
          const url = new URL(request.url);
          const operation = url.searchParams.get('operation') ?? '';
          calls.push(`${url.hostname}:${operation}`);
          requests.push(request);
          if (down(url.hostname, operation)) throw new Failure('unavailable', 'unreachable', 'nobody there');
          return server.answer(request, options.misbehaviour);
        },
      },
      family,
      roam,
      shuffle: (urls) => [...urls].reverse(),
      trust: { fingerprint: server.fingerprint, anchors: [] },
      now: now(),
    },
  );
  return { outcome, calls, requests };
}

const three = (host: string): string[] => [`${host}:GetCACaps`, `${host}:GetCACert`, `${host}:PKIOperation`];
const is =
  (...hosts: string[]): Down =>
  (host) =>
    hosts.includes(host);

describe('a list of SCEP server URLs', () => {
  const rows: readonly {
    name: string;
    family: PlatformFamily;
    roam?: boolean;
    down?: Down;
    calls: readonly string[];
    kind: 'issued' | 'unreachable';
  }[] = [
    { name: 'Windows begins with the first', family: 'windows', calls: three('a'), kind: 'issued' },
    { name: 'Linux shuffles', family: 'linux', calls: three('c'), kind: 'issued' },
    { name: 'Android shuffles', family: 'android', calls: three('c'), kind: 'issued' },
    {
      name: 'Windows goes on while nobody has answered, in order',
      family: 'windows',
      down: is('a', 'b'),
      calls: ['a:GetCACaps', 'b:GetCACaps', ...three('c')],
      kind: 'issued',
    },
    {
      name: 'Android goes on while nobody has answered, in its own order',
      family: 'android',
      down: is('c'),
      calls: ['c:GetCACaps', ...three('b')],
      kind: 'issued',
    },
    {
      name: 'Apple knows one address and fails with it',
      family: 'apple',
      down: is('a'),
      calls: ['a:GetCACert'],
      kind: 'unreachable',
    },
    {
      name: 'all are tried before an attempt fails',
      family: 'linux',
      down: () => true,
      calls: ['c:GetCACaps', 'b:GetCACaps', 'a:GetCACaps'],
      kind: 'unreachable',
    },
    ...(['windows', 'android', 'linux'] as const).map((family) => ({
      name: `once a server has answered, ${family} stays with it, and its failure ends the attempt`,
      family,
      down: (_host: string, operation: string) => operation === 'PKIOperation',
      calls: three(family === 'windows' ? 'a' : 'c'),
      kind: 'unreachable' as const,
    })),
    {
      name: 'our own agent may go on to another address at any time, when told to',
      family: 'linux',
      roam: true,
      down: (host, operation) => host === 'c' && operation === 'PKIOperation',
      calls: [...three('c'), ...three('b')],
      kind: 'issued',
    },
  ];
  for (const { name, family, roam = false, down = () => false, calls, kind } of rows)
    it(name, async () => {
      const result = await attempt({ family, roam, down });
      assert.deepEqual(result.calls, calls);
      assert.equal(result.outcome.kind, kind);
      assert.equal(
        result.outcome.answered,
        calls.some((call) => call.endsWith(':PKIOperation')),
      );
    });

  it('a gateway without a server behind it counts as no answer, a server that errs as one', async () => {
    for (const [status, expected] of [
      [503, ['a:GetCACaps', 'b:GetCACaps', 'c:GetCACaps']],
      [500, ['a:GetCACaps']],
    ] as const) {
      const calls: string[] = [];
      const outcome = await attemptEnrollment(
        { payload: payload(['http://a/', 'http://b/', 'http://c/']), key, pendingAt: null },
        {
          call: {
            habits: scepHabits('windows'),
            send: async ({ url }) => {
              calls.push(`${new URL(url).hostname}:GetCACaps`);
              return { status, contentType: '', retryAfter: null, body: new Uint8Array(0) };
            },
          },
          family: 'windows',
          roam: false,
          shuffle: (urls) => urls,
          trust: { fingerprint: server.fingerprint, anchors: [] },
          now: now(),
        },
      );
      assert.deepEqual(calls, expected);
      assert.ok('code' in outcome && outcome.code === `http-${status}`);
    }
  });
});

describe('habits on the wire', () => {
  it('Apple asks for the certificates first, and sends by GET where POST is not announced', async () => {
    const { calls, requests, outcome } = await attempt({
      family: platformFamily('ios'),
      misbehaviour: { capabilities: 'AES\nSHA-256\n' },
    });
    assert.equal(outcome.kind, 'issued');
    assert.deepEqual(calls, ['a:GetCACert', 'a:GetCACaps', 'a:PKIOperation']);
    assert.deepEqual(
      requests.map(({ method }) => method),
      ['GET', 'GET', 'GET'],
    );
    assert.match(requests[0]?.headers?.['user-agent'] ?? '', /^profiled\//);
  });

  it('Windows appends pkiclient.exe and posts', async () => {
    const { requests } = await attempt({ family: 'windows' });
    assert.deepEqual(
      requests.map(({ method }) => method),
      ['GET', 'GET', 'POST'],
    );
    for (const { url } of requests) assert.equal(new URL(url).pathname, '/scep/pkiclient.exe');
  });

  it('the challenge travels inside the encrypted request and in no address', async () => {
    const { requests } = await attempt();
    assert.equal(server.seen.at(-1)?.challenge, 'C'.repeat(26));
    for (const { url, body } of requests) {
      assert.ok(!url.includes('CCCC'));
      assert.ok(
        !Buffer.from(body ?? new Uint8Array(0))
          .toString('latin1')
          .includes('CCCC'),
      );
    }
  });

  it('what was PENDING is polled for, at the same address', async () => {
    const first = await attempt({ misbehaviour: { status: 'PENDING' } });
    assert.deepEqual([first.outcome.kind, first.outcome.url], ['pending', 'http://c/scep']);
    const second = await attempt({ pendingAt: first.outcome.url });
    assert.equal(server.seen.at(-1)?.messageType, 20);
    assert.equal(second.outcome.kind, 'issued');
  });
});

describe('polling when the server that said PENDING is gone', () => {
  it('another one is asked, since any node may know of the request', async () => {
    const { outcome, calls } = await attempt({ pendingAt: 'http://b/scep', down: is('b') });
    assert.equal(outcome.kind, 'issued');
    assert.deepEqual(calls, ['b:GetCACaps', ...three('c')]);
    assert.equal(server.seen.at(-1)?.messageType, 20);
  });

  it('in the order that Windows got them in, and none on Apple', async () => {
    const windows = await attempt({ family: 'windows', pendingAt: 'http://b/scep', down: is('b') });
    assert.deepEqual(windows.calls, ['b:GetCACaps', ...three('a')]);
    const apple = await attempt({ family: 'apple', pendingAt: 'http://b/scep', down: is('b') });
    assert.deepEqual([apple.outcome.kind, apple.calls], ['unreachable', ['b:GetCACert']]);
  });
});

describe('what a client does not believe', () => {
  const rows: readonly [string, Misbehaviour, string][] = [
    ['an authority that is not the pinned one, whatever it is called', { impostor: true }, 'ca-not-trusted'],
    ['a device certificate of the right authority that poses as its RA', { deviceAsAuthority: true }, 'ra-missing'],
    ['a reply signed with a device certificate', { signedByDevice: true }, 'reply-signer'],
    ['a reply to another request', { wrongNonce: true }, 'reply-nonce'],
    ['a reply about another transaction', { wrongTransaction: true }, 'reply-transaction'],
    ['content that was changed after signing', { tampered: true }, 'reply-digest'],
    ['a certificate for another key', { otherKey: true }, 'reply-other-key'],
    ['a server that knows no digest that is allowed', { capabilities: 'AES\nSHA-1\n' }, 'no-common-digest'],
    ['a server that knows no cipher of ours', { capabilities: 'SHA-256\n' }, 'no-common-cipher'],
  ];
  for (const [name, misbehaviour, code] of rows)
    it(name, async () => {
      const { outcome } = await attempt({ misbehaviour });
      assert.ok(outcome.kind === 'invalid', JSON.stringify(outcome));
      assert.equal(outcome.code, code);
    });

  it('a FAILURE is told with its reason', async () => {
    const { outcome } = await attempt({ misbehaviour: { status: 'FAILURE' } });
    assert.deepEqual(outcome, {
      kind: 'refused',
      failInfo: 'badRequest',
      text: 'challenge-expired r-1',
      answered: true,
      url: 'http://c/scep',
    });
  });
});
