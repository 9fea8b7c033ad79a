import type { FastifyReply } from 'fastify';
import { Failure } from '../../lib/failure.ts';
import type { Finding } from '../../profiles/finding.ts';
import type { SaveProfileResult } from '../../profiles/save-profile.ts';
import { sendVersion } from './if-match.ts';
import { profileView } from './profile-schemas.ts';

/** What saving answers, with the new ETag. Failure `profile-invalid` where the rules refused it. */
export function savedProfile(result: SaveProfileResult, reply: FastifyReply) {
  if (result.kind === 'refused') throw profileInvalid(result.findings);
  sendVersion(reply, result.profile.version);
  return { profile: profileView(result.profile), outcome: result.outcome, findings: result.findings };
}

export function profileInvalid(findings: readonly Finding[]): Failure {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const first = errors[0] ?? findings[0];
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `;
  const message = `The profile has ${errors.length} error${errors.length === 1 ? '' : 's'}. ${where}${first?.detail ?? ''}`;
  return new Failure('invalid', 'profile-invalid', message, { findings });
}
