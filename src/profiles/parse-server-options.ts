import type { Platform } from '../directory/platform.ts';
import {
  type Fields,
  openFields,
  refuseOthers,
  take,
  takeChoice,
  takeFlag,
  takeInteger,
  takeText,
} from './document-reader.ts';
import type { Finding } from './finding.ts';
import {
  defaultRemovalRule,
  type RemovalOccasion,
  type RemovalOverrides,
  type RemovalRule,
  removalOccasions,
  removalReasons,
} from './removal-rule.ts';
import type { ServerOptions } from './scep-settings.ts';

/** Apple devices must not be given the root by GetCACert, Windows wants it. */
export function defaultServerOptions(platform: Platform): ServerOptions {
  return {
    authority: null,
    certificateTemplate: 'default',
    challengeLifetime: 60,
    approval: 'automatic',
    ciphers: { tripleDes: true, singleDes: false },
    renewal: { byCertificate: true, sameKey: false, window: 'always', spread: 25 },
    directoryChanges: 'atRenewal',
    supersededCertificates: { action: 'leave', afterDays: 7 },
    caCertificates: platform === 'ios' || platform === 'macos' ? 'issuer' : 'chain',
    issuerInReply: false,
    reportedFacts: 'never',
    removal: {},
    securityIdentifierExtension: false,
  };
}

/** A day: whoever has not asked by then gets a fresh one at the next check-in. */
const longestChallenge = 24 * 60;

const longestGrace = 365;

/** A quarter of what is left remains for trying, at least. */
const widestSpread = 75;

/** The `server` part of a profile; what is left out has its default. */
export function parseServerOptions(
  input: unknown,
  platform: Platform,
  path: string,
  findings: Finding[],
): ServerOptions {
  const defaults = defaultServerOptions(platform);
  const fields = input === undefined ? undefined : openFields(input, path, findings);
  if (fields === undefined) return defaults;
  const options: ServerOptions = {
    authority: takeText(fields, 'authority', defaults.authority),
    certificateTemplate: takeText(fields, 'certificateTemplate', defaults.certificateTemplate),
    challengeLifetime: takeInteger(fields, 'challengeLifetime', {
      from: 1,
      to: longestChallenge,
      fallback: defaults.challengeLifetime,
      rule: 'challenge-lifetime',
    }),
    approval: takeChoice(fields, 'approval', ['automatic', 'manual'], defaults.approval),
    ciphers: inner(fields, 'ciphers', defaults.ciphers, (part) => ({
      tripleDes: takeFlag(part, 'tripleDes', defaults.ciphers.tripleDes),
      singleDes: takeFlag(part, 'singleDes', defaults.ciphers.singleDes),
    })),
    renewal: inner(fields, 'renewal', defaults.renewal, (part) => ({
      byCertificate: takeFlag(part, 'byCertificate', defaults.renewal.byCertificate),
      sameKey: takeFlag(part, 'sameKey', defaults.renewal.sameKey),
      window: takeChoice(part, 'window', ['always', 'threshold'], defaults.renewal.window),
      spread: takeInteger(part, 'spread', {
        from: 0,
        to: widestSpread,
        fallback: defaults.renewal.spread,
        rule: 'renewal-spread',
      }),
    })),
    directoryChanges: takeChoice(
      fields,
      'directoryChanges',
      ['reissueNow', 'atRenewal', 'never'],
      defaults.directoryChanges,
    ),
    supersededCertificates: inner(fields, 'supersededCertificates', defaults.supersededCertificates, (part) => ({
      action: takeChoice(part, 'action', ['leave', 'revoke'], defaults.supersededCertificates.action),
      afterDays: takeInteger(part, 'afterDays', {
        from: 0,
        to: longestGrace,
        fallback: defaults.supersededCertificates.afterDays,
        rule: 'superseded-after-days',
      }),
    })),
    caCertificates: takeChoice(fields, 'caCertificates', ['issuer', 'chain'], defaults.caCertificates),
    issuerInReply: takeFlag(fields, 'issuerInReply', defaults.issuerInReply),
    reportedFacts: takeChoice(fields, 'reportedFacts', ['never', 'whenMissing'], defaults.reportedFacts),
    removal: inner(fields, 'removal', defaults.removal, (part) => removalOverrides(part, platform)),
    securityIdentifierExtension: takeFlag(fields, 'securityIdentifierExtension', defaults.securityIdentifierExtension),
  };
  refuseOthers(fields);
  return options;
}

const longestDelay = 365;

/** What is left out of a rule is as usual; an occasion that is left out altogether is as usual whatever becomes usual. */
function removalOverrides(part: Fields, platform: Platform): RemovalOverrides {
  const rules: Partial<Record<RemovalOccasion, RemovalRule>> = {};
  for (const occasion of removalOccasions) {
    const usual = defaultRemovalRule(occasion, platform);
    const rule = inner<RemovalRule | undefined>(part, occasion, undefined, (fields) => ({
      removeFromDevice: takeFlag(fields, 'removeFromDevice', usual.removeFromDevice),
      revoke: takeFlag(fields, 'revoke', usual.revoke),
      afterDays: takeInteger(fields, 'afterDays', {
        from: 0,
        to: longestDelay,
        fallback: usual.afterDays,
        rule: 'removal-after-days',
      }),
      reason: takeChoice(fields, 'reason', removalReasons, usual.reason),
    }));
    if (rule !== undefined) rules[occasion] = rule;
  }
  return rules;
}

function inner<T>(fields: Fields, name: string, fallback: T, read: (part: Fields) => T): T {
  const value = take(fields, name);
  const part = value === undefined ? undefined : openFields(value, `${fields.path}.${name}`, fields.findings);
  if (part === undefined) return fallback;
  const result = read(part);
  refuseOthers(part);
  return result;
}
