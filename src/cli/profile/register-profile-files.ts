import type { Command } from 'commander';
import { systemClock } from '../../lib/clock.ts';
import { hasErrors } from '../../profiles/finding.ts';
import { openApi } from '../api.ts';
import type { RunCommand } from '../command.ts';
import type { ExitCode } from '../exit-code.ts';
import { type OpenedFiles, openProfileFiles, placed, readProfileFiles } from '../profile-files.ts';
import { startProgress } from '../progress.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { applyFiles } from './apply-files.ts';
import { checkFiles } from './check-files.ts';
import { findingsText } from './findings-text.ts';
import { type PlannedFile, planFiles } from './plan-files.ts';
import { standInRoot } from './stand-in-root.ts';

const paths = 'YAML or JSON, folders of such, or - ; `certificate: ownRoot` is the root of the server';

/** `profile validate`, `plan` and `apply`. */
export function registerProfileFiles(profile: Command, run: RunCommand): void {
  profile
    .command('validate')
    .argument('<file...>', paths)
    .description('judge profiles by every rule that needs no server')
    .action(
      run(async (terminal, files) => {
        const opened = await open(terminal, files);
        const root = await standInRoot(systemClock);
        const checked = checkFiles(opened.files, { now: systemClock.now(), root, known: null });
        const findings = [...opened.findings, ...checked.flatMap((file) => placed(file, file.findings))];
        terminal.result(
          { findings },
          () => findingsText(findings) || `${checked.length} profile${checked.length === 1 ? '' : 's'}, no findings.`,
        );
        return hasErrors(findings) ? 2 : 0;
      }),
    );
  profile
    .command('plan')
    .argument('<file...>', paths)
    .description('what apply would do, without doing it')
    .action(
      run(async (terminal, files) => {
        const planned = await planFiles(openApi(), readProfileFiles(files));
        return printPlan(terminal, planned);
      }),
    );
  profile
    .command('apply')
    .argument('<file...>', paths)
    .description('make the server’s profiles and assignments those of the files: all of them or none')
    .action(
      run(async (terminal, files) => {
        const api = openApi();
        const planned = await planFiles(api, readProfileFiles(files));
        if (planned.some(({ action }) => action === 'refused')) {
          const code = printPlan(terminal, planned);
          terminal.say('Refused; nothing was changed.');
          return code;
        }
        const progress = startProgress(terminal, 'Profiles');
        const applied = await applyFiles(api, planned, (done, { source }) =>
          progress.update(done, planned.length, source),
        );
        progress.end(`Profiles: ${applied.length} applied.`);
        terminal.result({ items: applied, next: null }, ({ items }) =>
          table(items, {
            profile: ({ slug }) => slug,
            outcome: ({ outcome }) => outcome,
            file: ({ source }) => source,
          }),
        );
        return 0;
      }),
    );
}

async function open(terminal: Terminal, paths: readonly string[]): Promise<OpenedFiles> {
  return openProfileFiles(paths, paths.includes('-') ? await terminal.readInput() : null);
}

function printPlan(terminal: Terminal, planned: readonly PlannedFile[]): ExitCode {
  const items = planned.map(({ source, document, draft, stored, action, changes, findings }) => ({
    source,
    slug: stored?.slug ?? draft?.slug ?? textAt(document, 'slug'),
    name: draft?.name ?? textAt(document, 'name'),
    action,
    changes,
    findings,
  }));
  const errors = planned.flatMap((file) =>
    placed(
      file,
      file.findings.filter(({ severity }) => severity === 'error'),
    ),
  );
  terminal.result({ items, next: null }, () => {
    const rows = table(items, {
      profile: ({ slug, name }) => slug ?? name,
      action: ({ action }) => action,
      changes: ({ changes }) => changes.join(', '),
      file: ({ source }) => source,
    });
    return errors.length === 0 ? rows : `${rows}\n\n${findingsText(errors)}`;
  });
  return errors.length > 0 ? 2 : 0;
}

/** Of a document that is no profile: what its author calls it. */
function textAt(document: unknown, field: 'slug' | 'name'): string | null {
  const value = (document as Readonly<Record<string, unknown>> | null)?.[field];
  return typeof value === 'string' && value !== '' ? value : null;
}
