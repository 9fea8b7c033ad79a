import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate } from '../authority/certificate.ts';
import type { Challenge } from '../challenges/challenge.ts';
import type { Deployment } from '../deployments/deployment.ts';
import { challengeStanding, type SignerFacts, signerStanding } from './standing.ts';

const now = 1_000_000;
const address = { profileId: 'p1', deliveryRef: 'r1' };
const deployment = {
  id: 'd1',
  profileId: 'p1',
  deliveryRef: 'r1',
  wanted: true,
  expectation: {},
  revision: 2,
  generation: 3,
  currentCertificateId: 'c1',
} as unknown as Deployment;
const certificate = {
  id: 'c1',
  purpose: 'device',
  revokedAt: null,
  notBefore: now - 10,
  notAfter: now + 10,
} as unknown as Certificate;
const facts: SignerFacts = {
  selfSigned: false,
  signerKey: 'k1',
  requestedKey: 'k1',
  namesUs: true,
  record: { certificate, deployment },
};
const challenge = {
  profileId: 'p1',
  state: 'live',
  boundKey: null,
  expiresAt: now + 1,
  revision: 2,
  generation: 3,
} as unknown as Challenge;

const withCertificate = (change: Partial<Certificate>) => ({
  record: { certificate: { ...certificate, ...change }, deployment },
});
const withDeployment = (change: Partial<Deployment>) => ({
  record: { certificate, deployment: { ...deployment, ...change } },
});

const signers: readonly (readonly [string, Partial<SignerFacts>, string])[] = [
  ['our live certificate', {}, 'device-live'],
  ['revoked, even if expired too', withCertificate({ revokedAt: 1, notAfter: 2 }), 'device-revoked'],
  ['past its end', withCertificate({ notAfter: now - 1 }), 'device-expired'],
  ['in its last millisecond', withCertificate({ notAfter: now }), 'device-live'],
  ['before its beginning', withCertificate({ notBefore: now + 1 }), 'device-not-yet-valid'],
  ['an RA certificate', withCertificate({ purpose: 'ra' }), 'not-a-device'],
  ['a certificate without deployment', { record: { certificate, deployment: null } }, 'not-a-device'],
  ['of another profile', withDeployment({ profileId: 'p2' as never }), 'device-of-another-profile'],
  ['of another delivery', withDeployment({ deliveryRef: 'r2' }), 'device-of-another-delivery'],
  ['no longer wanted', withDeployment({ wanted: false }), 'device-unwanted'],
  ['without expectation', withDeployment({ expectation: null }), 'device-unwanted'],
  ['not the current one', withDeployment({ currentCertificateId: 'c2' }), 'device-superseded'],
  ['our name, not in our books', { record: null }, 'forged'],
  ['our name, self-signed', { record: null, selfSigned: true }, 'forged'],
  ['self-signed by the requested key', { record: null, namesUs: false, selfSigned: true }, 'own-key'],
  ['self-signed by another key', { record: null, namesUs: false, selfSigned: true, signerKey: 'k2' }, 'other-key'],
  ['self-signed, nothing requested', { record: null, namesUs: false, selfSigned: true, requestedKey: null }, 'own-key'],
  ['signed by a stranger', { record: null, namesUs: false }, 'foreign'],
];

for (const [name, change, expected] of signers)
  test(`signer: ${name} is ${expected}`, () => {
    assert.equal(signerStanding({ ...facts, ...change }, address, now), expected);
  });

test('signer: an address without delivery takes any delivery', () => {
  assert.equal(signerStanding(facts, { profileId: 'p1', deliveryRef: null }, now), 'device-live');
});

const challenges: readonly (readonly [string, Partial<Challenge>, Partial<Deployment>, string])[] = [
  ['fresh', {}, {}, 'live'],
  ['bound to this key', { boundKey: 'k1' }, {}, 'live'],
  ['bound to this key and past its end', { boundKey: 'k1', expiresAt: 1 }, {}, 'live'],
  ['bound to another key', { boundKey: 'k2' }, {}, 'bound-to-another-key'],
  ['spent by this key', { state: 'spent', boundKey: 'k1' }, {}, 'spent-by-this-key'],
  ['spent by another key', { state: 'spent', boundKey: 'k2' }, {}, 'spent-by-another-key'],
  ['cancelled', { state: 'cancelled' }, {}, 'cancelled'],
  ['at its end', { expiresAt: now }, {}, 'expired'],
  ['of another profile', { profileId: 'p2' }, {}, 'of-another-profile'],
  ['of another delivery', {}, { deliveryRef: 'r2' }, 'of-another-delivery'],
  ['for what is no longer wanted', {}, { wanted: false }, 'unwanted'],
  ['for an earlier expectation', {}, { revision: 3 }, 'outdated'],
  ['for an earlier generation', {}, { generation: 4 }, 'outdated'],
];

for (const [name, change, deploymentChange, expected] of challenges)
  test(`challenge: ${name} is ${expected}`, () => {
    const record = { challenge: { ...challenge, ...change }, deployment: { ...deployment, ...deploymentChange } };
    assert.equal(challengeStanding(record, 'k1', address, now), expected);
  });

test('challenge: not in our books is unknown', () => {
  assert.equal(challengeStanding(null, 'k1', address, now), 'unknown');
});
