import { existsSync } from 'node:fs';
import { stringify } from 'yaml';
import { Failure } from '../lib/failure.ts';
import { openApi, segment } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { printList, readList, wholeNumber, withPaging } from './list.ts';
import { type PreviewView, previewText } from './profile/preview-text.ts';
import { hasProbeErrors, type ProbeView, probeText } from './profile/probe-text.ts';
import { registerNewRoot } from './profile/register-new-root.ts';
import { registerProfileDelete } from './profile/register-profile-delete.ts';
import { registerProfileExport } from './profile/register-profile-export.ts';
import { registerProfileFiles } from './profile/register-profile-files.ts';
import { registerProfileHistory, type VersionView } from './profile/register-profile-history.ts';
import { registerProfileImpact } from './profile/register-profile-impact.ts';
import { registerProfileImport } from './profile/register-profile-import.ts';
import { registerProfileMend } from './profile/register-profile-mend.ts';
import { registerProfileStatus } from './profile/register-profile-status.ts';
import { readProfileFiles } from './profile-files.ts';
import { facts } from './show.ts';

type ProfileView = {
  readonly id: string;
  readonly slug: string;
  readonly kind: string;
  readonly name: string;
  readonly platform: string;
  readonly version: number;
};

type WithDocument = ProfileView & { readonly document: Readonly<Record<string, unknown>> };
const which = 'slug, exact name or id';

export const registerProfile: RegisterCommand = (program, run) => {
  const profile = program.command('profile').description('what administrators define: files in, files out');
  withPaging(profile.command('list'))
    .description('all profiles')
    .option('--platform <platform>', 'of this platform')
    .option('--search <text>', 'part of the name')
    .action(
      run(async (terminal, _args, options) => {
        const { platform, search } = options as Record<string, string>;
        printList(terminal, await readList<ProfileView>(openApi(), '/profiles', options, { platform, search }), {
          slug: ({ slug }) => slug,
          kind: ({ kind }) => kind,
          platform: (each) => each.platform,
          name: ({ name }) => name,
        });
        return 0;
      }),
    );
  profile
    .command('show')
    .argument('<profile>', which)
    .option('--version <number>', 'as it was then, without assignments', wholeNumber)
    .description('a profile with its settings and assignments')
    .action(
      run(async (terminal, [name], { version }) => {
        const path = `/profiles/${segment(name)}`;
        const text = (header: object, document: unknown) =>
          `${facts({ ...header })}\n\n${stringify(document).trimEnd()}`;
        if (typeof version === 'number')
          terminal.result(await openApi().call<VersionView>(`${path}/versions/${version}`), ({ profile, document }) =>
            text(profile, document),
          );
        else
          terminal.result(await openApi().call<WithDocument>(path), ({ document, ...header }) =>
            text(header, document),
          );
        return 0;
      }),
    );
  registerProfileDelete(profile, run);
  profile
    .command('preview')
    .argument('<profile>', `${which}; or a file with one profile`)
    .requiredOption('--device <device>', 'exact name or id')
    .option('--user <upn>', 'instead of the primary user')
    .description('the certificate that a real device would get; nothing is done')
    .action(
      run(async (terminal, [name = ''], options) => {
        const { device, user } = options as Record<string, string>;
        const api = openApi();
        const body = { ...subjectOf(name), device, ...(user !== undefined && { user }) };
        terminal.result(await api.call<PreviewView>('/profiles/preview', { method: 'POST', body }), previewText);
        return 0;
      }),
    );
  profile
    .command('probe')
    .argument('<profile>', which)
    .description('ask the SCEP servers of a profile, where they are not this one, what they can and who they are')
    .action(
      run(async (terminal, [name]) => {
        const probed = await openApi().call<ProbeView>(`/profiles/${segment(name)}/probe`, { method: 'POST' });
        terminal.result(probed, probeText);
        return hasProbeErrors(probed) ? 1 : 0;
      }),
    );
  registerNewRoot(profile, run);
  registerProfileExport(profile, run);
  registerProfileFiles(profile, run);
  registerProfileMend(profile, run);
  registerProfileImport(profile, run);
  registerProfileHistory(profile, run);
  registerProfileImpact(profile, run);
  registerProfileStatus(profile, run);
};

/** A stored profile, or the document in a file of that name. */
function subjectOf(name: string) {
  if (!/\.(ya?ml|json)$/.test(name) || !existsSync(name)) return { profile: name };
  const [file, ...others] = readProfileFiles([name]);
  if (file === undefined || others.length > 0)
    throw new Failure('invalid', 'one-profile', `${name} holds ${others.length + 1} profiles: preview takes one.`);
  return { document: file.document };
}
