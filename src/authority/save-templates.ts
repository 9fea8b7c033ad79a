import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { AuthorityStore } from './authority-store.ts';
import { parseCertificateTemplate } from './certificate-template.ts';
import type { Authority, AuthorityId } from './issuer.ts';

/**
 * The given certificate templates become the authority's only ones. Certificates that exist stay; profiles are held
 * against them when they are next saved, and every issuance is. `templates` is JSON. Failures: `authority-unknown`,
 * `authority-version` (If-Match), `template-invalid`.
 */
export async function saveTemplates(
  deps: {
    readonly transact: Transact;
    readonly authorities: Pick<AuthorityStore, 'get' | 'save'>;
    readonly events: Pick<EventLog, 'append'>;
  },
  input: {
    readonly authorityId: AuthorityId;
    readonly version: number;
    readonly templates: readonly unknown[];
    readonly cause: Cause;
  },
): Promise<Authority> {
  const templates = input.templates.map(parseCertificateTemplate);
  const names = new Set(templates.map(({ name }) => name));
  if (names.size === 0 || names.size < templates.length)
    throw new Failure(
      'invalid',
      'template-invalid',
      'An authority needs a certificate template, each with its own name.',
    );
  return deps.transact(async () => {
    const stored = await deps.authorities.get(input.authorityId);
    if (stored === null) throw new Failure('not-found', 'authority-unknown', 'There is no such authority.');
    if (stored.version !== input.version) throw outdated(input.version, stored.version);
    if (JSON.stringify(stored.templates) === JSON.stringify(templates)) return stored;
    const authority: Authority = { ...stored, templates, version: stored.version + 1 };
    if (!(await deps.authorities.save(authority))) throw outdated(input.version, null);
    await deps.events.append([
      {
        type: 'authority.changed',
        cause: input.cause,
        subjects: [{ kind: 'issuer', id: stored.activeIssuerId }],
        data: { authority: stored.slug, before: stored.templates, after: templates, version: authority.version },
      },
    ]);
    return authority;
  });
}

function outdated(expected: number, found: number | null): Failure {
  const message = 'Somebody else has changed the authority meanwhile: read it again and repeat the change.';
  return new Failure('precondition', 'authority-version', message, { expected, found });
}
