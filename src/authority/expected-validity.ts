import { parseCertificate } from '../formats/x509/certificate.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { AuthorityStore } from './authority-store.ts';
import { findAuthority } from './issuer-description.ts';
import { certificateValidity, type Validity, type ValidityPeriod } from './validity.ts';

/**
 * When a certificate would begin and end if this authority issued it now. Failures: `template-unknown`, and those of
 * `certificateValidity`.
 */
export async function expectedValidity(
  deps: { readonly authorities: AuthorityStore; readonly clock: Pick<Clock, 'now'> },
  input: { readonly authority: string | null; readonly template: string },
): Promise<(period: ValidityPeriod | null) => Validity> {
  const authority = await findAuthority(deps.authorities, input.authority);
  const template = authority?.templates.find(({ name }) => name === input.template);
  const issuer = authority === null ? null : await deps.authorities.getIssuer(authority.activeIssuerId);
  if (template === undefined || issuer === null)
    throw new Failure(
      'conflict',
      'template-unknown',
      'The profile names an authority or template that does not exist.',
      {
        authority: input.authority,
        template: input.template,
      },
    );
  const { notBefore, notAfter } = parseCertificate(issuer.certificate);
  return (period) => certificateValidity({ period, template, issuer: { notBefore, notAfter }, now: deps.clock.now() });
}
