/**
 * What a failure means in the words of the big product's validation interface, and what to do about it. One table, for
 * reports and timelines.
 */
import type { RefusalReason } from '../enrollment/refusal.ts';

/** Result codes of the validation interface, in its order (intune-domain 5.2); two of them are no failures. */
export const validationCodes = [
  'Unknown',
  'Success',
  'CertificateRequestDecodingFailed',
  'ChallengePasswordMissing',
  'ChallengeDeserializationError',
  'ChallengeDecryptionError',
  'ChallengeDecodingError',
  'ChallengeInvalidTimestamp',
  'ChallengeExpired',
  'SubjectNameMissing',
  'SubjectNameMismatch',
  'SubjectAltNameMissing',
  'SubjectAltNameMismatch',
  'KeyUsageMismatch',
  'KeyLengthMismatch',
  'EnhancedKeyUsageMissing',
  'EnhancedKeyUsageMismatch',
  'AadKeyIdentifierListMissing',
  'RegisteredKeyMismatch',
  'SigningCertThumbprintMismatch',
  'ScepProfileNoLongerTargetedToTheClient',
  'SignatureValidationFailed',
  'BadCertificateRequestIdInChallenge',
  'BadDeviceIdInChallenge',
  'BadUserIdInChallenge',
] as const;
export type ValidationCode = (typeof validationCodes)[number];

/** What a device says that went wrong on its side. */
export const deviceReasons = {
  request: 'request-creation-failed',
  submit: 'request-submit-failed',
  install: 'install-failed',
  remove: 'delete-failed',
} as const;
export type DeviceReason = (typeof deviceReasons)[keyof typeof deviceReasons];

/** Before a device is asked: no request can be expected. */
export type PlanReason = 'variable-unresolved' | 'root-not-assigned';

export type GuidedReason = RefusalReason | DeviceReason | PlanReason;

export type Guidance = {
  readonly validationCode: ValidationCode;
  /** A sentence. */
  readonly meaning: string;
  readonly whatToDo: string;
};

const newChallenge =
  'Nothing, as a rule: the next check-in brings a new challenge. `device checkin` asks the device to call now.';
const ofClient =
  'Compare expected and received below. The client makes another request than its payload asks for: look at its version and settings.';
const strange =
  'If it comes from a device of yours, have it check in again. If the address is strange, somebody tries: nothing was issued.';
const algorithm =
  'Allow it in the profile (hash algorithm, ciphers), or use a client that knows what GetCACaps offers.';

const guide: Readonly<Record<GuidedReason, readonly [ValidationCode, meaning: string, whatToDo: string]>> = {
  'message-malformed': ['CertificateRequestDecodingFailed', 'The message is no SCEP message.', strange],
  'message-type-unsupported': [
    'CertificateRequestDecodingFailed',
    'This kind of SCEP message is not served.',
    'Use PKCSReq, RenewalReq or CertPoll.',
  ],
  'wrong-recipient': [
    'ChallengeDecryptionError',
    'The message was encrypted for a certificate that is not our RA’s.',
    'The client keeps an old RA certificate: have it fetch GetCACert anew. A proxy may also send it to the wrong server.',
  ],
  'signature-validation-failed': ['SignatureValidationFailed', 'The signature of the message is not right.', strange],
  'decryption-failed': [
    'ChallengeDecryptionError',
    'The envelope cannot be opened with our RA key.',
    'The client keeps an old RA certificate: have it fetch GetCACert anew.',
  ],
  'certificate-request-decoding-failed': [
    'CertificateRequestDecodingFailed',
    'What is in the envelope is no certificate request.',
    strange,
  ],
  'certificate-request-signature-invalid': [
    'SignatureValidationFailed',
    'The certificate request is not signed by its own key.',
    strange,
  ],
  'content-decoding-failed': ['ChallengeDecodingError', 'What is in the envelope cannot be read.', strange],
  'registered-key-mismatch': [
    'RegisteredKeyMismatch',
    'The message is signed by another key than the one that asks for a certificate.',
    strange,
  ],
  'challenge-password-missing': [
    'ChallengePasswordMissing',
    'The request has no challenge.',
    'The client must send the challenge of its payload. A renewal without one needs “renewal by certificate” in the profile.',
  ],
  'challenge-unknown': ['ChallengeDecodingError', 'Nobody was given this challenge.', strange],
  'signer-self-signed': [
    'SigningCertThumbprintMismatch',
    'The message had to be signed by a certificate of ours.',
    newChallenge,
  ],
  'signer-foreign': [
    'SigningCertThumbprintMismatch',
    'The message is signed by a certificate that we did not issue.',
    strange,
  ],
  'signer-forged': [
    'SignatureValidationFailed',
    'The signer’s certificate says that we issued it, and we did not.',
    strange,
  ],
  'signer-not-a-device': [
    'SigningCertThumbprintMismatch',
    'The message is signed by a certificate of ours that is not a device’s.',
    strange,
  ],
  'digest-not-allowed': [
    'SignatureValidationFailed',
    'The message uses a hash that the profile does not allow.',
    algorithm,
  ],
  'signature-algorithm-not-allowed': [
    'SignatureValidationFailed',
    'The message uses a signature that the profile does not allow.',
    algorithm,
  ],
  'cipher-not-allowed': [
    'ChallengeDecryptionError',
    'The message uses a cipher that the profile does not allow.',
    algorithm,
  ],
  'key-transport-not-allowed': [
    'ChallengeDecryptionError',
    'The message’s key was encrypted in a way that is not allowed.',
    algorithm,
  ],
  'challenge-expired': [
    'ChallengeExpired',
    'The challenge had expired before the device used it.',
    `${newChallenge} If it happens often, lengthen the challenge lifetime of the profile.`,
  ],
  'challenge-spent': ['ChallengeDecodingError', 'The challenge has been used, with another key.', newChallenge],
  'challenge-cancelled': [
    'ChallengeDecodingError',
    'The challenge was withdrawn: something about the deployment changed after it was made.',
    newChallenge,
  ],
  'challenge-of-another-profile': [
    'BadCertificateRequestIdInChallenge',
    'The challenge was made for another profile.',
    'The client mixes up two SCEP addresses: give it the address and the challenge of the same payload.',
  ],
  'challenge-of-another-delivery': [
    'BadDeviceIdInChallenge',
    'The challenge was made for another device or user.',
    strange,
  ],
  'challenge-bound-to-another-key': [
    'RegisteredKeyMismatch',
    'The challenge waits for approval with another key.',
    'Decide the waiting request (`approval list`), or re-issue.',
  ],
  'scep-profile-no-longer-targeted-to-the-client': [
    'ScepProfileNoLongerTargetedToTheClient',
    'The profile does not apply to the device any more.',
    'If it should, look at its assignments: `explain <device>` says why it does not.',
  ],
  'expectation-changed': [
    'BadCertificateRequestIdInChallenge',
    'What the device may ask for changed after its challenge was made.',
    newChallenge,
  ],
  'generation-issued': [
    'BadCertificateRequestIdInChallenge',
    'The certificate that was due has been issued already.',
    'Nothing. If the device has lost it, re-issue.',
  ],
  'certificate-revoked': [
    'SigningCertThumbprintMismatch',
    'The certificate that this concerns is revoked.',
    'If the device shall have one again, re-issue.',
  ],
  'serial-taken': [
    'Unknown',
    'No free serial number was found.',
    'Report this: random numbers of this server repeat themselves.',
  ],
  'subject-name-missing': ['SubjectNameMissing', 'The request has no subject.', ofClient],
  'subject-name-mismatch': ['SubjectNameMismatch', 'The subject is not the expected one.', ofClient],
  'subject-alt-name-missing': ['SubjectAltNameMissing', 'A subject alternative name is missing.', ofClient],
  'subject-alt-name-mismatch': [
    'SubjectAltNameMismatch',
    'The subject alternative names are not the expected ones.',
    ofClient,
  ],
  'key-usage-mismatch': ['KeyUsageMismatch', 'The key usage is not the expected one.', ofClient],
  'enhanced-key-usage-mismatch': [
    'EnhancedKeyUsageMismatch',
    'The extended key usage is not the expected one.',
    ofClient,
  ],
  'key-type-mismatch': ['KeyLengthMismatch', 'The key is of another kind than expected.', ofClient],
  'key-length-mismatch': ['KeyLengthMismatch', 'The key has another length than the profile says.', ofClient],
  'key-weak': [
    'KeyLengthMismatch',
    'The key is known to be weak.',
    'Have the client make another key: look at its source of random numbers.',
  ],
  'basic-constraints-mismatch': [
    'CertificateRequestDecodingFailed',
    'The request asks to be a certification authority.',
    strange,
  ],
  'security-identifier-mismatch': [
    'SubjectAltNameMismatch',
    'The security identifier is not that of the directory.',
    ofClient,
  ],
  'extension-not-allowed': [
    'CertificateRequestDecodingFailed',
    'The request asks for an extension that is not allowed.',
    ofClient,
  ],
  'request-digest-not-allowed': [
    'SignatureValidationFailed',
    'The request is signed with a hash that the profile does not allow.',
    algorithm,
  ],
  'signer-revoked': [
    'SigningCertThumbprintMismatch',
    'The certificate that was to be renewed is revoked.',
    newChallenge,
  ],
  'signer-expired': [
    'SigningCertThumbprintMismatch',
    'The certificate that was to be renewed has expired.',
    newChallenge,
  ],
  'signer-not-yet-valid': [
    'ChallengeInvalidTimestamp',
    'The certificate that was to be renewed is not valid yet.',
    'Look at the clocks of device and server.',
  ],
  'signer-superseded': [
    'SigningCertThumbprintMismatch',
    'The certificate that was to be renewed has been renewed already.',
    newChallenge,
  ],
  'signer-of-another-profile': [
    'BadCertificateRequestIdInChallenge',
    'The certificate belongs to another profile.',
    'The client must renew at the SCEP address that it enrolled at.',
  ],
  'signer-of-another-delivery': [
    'BadDeviceIdInChallenge',
    'The certificate belongs to another device or user.',
    strange,
  ],
  'renewal-not-allowed': [
    'SigningCertThumbprintMismatch',
    'The profile does not allow renewal by certificate.',
    'Allow it in the profile, or let the device enrol with a new challenge.',
  ],
  'renewal-too-early': [
    'ChallengeInvalidTimestamp',
    'The renewal threshold has not been reached.',
    'Wait, lower the threshold, or allow renewal at any time in the profile.',
  ],
  'renewal-same-key': [
    'RegisteredKeyMismatch',
    'The renewal keeps the old key, which the profile does not allow.',
    'Have the client make a new key, or allow the same key in the profile.',
  ],
  'new-challenge-due': [
    'SubjectNameMismatch',
    'What the certificate should say has changed: renewal by certificate would not do.',
    newChallenge,
  ],
  'approval-rejected': [
    'Unknown',
    'An administrator rejected the request.',
    'Ask who rejected it (`approval list`); re-issue to have the device ask again.',
  ],
  'transaction-unknown': ['Unknown', 'The client asks for a transaction that does not wait.', newChallenge],
  'certificate-unknown': ['Unknown', 'The client asks for a certificate that we did not issue.', strange],
  'crl-unavailable': ['Unknown', 'There is no CRL to hand out.', 'Run `authority crl`.'],
  'certificate-not-issuable': [
    'Unknown',
    'The authority would not sign it.',
    'The detail says which rule it breaks: mend the profile or the authority’s template.',
  ],
  'clock-behind': [
    'ChallengeInvalidTimestamp',
    'The server’s clock is far behind its own records.',
    'Set the clock of the server.',
  ],
  'request-creation-failed': [
    'Unknown',
    'The device could not make a key or a request.',
    'The device’s own code says why: often the key storage (TPM) that the profile demands is missing.',
  ],
  'request-submit-failed': [
    'Unknown',
    'The device reached no SCEP server.',
    'Try the SCEP address from the device’s network: name resolution, proxies, firewalls, TLS.',
  ],
  'install-failed': [
    'Unknown',
    'The device could not install the certificate.',
    'Often the root is missing on the device: assign the trusted certificate profile to the same groups.',
  ],
  'delete-failed': [
    'Unknown',
    'The device could not remove the certificate.',
    'It is revoked all the same, where the profile says so.',
  ],
  'variable-unresolved': [
    'SubjectNameMissing',
    'A variable of the profile has no value for this device or user.',
    'Fill in what the directory lacks, or take the variable out of the profile.',
  ],
  'root-not-assigned': [
    'Unknown',
    'The trusted certificate profile does not reach the device.',
    'Assign it to the same groups as the SCEP profile.',
  ],
};

const unfitValueGuidance: Guidance = {
  validationCode: 'Unknown',
  meaning: 'A value that the certificate should hold does not fit there.',
  whatToDo: 'Correct it in the directory, or take its variable out of the profile.',
};

/** Of `resolveExpectation`: a value that a certificate cannot hold, by its many codes. */
const unfitValue =
  /^(?:[a-z-]+-too-long|country-not-two-letters|attribute-twice|not-text|half-character|control-character|ascii-only|empty-value|empty-subject|invalid-(?:distinguished-name|security-identifier|upn|email|dns-name|uri|ip-address))$/;

/** Null: a reason that the table does not know. */
export function guidanceFor(reason: string): Guidance | null {
  if (!Object.hasOwn(guide, reason)) return unfitValue.test(reason) ? unfitValueGuidance : null;
  const [validationCode, meaning, whatToDo] = guide[reason as GuidedReason];
  return { validationCode, meaning, whatToDo };
}
