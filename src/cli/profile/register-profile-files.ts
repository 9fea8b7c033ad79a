import type { Command } from 'commander';

import { systemClock } from '../../lib/clock.ts';
import { Failure, isFailure } from '../../lib/failure.ts';
import { hasErrors } from '../../profiles/finding.ts';
import { profileSchema, profileSchemaText } from '../../profiles/schema/profile-schema.ts';
import { openApi } from '../api.ts';
import type { ApiClient } from '../api-client.ts';
import type { RunCommand } from '../command.ts';
import type { ExitCode } from '../exit-code.ts';
import { type ProfileFile, placed } from '../profile-files.ts';
import type { Terminal } from '../terminal.ts';
import { writeTextFile } from '../write-text-file.ts';
import { checkFiles } from './check-files.ts';
import { findingsText } from './findings-text.ts';
import { openDocuments, openGoodDocuments, readGraphAt, readGraphOffline } from './open-documents.ts';
import { type ApplyRequest, applyRequest, asPlanned, type PlanAnswer, withSources } from './plan-files.ts';
import { planRecordText, readPlanRecord } from './plan-record.ts';
import { planText } from './plan-text.ts';
import { standInRoot } from './stand-in-root.ts';

const paths = 'YAML, JSON or Graph JSON, folders of such, or - ; `certificate: ownRoot` is the root of the server';
const pruning = 'also delete every profile that the files do not have';

/** `profile validate`, `schema`, `plan` and `apply`. */
export function registerProfileFiles(profile: Command, run: RunCommand): void {
  profile
    .command('validate')
    .argument('<file...>', paths)
    .description('judge profiles by every rule that needs no server')
    .action(
      run(async (terminal, names) => {
        const { files, findings: faults } = await openDocuments(terminal, names, readGraphOffline);
        const checked = checkFiles(files, { now: systemClock.now(), root: await standInRoot(systemClock) });
        const findings = [...faults, ...checked.flatMap((file) => placed(file, file.findings))];
        terminal.result(
          { findings },
          () => findingsText(findings) || `${checked.length} profile${checked.length === 1 ? '' : 's'}, no findings.`,
        );
        return hasErrors(findings) ? 2 : 0;
      }),
    );
  profile
    .command('schema')
    .option('--out <file>', 'into a file, for `# yaml-language-server: $schema=<file>`')
    .description('the JSON Schema of profile documents, for editors; needs no server')
    .action(
      run(async (terminal, _names, { out }) => {
        if (typeof out === 'string') {
          writeTextFile(out, profileSchemaText());
          terminal.result({ file: out }, ({ file }) => `Written to ${file}.`);
        } else terminal.result(profileSchema(), () => profileSchemaText().trimEnd());
        return 0;
      }),
    );
  profile
    .command('plan')
    .argument('<file...>', paths)
    .option('--prune', pruning)
    .option('--out <file>', 'keep the plan, for `apply --plan`')
    .description('what apply would do, setting by setting, without doing it')
    .action(
      run(async (terminal, names, { prune, out }) => {
        const api = openApi();
        const files = await openGoodDocuments(terminal, names, readGraphAt(api));
        const request = await applyRequest(api, files, prune === true);
        const body = { ...request, impact: true };
        const plan = await api.call<PlanAnswer>('/profiles/plan', { method: 'POST', body });
        const code = print(terminal, plan, files);
        if (typeof out !== 'string' || code !== 0) return code;
        const sources = files.map(({ source }) => source);
        writeTextFile(out, planRecordText({ sources, request: asPlanned(request, plan) }));
        terminal.say(`Apply exactly this with: profile apply --plan ${out}`);
        return code;
      }),
    );
  profile
    .command('apply')
    .argument('[file...]', paths)
    .option('--plan <file>', 'do what `plan --out` wrote, if it still holds')
    .option('--prune', pruning)
    .option('--yes', 'delete without asking')
    .description('make the server’s profiles and assignments those of the files: all of them or none')
    .action(
      run(async (terminal, names, { plan, prune, yes }) => {
        const api = openApi();
        const wanted = await requestOf(api, terminal, { names, plan, prune: prune === true });
        if (wanted.request.prune !== undefined && yes !== true) await refuseToDelete(api, wanted.request);
        try {
          const body = wanted.request;
          return print(terminal, await api.call('/profiles/apply', { method: 'POST', body }), wanted.files);
        } catch (error) {
          if (!isFailure(error, 'profiles-invalid')) throw error;
          const { items, removals } = error.params as Pick<PlanAnswer, 'items' | 'removals'>;
          const code = print(terminal, { outcome: 'refused', items, removals }, wanted.files);
          terminal.say('Refused; nothing was changed.');
          return code;
        }
      }),
    );
}

type Sources = readonly Pick<ProfileFile, 'source' | 'file' | 'placeOf' | 'inSource'>[];

async function requestOf(
  api: ApiClient,
  terminal: Terminal,
  { names, plan, prune }: { readonly names: readonly string[]; readonly plan: unknown; readonly prune: boolean },
): Promise<{ readonly request: ApplyRequest; readonly files: Sources }> {
  if (typeof plan === 'string') {
    if (names.length > 0 || prune)
      throw new Failure('invalid', 'bad-arguments', 'A plan holds its documents already: give --plan or files.');
    const { request, sources } = readPlanRecord(plan);
    const placeOf = () => ({ line: 1, column: 1 });
    return { request, files: sources.map((source) => ({ source, file: source, placeOf })) };
  }
  if (names.length === 0) throw new Failure('invalid', 'bad-arguments', 'Name files to apply, or a plan with --plan.');
  const files = await openGoodDocuments(terminal, names, readGraphAt(api));
  return { request: await applyRequest(api, files, prune), files };
}

/** Failure `prune-unconfirmed`, which names what would be deleted, if anything would. */
async function refuseToDelete(api: ApiClient, body: ApplyRequest): Promise<void> {
  const { removals } = await api.call<PlanAnswer>('/profiles/plan', { method: 'POST', body });
  if (removals.length === 0) return;
  const slugs = removals.map(({ slug }) => slug);
  const message = `This would delete ${slugs.join(', ')}, and devices would lose what they brought. If that is meant, add --yes.`;
  throw new Failure('invalid', 'prune-unconfirmed', message, { profiles: slugs });
}

function print(terminal: Terminal, result: PlanAnswer, files: Sources): ExitCode {
  terminal.result(withSources(result, files), planText);
  return result.outcome === 'refused' ? 2 : 0;
}
