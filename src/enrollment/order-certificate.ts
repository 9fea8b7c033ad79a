/** From an expectation to what the authority signs: the one place where they meet. */
import { generalName } from '../authority/general-name.ts';
import type { Issuer } from '../authority/issuer.ts';
import type { IssuingContext } from '../authority/issuing-context.ts';
import { type Preparation, prepare, prepareWithAnswer } from '../authority/prepare.ts';
import { certificateValidity } from '../authority/validity.ts';
import { fromBase64 } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import type { CertificateOrder, PrepareCertificate, PreparedCertificate } from './issue.ts';

/** `contextOf` gives the issuer with its signer, made once and kept. */
export function orderCertificate(
  clock: Clock,
  contextOf: (issuer: Issuer) => Promise<IssuingContext>,
): PrepareCertificate {
  return async (order) => {
    try {
      return await prepareOrder(clock, await contextOf(order.issuer), order);
    } catch (error) {
      // What the linter, the template or the issuer's own end forbids. Anything "unavailable" is not about this request.
      if (isFailure(error) && error.kind !== 'unavailable')
        return { kind: 'refused', code: error.code, detail: error.message };
      throw error;
    }
  };
}

async function prepareOrder(
  clock: Clock,
  context: IssuingContext,
  order: CertificateOrder,
): Promise<PreparedCertificate> {
  const { expectation, profile } = order;
  const name = profile.settings.server.certificateTemplate;
  const template = context.authority.templates.find((each) => each.name === name);
  if (template === undefined)
    return {
      kind: 'refused',
      code: 'template-unknown',
      detail: `The authority "${context.authority.name}" has no certificate template "${name}".`,
    };
  const { notBefore, notAfter, shortened } = certificateValidity({
    period: expectation.validityPeriod,
    template,
    issuer: context.certificate,
    now: order.now,
  });
  const preparation: Preparation = {
    fields: {
      subject: fromBase64(expectation.subject) ?? new Uint8Array(),
      subjectAlternativeNames: expectation.subjectAlternativeNames.map(generalName),
      spki: order.publicKey,
      keyUsage: expectation.keyUsage,
      extendedKeyUsages: expectation.extendedKeyUsages.map(({ oid }) => oid),
      securityIdentifier: expectation.securityIdentifier,
      notBefore,
      notAfter,
    },
    subjectText: expectation.subjectText,
    purpose: 'device',
    template,
    deploymentId: order.deploymentId,
    generation: order.generation,
    renewsId: order.renewsId,
  };
  const prepared =
    order.reply === null
      ? { certificate: await prepare({ context, clock }, preparation), message: null }
      : await prepareWithAnswer({ context, clock }, preparation, order.reply);
  const issuerNotAfter = context.certificate.notAfter;
  return {
    kind: 'prepared',
    ...prepared,
    notes: shortened ? [{ type: 'authority.certificate-shortened', data: { notAfter, issuerNotAfter } }] : [],
  };
}
