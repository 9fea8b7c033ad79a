/** The OCSP responder and the certificates that sign for it. */
import { answerOcsp, keptAnswers } from '../authority/answer-ocsp.ts';
import { type OcspDirectory, ocspDirectory } from '../authority/ocsp-directory.ts';
import { loadOcspSigners, renewOcspSigners } from '../authority/ocsp-signer.ts';
import { signingRoom } from '../authority/signing-room.ts';
import { systemCause } from '../events/event.ts';
import type { OcspUseCases } from '../http/pki/ocsp-routes.ts';
import { second } from '../lib/clock.ts';
import type { Lease } from '../lib/lease.ts';
import type { AuthorityFeature } from './authority.ts';
import type { Foundation } from './foundation.ts';

export type OcspFeature = {
  readonly useCases: OcspUseCases;
  /** Timed work of one node. */
  renewSigners(lease: Lease): Promise<void>;
};

/** How long another node may go on without a signer that this one made. */
const signersKeptFor = 5 * second;
/** Answers that wait for a signature at a time, beside the enrolments, which go first. */
const maxSigning = 256;

export function composeOcsp(foundation: Foundation, authority: AuthorityFeature): OcspFeature {
  const { store, pool, clock, secret, makeKey } = foundation;
  let loaded: Promise<OcspDirectory> | null = null;
  let until = 0;
  const directory = () => {
    const now = clock.monotonic();
    if (loaded === null || now >= until) {
      until = now + signersKeptFor;
      loaded = loadOcspSigners({ ...store, pool, secret, clock }).then(ocspDirectory);
      loaded.catch(() => {
        loaded = null;
      });
    }
    return loaded;
  };
  const deps = { ...store, directory, kept: keptAnswers(), room: signingRoom(maxSigning), clock };
  const contextOf = authority.issuing.byIssuer;
  return {
    useCases: { answer: (asked) => answerOcsp(deps, asked), now: () => clock.now() },
    async renewSigners(lease) {
      const made = await renewOcspSigners(
        { ...store, clock, secret, contextOf, makeKey },
        { lease, cause: systemCause },
      );
      if (made.length > 0) loaded = null;
    },
  };
}
