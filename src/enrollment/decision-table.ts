/**
 * What is done about a request, by message type, signer and challenge: the whole policy on proofs as one table.
 * The first row that fits decides; the last one refuses, so nothing falls through. Tested row by row.
 */
import type { RefusalReason } from './refusal.ts';
import { type ChallengeStanding, challengeStandings, type SignerStanding, signerStandings } from './standing.ts';

/** PKCSReq, RenewalReq (and UpdateReq of the drafts, treated as RenewalReq), CertPoll, GetCert, GetCRL. */
export const decisionMessages = ['enrol', 'renew', 'poll', 'get-certificate', 'get-crl'] as const;
export type DecisionMessage = (typeof decisionMessages)[number];

export type Action =
  | { readonly kind: 'issue-by-challenge' }
  /** The same proof with the same key again: what was issued, if it may still be had. */
  | { readonly kind: 'repeat-by-challenge' }
  | { readonly kind: 'renew' }
  /** Renewed before: only the same key again gets an answer. */
  | { readonly kind: 'repeat-renewal' }
  | { readonly kind: 'poll' }
  | { readonly kind: 'get-certificate' }
  | { readonly kind: 'get-crl' }
  | { readonly kind: 'refuse'; readonly reason: RefusalReason };

export type Row = {
  readonly message: DecisionMessage | '*';
  readonly signer: SignerStanding | '*';
  readonly challenge: ChallengeStanding | '*';
  readonly action: Action;
};

function row(
  message: Row['message'],
  signer: Row['signer'],
  challenge: Row['challenge'],
  action: Exclude<Action['kind'], 'refuse'> | { readonly refuse: RefusalReason },
): Row {
  return {
    message,
    signer,
    challenge,
    action: typeof action === 'string' ? { kind: action } : { kind: 'refuse', reason: action.refuse },
  };
}

export const decisionTable: readonly Row[] = [
  // Revocation lists are public.
  row('get-crl', '*', '*', 'get-crl'),

  // Whoever signed this cannot be helped, whatever else it carries.
  row('*', 'forged', '*', { refuse: 'signer-forged' }),
  row('*', 'foreign', '*', { refuse: 'signer-foreign' }),
  row('*', 'not-a-device', '*', { refuse: 'signer-not-a-device' }),
  row('*', 'device-revoked', '*', { refuse: 'signer-revoked' }),
  row('*', 'other-key', '*', { refuse: 'registered-key-mismatch' }),

  // PKCSReq with a key of its own: the challenge decides.
  row('enrol', 'own-key', 'live', 'issue-by-challenge'),
  row('enrol', 'own-key', 'spent-by-this-key', 'repeat-by-challenge'),
  row('enrol', 'own-key', 'spent-by-another-key', { refuse: 'challenge-spent' }),
  row('enrol', 'own-key', 'bound-to-another-key', { refuse: 'challenge-bound-to-another-key' }),
  row('enrol', 'own-key', 'cancelled', { refuse: 'challenge-cancelled' }),
  row('enrol', 'own-key', 'expired', { refuse: 'challenge-expired' }),
  row('enrol', 'own-key', 'unwanted', { refuse: 'scep-profile-no-longer-targeted-to-the-client' }),
  row('enrol', 'own-key', 'outdated', { refuse: 'expectation-changed' }),
  row('enrol', 'own-key', 'of-another-profile', { refuse: 'challenge-of-another-profile' }),
  row('enrol', 'own-key', 'of-another-delivery', { refuse: 'challenge-of-another-delivery' }),
  row('enrol', 'own-key', 'unknown', { refuse: 'challenge-unknown' }),
  row('enrol', 'own-key', 'absent', { refuse: 'challenge-password-missing' }),

  // RenewalReq needs a certificate of ours.
  row('renew', 'own-key', '*', { refuse: 'signer-self-signed' }),

  // Signed by a device certificate of ours, 17 and 19 alike (macOS and jscep renew by 19). A challenge carried along is ignored.
  row('enrol', 'device-live', '*', 'renew'),
  row('renew', 'device-live', '*', 'renew'),
  row('enrol', 'device-superseded', '*', 'repeat-renewal'),
  row('renew', 'device-superseded', '*', 'repeat-renewal'),

  // CertPoll: whoever asked; which request that was is looked up by transactionID and key.
  row('poll', 'own-key', '*', 'poll'),
  row('poll', 'device-live', '*', 'poll'),
  row('poll', 'device-superseded', '*', 'poll'),

  // Holders of a live certificate of ours, of whatever profile.
  row('get-certificate', 'device-live', '*', 'get-certificate'),
  row('get-certificate', 'device-superseded', '*', 'get-certificate'),
  row('get-certificate', 'device-of-another-profile', '*', 'get-certificate'),
  row('get-certificate', 'device-of-another-delivery', '*', 'get-certificate'),
  row('get-certificate', 'own-key', '*', { refuse: 'signer-self-signed' }),

  // A device certificate of ours that does not do here.
  row('*', 'device-expired', '*', { refuse: 'signer-expired' }),
  row('*', 'device-not-yet-valid', '*', { refuse: 'signer-not-yet-valid' }),
  row('*', 'device-unwanted', '*', { refuse: 'scep-profile-no-longer-targeted-to-the-client' }),
  row('*', 'device-of-another-profile', '*', { refuse: 'signer-of-another-profile' }),
  row('*', 'device-of-another-delivery', '*', { refuse: 'signer-of-another-delivery' }),

  row('*', '*', '*', { refuse: 'message-type-unsupported' }),
];

const decisions = new Map<string, Action>();
for (const message of decisionMessages)
  for (const signer of signerStandings)
    for (const challenge of challengeStandings) {
      const fits = decisionTable.find((each) => fitsRow(each, message, signer, challenge));
      if (fits !== undefined) decisions.set(`${message} ${signer} ${challenge}`, fits.action);
    }

function fitsRow(each: Row, message: DecisionMessage, signer: SignerStanding, challenge: ChallengeStanding): boolean {
  return (
    (each.message === '*' || each.message === message) &&
    (each.signer === '*' || each.signer === signer) &&
    (each.challenge === '*' || each.challenge === challenge)
  );
}

export function decide(message: DecisionMessage, signer: SignerStanding, challenge: ChallengeStanding): Action {
  return decisions.get(`${message} ${signer} ${challenge}`) ?? { kind: 'refuse', reason: 'message-type-unsupported' };
}
