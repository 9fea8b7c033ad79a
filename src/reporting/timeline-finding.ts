/** What a timeline shows by what is missing in it, with its likely causes: the likeliest first. */
import type { Platform } from '../directory/platform.ts';
import { minute } from '../lib/clock.ts';
import type { TimelineStep } from './timeline-step.ts';

export type FindingCode =
  | 'no-request-after-ca-certificate'
  | 'no-contact-after-challenge'
  | 'no-report-after-issuance'
  | 'waits-for-approval';

export type Cause = {
  readonly cause: string;
  readonly whatToDo: string;
  /** Whether something that we know speaks for it. */
  readonly evidence: string | null;
};

export type TimelineFinding = {
  readonly code: FindingCode;
  /** Of the step that nothing followed, ms. */
  readonly at: number;
  readonly detail: string;
  readonly causes: readonly Cause[];
};

/** What is known beside the steps; null: not known. */
export type FindingFacts = {
  readonly platform: Platform | null;
  readonly caCertificates: 'issuer' | 'chain' | null;
  /** Whether the trusted certificate of the profile is one that our answer’s chain ends in. */
  readonly rootIsOurs: boolean | null;
  /** What became of the trusted certificate profile on the device. */
  readonly rootOnDevice: 'installed' | 'notInstalled' | null;
};

/** So long a client may take before silence means something. */
const patience = 5 * minute;

/** `steps` oldest first. */
export function timelineFindings(
  steps: readonly TimelineStep[],
  facts: FindingFacts,
  now: number,
): readonly TimelineFinding[] {
  const findings: TimelineFinding[] = [];
  const followed = (from: number, names: readonly TimelineStep['name'][]) =>
    steps.slice(from + 1).some(({ name }) => names.includes(name));
  const lastOf = (name: TimelineStep['name'], outcome: TimelineStep['outcome'] = 'ok') =>
    steps.findLastIndex((step) => step.name === name && step.outcome === outcome);
  const silentFrom = (at: number, names: readonly TimelineStep['name'][]) => {
    const step = steps[at];
    return step !== undefined && now - step.at > patience && !followed(at, names) ? step : null;
  };

  const certificates = silentFrom(lastOf('getCACert'), ['pkiOperation', 'issued', 'renewed', 'policyDelivered']);
  if (certificates !== null)
    findings.push({
      code: 'no-request-after-ca-certificate',
      at: certificates.at,
      detail: `${certificates.clientAddress ?? 'The client'} fetched the CA certificates and then asked for nothing.`,
      causes: causesOfSilence(
        facts,
        steps.slice(lastOf('getCACert')).some(({ name }) => name === 'getCACaps'),
      ),
    });

  const challenge = silentFrom(lastOf('challengeIssued'), [
    'getCACaps',
    'getCACert',
    'pkiOperation',
    'issued',
    'renewed',
    'challengeCancelled',
    'removed',
  ]);
  if (challenge !== null) findings.push(noContact(challenge));

  const issued = Math.max(lastOf('issued'), lastOf('renewed'));
  const unreported = silentFrom(issued, ['installed', 'reported', 'removed', 'revoked']);
  if (unreported !== null) findings.push(noReport(unreported));

  const waiting = steps.findLastIndex(({ outcome }) => outcome === 'waiting');
  const waits = steps[waiting];
  if (waits !== undefined && !followed(waiting, ['issued', 'renewed', 'removed']) && !isDecided(steps, waiting))
    findings.push({
      code: 'waits-for-approval',
      at: waits.at,
      detail: 'The request waits until an administrator decides.',
      causes: [
        {
          cause: 'The profile wants every request approved.',
          whatToDo: '`approval list`, then `approval accept` or `approval reject`.',
          evidence: null,
        },
      ],
    });
  return findings;
}

function isDecided(steps: readonly TimelineStep[], from: number): boolean {
  return steps.slice(from + 1).some(({ name, outcome }) => name === 'approval' && outcome !== 'waiting');
}

/** intune-domain 5.10, scep-protocol-and-peers 0 and A6: what makes clients stop behind GetCACert. */
function causesOfSilence(facts: FindingFacts, askedCapabilities: boolean): readonly Cause[] {
  const isApple = facts.platform === 'ios' || facts.platform === 'macos';
  const isWindows = facts.platform === 'windows10' || facts.platform === 'windows81';
  const causes: (Cause & { readonly applies: boolean })[] = [
    {
      applies: facts.rootIsOurs !== true,
      cause: 'The trusted certificate profile holds another certificate than the root of the issuing authority.',
      whatToDo:
        'Put the root itself (`authority export`) into the trusted certificate profile that this SCEP profile refers to.',
      evidence:
        facts.rootIsOurs === false
          ? 'The root certificate of the profile is not in the chain that GetCACert stands on.'
          : null,
    },
    {
      applies: facts.rootOnDevice !== 'installed',
      cause: 'The device does not have the root yet, so it trusts nothing that GetCACert answers.',
      whatToDo: 'Assign the trusted certificate profile to the same groups, and have the device check in.',
      evidence:
        facts.rootOnDevice === 'notInstalled'
          ? 'The trusted certificate profile is not reported installed on this device.'
          : null,
    },
    {
      applies: isWindows && facts.caCertificates !== 'chain',
      cause: 'Windows wants the root in the answer to GetCACert.',
      whatToDo: 'Set “CA certificates” of the profile to `chain`.',
      evidence: facts.caCertificates === 'issuer' ? 'The profile answers without the chain.' : null,
    },
    {
      applies: isApple && facts.caCertificates !== 'issuer',
      cause: 'Apple devices refuse an answer to GetCACert that brings the root.',
      whatToDo: 'Set “CA certificates” of the profile to `issuer`.',
      evidence: facts.caCertificates === 'chain' ? 'The profile answers with the chain.' : null,
    },
    {
      applies: isApple,
      cause: 'An Apple device finds the chain unusable: root or issuer signed with RSASSA-PSS or SHA-1.',
      whatToDo: 'Use an authority whose certificates are signed with sha256WithRSA or ECDSA.',
      evidence: askedCapabilities
        ? null
        : 'It did not ask for the capabilities either, which it does next when the chain is good.',
    },
    {
      applies: true,
      cause: 'The client finds no hash or cipher that it knows among the capabilities.',
      whatToDo:
        'Compare `GetCACaps` with what the client can do; allow SHA-1 or 3DES in the profile only if it must be.',
      evidence: null,
    },
    {
      applies: true,
      cause: 'A proxy or firewall lets GET through, and not the POST or the long address of PKIOperation.',
      whatToDo: 'Let `/scep/` pass with POST, and addresses of at least 8 kB, from the device’s network.',
      evidence: null,
    },
    {
      applies: true,
      cause: 'The client made no key: its key storage (TPM, secure element) failed, or it waits for its user.',
      whatToDo: 'Look at the device: unlock it, look into its own log.',
      evidence: null,
    },
  ];
  return causes
    .filter(({ applies }) => applies)
    .sort((a, b) => Number(b.evidence !== null) - Number(a.evidence !== null))
    .map(({ applies: _, ...cause }) => cause);
}

function noContact({ at }: TimelineStep): TimelineFinding {
  return {
    code: 'no-contact-after-challenge',
    at,
    detail: 'A challenge was handed out, and no SCEP request came.',
    causes: [
      {
        cause: 'The device cannot reach the SCEP address of its payload.',
        whatToDo: 'Try the address from the device’s network: name resolution, proxies, firewalls, TLS.',
        evidence: null,
      },
      {
        cause: 'The device is offline, locked or switched off.',
        whatToDo: 'Wait. After the challenge expires the next check-in brings another one.',
        evidence: null,
      },
      {
        cause: 'The client asks at the profile’s plain address, which names no device until its request is open.',
        whatToDo: 'Use the address of the payload, with `/d/` in it: then every call shows here.',
        evidence: null,
      },
    ],
  };
}

function noReport({ at }: TimelineStep): TimelineFinding {
  return {
    code: 'no-report-after-issuance',
    at,
    detail: 'The certificate was issued, and nobody said that it is in place.',
    causes: [
      {
        cause: 'The device reports at its next check-in.',
        whatToDo: 'Wait, or `device checkin`.',
        evidence: null,
      },
      {
        cause: 'Nobody reports for this device: a SCEP client of its own fetched the certificate.',
        whatToDo: 'Nothing.',
        evidence: null,
      },
      {
        cause: 'The answer was lost, or the device could not use it.',
        whatToDo: 'The device may ask again with the same key and gets the same certificate. Otherwise re-issue.',
        evidence: null,
      },
    ],
  };
}
