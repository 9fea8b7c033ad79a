import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../lib/failure.ts';
import {
  type CheckInAnswer,
  checkInAnswerToJson,
  parseCheckInAnswer,
  parseCheckInRequest,
} from './check-in-message.ts';
import { parseJoinAnswer, parseJoinRequest } from './join-message.ts';
import { formatJoinToken, parseJoinToken } from './join-token-text.ts';
import { parseReportRequest } from './report-message.ts';
import { parseWakeAnswer } from './wake-message.ts';

const facts = { deviceName: 'laptop 1', platform: 'linux', osVersion: '12', isRooted: false };

const answer: CheckInAnswer = {
  credential: null,
  nextCheckIn: 180_000,
  wakeVersion: 'v1',
  retired: false,
  trustedCertificates: [
    { deploymentId: 'd-1', profile: { slug: 'root', name: 'Root' }, certificate: Uint8Array.of(48, 0) },
  ],
  enroll: [
    {
      deploymentId: 'd-2',
      deliveryVersion: 4,
      generation: 1,
      revision: 3,
      profile: { slug: 'wifi', name: 'Wi-Fi' },
      urls: ['http://127.0.0.1:8080/scep/wifi/d/ref'],
      challenge: 'A'.repeat(26),
      challengeExpiresAt: 1_800_000_000_000,
      subject: Uint8Array.of(48, 0),
      subjectText: '',
      subjectAlternativeNames: [{ type: 'upn', value: 'jane@example.org' }],
      keySize: 2048,
      keyStorage: 'pem',
      keyUsage: ['digitalSignature'],
      extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'],
      hashAlgorithms: ['sha2'],
      renewalThreshold: 20,
      authority: { thumbprint: 'ab'.repeat(20), thumbprint256: 'cd'.repeat(32) },
      retry: { count: 3, delayMinutes: 1 },
    },
  ],
  redeliver: [
    {
      deploymentId: 'd-4',
      deliveryVersion: 2,
      urls: ['https://scep.test/scep/vpn/d/ref'],
      hashAlgorithms: null,
      renewalThreshold: 30,
      authority: { thumbprint: 'ab'.repeat(20), thumbprint256: 'cd'.repeat(32) },
    },
  ],
  remove: ['d-3'],
  undeliverable: [
    { deploymentId: 'd-5', profile: { slug: 'mail', name: 'Mail' }, code: 'variable-unresolved', detail: 'No e-mail.' },
  ],
};

describe('messages of the agent protocol', () => {
  it('an answer may have as many names, usages and addresses as a profile may', () => {
    const [first] = answer.enroll;
    assert.ok(first);
    const many: CheckInAnswer = {
      ...answer,
      enroll: [
        {
          ...first,
          urls: Array.from({ length: 500 }, (_, i) => `https://scep${i}.test/scep/wifi`),
          subjectAlternativeNames: Array.from({ length: 500 }, (_, i) => ({ type: 'dns', value: `host${i}.test` })),
          extendedKeyUsages: Array.from({ length: 500 }, (_, i) => `1.3.6.1.5.5.7.3.${i}`),
        },
      ],
    };
    assert.deepEqual(parseCheckInAnswer(JSON.parse(JSON.stringify(checkInAnswerToJson(many)))), many);
  });

  it('a check-in answer survives the wire', () => {
    assert.deepEqual(parseCheckInAnswer(JSON.parse(JSON.stringify(checkInAnswerToJson(answer)))), answer);
  });

  it('a server that counts no deliveries is understood', () => {
    const {
      redeliver: _,
      undeliverable: __,
      enroll,
      ...rest
    } = JSON.parse(JSON.stringify(checkInAnswerToJson(answer)));
    const older = {
      ...rest,
      enroll: enroll.map(({ deliveryVersion: _, keyStorage: __, ...payload }: Record<string, unknown>) => payload),
    };
    const read = parseCheckInAnswer(older);
    assert.deepEqual([read.redeliver, read.undeliverable, read.enroll[0]?.deliveryVersion], [[], [], 0]);
    assert.equal(read.enroll[0]?.keyStorage, null);
    const held = [{ deploymentId: 'd', thumbprint256: null, underWay: null }];
    assert.equal(parseCheckInRequest({ facts, held }).held[0]?.deliveryVersion, null);
  });

  it('fields of a newer peer are ignored', () => {
    const request = parseCheckInRequest({ facts: { ...facts, battery: 80 }, held: [], mood: 'good' });
    assert.deepEqual(request, { facts, held: [] });
  });

  const refused: readonly [string, () => unknown, string][] = [
    ['a join without a secret', () => parseJoinRequest({ facts }), 'secret'],
    ['a join secret with a line break', () => parseJoinRequest({ facts, secret: 'a\nb' }), 'secret'],
    [
      'a device without a name',
      () => parseJoinRequest({ secret: 'x', facts: { platform: 'ios' } }),
      'facts.deviceName',
    ],
    ['a fact that is a number', () => parseJoinRequest({ secret: 'x', facts: { ...facts, imei: 5 } }), 'facts.imei'],
    [
      'a fact without end',
      () => parseJoinRequest({ secret: 'x', facts: { ...facts, model: 'x'.repeat(257) } }),
      'facts.model',
    ],
    ['a held list that is an object', () => parseCheckInRequest({ facts, held: {} }), 'held'],
    ['too many held items', () => parseCheckInRequest({ facts, held: Array(1001).fill({}) }), 'held'],
    [
      'a thumbprint in upper case',
      () => parseCheckInRequest({ facts, held: [{ deploymentId: 'd', thumbprint256: 'AB'.repeat(32) }] }),
      'held[0].thumbprint256',
    ],
    [
      'an outcome of its own making',
      () => parseReportRequest({ reports: [{ outcome: 'great' }] }),
      'reports[0].outcome',
    ],
    [
      'a failure code with spaces',
      () =>
        parseReportRequest({
          reports: [{ outcome: 'failed', deploymentId: 'd', step: 'scep', code: 'no good', detail: 'x' }],
        }),
      'reports[0].code',
    ],
    ['a wake answer without a version', () => parseWakeAnswer({ changed: true }), 'version'],
    ['a join answer that is a list', () => parseJoinAnswer([]), ''],
    [
      'a SCEP address of another scheme',
      () =>
        parseCheckInAnswer({
          ...(checkInAnswerToJson(answer) as object),
          enroll: [{ ...answer.enroll[0], subject: 'MAA=', urls: ['file:///etc/passwd'] }],
        }),
      'enroll[0].urls[0]',
    ],
  ];
  for (const [name, parse, path] of refused)
    it(`refuses ${name}, naming the place`, () => {
      assert.throws(parse, (error) => isFailure(error, 'agent-message') && error.params.path === path);
    });

  it('whatever JSON comes, the parsers answer or refuse in their own words', () => {
    const parsers = [parseJoinRequest, parseCheckInRequest, parseCheckInAnswer, parseReportRequest, parseWakeAnswer];
    fc.assert(
      fc.property(fc.constantFrom(...parsers), fc.jsonValue(), (parse, value) => {
        try {
          parse(value);
        } catch (error) {
          assert.ok(isFailure(error, 'agent-message'), String(error));
        }
      }),
    );
  });
});

describe('the text of a join token', () => {
  const token = { secret: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', fingerprint: '0f'.repeat(32) };

  it('is read as it was written, with blanks around it', () => {
    assert.deepEqual(parseJoinToken(` ${formatJoinToken(token)}\n`), token);
  });

  for (const text of [
    '',
    token.secret,
    `${token.secret}.`,
    `${token.secret}.${'0f'.repeat(31)}`,
    `.${token.fingerprint}`,
  ])
    it(`is refused when incomplete (${text.length} characters), without being repeated in the message`, () => {
      assert.throws(
        () => parseJoinToken(text),
        (error) => isFailure(error, 'join-token-text') && (text === '' || !error.message.includes(text)),
      );
    });
});
