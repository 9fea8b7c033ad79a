import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { Failure } from '../../lib/failure.ts';
import type { Finding } from '../../profiles/finding.ts';
import { openApi } from '../api.ts';
import type { ApiClient } from '../api-client.ts';
import type { RunCommand } from '../command.ts';
import { wholeNumber } from '../list.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { findingsText } from './findings-text.ts';
import { type ImpactItemView, type ImpactView, impactText } from './impact-text.ts';
import { openGoodDocuments, readGraphAt } from './open-documents.ts';
import { applyRequest } from './plan-files.ts';

type Answer = {
  readonly profiles: readonly ImpactView[];
  readonly findings: readonly Finding[];
  readonly obstacle: { readonly code: string; readonly detail: string } | null;
};

type Line = ImpactItemView & { readonly profile: string; readonly subject: string | null };

/** `profile impact`. */
export function registerProfileImpact(profile: Command, run: RunCommand): void {
  profile
    .command('impact')
    .argument('<file-or-profile...>', 'files to be applied; or one stored profile: slug, exact name or id')
    .option('--delete', 'if the stored profile were deleted')
    .option('--prune', 'if every profile that the files do not have were deleted too')
    .option('--limit <number>', 'names per profile and effect; default: 20', wholeNumber)
    .option('--all', 'every device, a line each')
    .description(
      'who would gain, keep, replace or lose a certificate, and who could have none and why; nothing is done',
    )
    .action(
      run(async (terminal, names, options) => {
        const api = openApi();
        const body = { ...(await changeOf(api, terminal, names, options)), limit: options.limit };
        if (options.all === true) await printAll(api, terminal, body);
        else terminal.result(await api.call<Answer>('/profiles/impact', { method: 'POST', body }), answerText);
        return 0;
      }),
    );
}

async function changeOf(
  api: ApiClient,
  terminal: Terminal,
  names: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<object> {
  const [only, ...others] = names;
  const prune = options.prune === true ? { prune: true } : {};
  if (only !== undefined && others.length === 0 && only !== '-' && !existsSync(only)) {
    if (options.prune === true)
      throw new Failure('invalid', 'bad-arguments', 'There is nothing to prune without files.');
    return { profile: only, ...(options.delete === true && { delete: true }) };
  }
  if (options.delete === true)
    throw new Failure('invalid', 'bad-arguments', 'A stored profile is deleted, not a file: name it by its slug.');
  const files = await openGoodDocuments(terminal, names, readGraphAt(api));
  const { documents } = await applyRequest(api, files, false);
  return { documents: documents.map(({ document }) => document), ...prune };
}

async function printAll(api: ApiClient, terminal: Terminal, body: object): Promise<void> {
  const bytes = await api.file('/profiles/impact', { method: 'POST', body, accept: 'application/x-ndjson' });
  const items = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  terminal.result({ items, next: null }, () =>
    table(items, {
      profile: (line) => line.profile,
      effect: ({ effect }) => effect,
      device: ({ device }) => device.deviceName,
      user: ({ user }) => user?.userPrincipalName ?? null,
      subject: ({ subject, problem }) => subject ?? problem?.detail ?? null,
    }),
  );
}

function answerText({ profiles, findings, obstacle }: Answer): string {
  const refused = obstacle === null ? '' : `It would be refused: ${obstacle.detail}`;
  return [impactText(profiles), refused, findingsText(findings)].filter((text) => text !== '').join('\n\n');
}
