import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseConfig } from '../config/config.ts';
import { readEnvironment } from '../config/env.ts';
import { subjectKinds } from '../events/event.ts';
import { parseHead } from '../events/seal/seal-block.ts';
import type { SealReport, VerifyProgress } from '../events/seal/verify-seals.ts';
import { Failure, isFailure } from '../lib/failure.ts';
import type { AuditEntry } from '../reporting/audit-entry.ts';
import { openApi, segment } from './api.ts';
import { sealText } from './audit/seal-text.ts';
import { verifyInDatabase } from './audit/verify-stored.ts';
import type { RegisterCommand } from './command.ts';
import { printList, readList, withPaging } from './list.ts';
import { printStream } from './print-stream.ts';
import { startProgress, whileAsking } from './progress.ts';
import { facts, when } from './show.ts';
import { printable } from './table.ts';
import type { Terminal } from './terminal.ts';

export const registerAudit: RegisterCommand = (program, run) => {
  const audit = program
    .command('audit')
    .description('who did what, before and after; and whether that record is whole');
  withFilters(withPaging(audit.command('list')))
    .description('the audit log, newest first')
    .action(
      run(async (terminal, _args, options) => {
        printList(terminal, await readList<AuditEntry>(openApi(), '/audit', options, filtersOf(options)), {
          when: ({ at }) => when(at),
          who: ({ actor }) => actor.name,
          from: ({ clientAddress }) => clientAddress,
          what: ({ type }) => type,
          object: ({ objects: [first, ...others] }) =>
            first === undefined
              ? null
              : `${first.kind} ${first.name ?? first.id}${others.length === 0 ? '' : ` (+${others.length})`}`,
          changes: ({ changes }) => changes.map(({ field }) => field).join(', '),
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  audit
    .command('show')
    .argument('<entry>', 'id')
    .description('one entry, field by field before and after')
    .action(
      run(async (terminal, [id]) => {
        terminal.result(await openApi().call<AuditEntry>(`/audit/entries/${segment(id)}`), entryText);
        return 0;
      }),
    );
  withFilters(audit.command('export'))
    .description('the audit log as JSON lines or CSV, newest first, as a stream')
    .addOption(new Option('--format <format>', 'of the file').choices(['jsonl', 'csv']).default('jsonl'))
    .option('--output <file>', 'write it to this file; default: standard output')
    .action(
      run(async (terminal, _args, options) => {
        const { format, output } = options as { format: string; output?: string };
        if (terminal.json && output === undefined)
          throw new Failure('invalid', 'output-needed', 'Under --json name a file with --output.');
        const body = await openApi().stream('/audit/export', { query: { ...filtersOf(options), format } });
        if (output === undefined) {
          await printStream(body);
          return 0;
        }
        await pipeline(Readable.from(body), createWriteStream(output, { mode: 0o600 }));
        terminal.result({ format, output }, () => `Written to ${output}.`);
        return 0;
      }),
    );
  audit
    .command('verify')
    .description('find events that were altered, removed or inserted past the server, and seals that were touched')
    .option(
      '--head <number:mac>',
      'also hold it against a head that was kept: of the log, a webhook, an earlier verify',
    )
    .action(
      run(async (terminal, _args, { head }) => {
        if (typeof head === 'string' && parseHead(head) === undefined)
          throw new Failure(
            'invalid',
            'bad-arguments',
            `“${head}” is no head: it is a number, a colon and 64 hex digits.`,
          );
        const report = await verify(terminal, typeof head === 'string' ? head : null);
        terminal.result({ whole: report.found === 0, ...report }, sealText);
        return report.found === 0 ? 0 : 1;
      }),
    );
  audit
    .command('head')
    .description('the last seal, to be kept elsewhere for a later verify --head')
    .action(
      run(async (terminal) => {
        const answer = await openApi().call<{ head: SealReport['head'] }>('/audit/head');
        terminal.result(answer, ({ head }) => (head === null ? '(none yet)' : `${head.number}:${head.mac}`));
        return 0;
      }),
    );
};

/** By the running server, else in the database itself. */
async function verify(terminal: Terminal, head: string | null): Promise<SealReport> {
  const progress = startProgress(terminal, 'Verifying');
  const show = ({ done, total }: VerifyProgress) => progress.update(done, total, `${done} of ${total} seals`);
  try {
    const report = await verifyByServer(head, show);
    progress.end(`Verifying: ${report.events} events in ${report.blocks} seals.`);
    return report;
  } catch (error) {
    progress.end('Verifying: not done.');
    throw error;
  }
}

async function verifyByServer(head: string | null, show: (progress: VerifyProgress) => void): Promise<SealReport> {
  try {
    const api = openApi();
    return await whileAsking(api.call<SealReport>('/audit/verification', { query: { head } }), async () => {
      const { verification } = await api.call<{ verification: VerifyProgress | null }>('/audit/verification/progress');
      if (verification !== null) show(verification);
    });
  } catch (error) {
    const environment = readEnvironment();
    if (!isFailure(error, 'server-unreachable') || environment.SCEPWARD_URL !== undefined) throw error;
    const config = parseConfig(environment, { tlsListen: null });
    const kept = head === null ? null : (parseHead(head) ?? null);
    const report = await verifyInDatabase(config, { head: kept, onProgress: show });
    if (report !== null) return report;
    throw new Failure(
      'conflict',
      'audit-not-begun',
      'No server has sealed an event here yet. Start one: bin/scepward serve',
    );
  }
}

function withFilters(command: Command): Command {
  return command
    .option('--all', 'also what devices, strangers and the server itself did')
    .option('--actor <text>', 'part of who did it, by name, or the id')
    .addOption(new Option('--object-kind <kind>', 'with --object').choices([...subjectKinds]))
    .option('--object <object>', 'what it was about: id, or exact name of what is there still')
    .option('--type <types>', 'event types, separated by commas')
    .option('--from <time>', 'not before: 2026-11-30 or 2026-11-30T12:00Z', moment)
    .option('--to <time>', 'before', moment);
}

function filtersOf(options: Readonly<Record<string, unknown>>) {
  const { all, actor, objectKind, object, type, from, to } = options as Record<string, string | number | undefined>;
  const by = all === undefined ? undefined : 'all';
  return { by, actor, objectKind, object, types: type, from, to };
}

function moment(text: string): number {
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isFinite(time)) return time;
  throw new InvalidArgumentError('Give a day (2026-11-30) or a time with its zone (2026-11-30T12:00Z).');
}

function entryText(entry: AuditEntry): string {
  const { at, actor, clientAddress, requestId, node, type, objects, changes, detail } = entry;
  const head = facts({
    when: when(at),
    who: `${actor.name} (${actor.kind})`,
    from: clientAddress,
    request: requestId,
    node,
    what: type,
    objects: objects
      .map(({ kind, id, name }) => (name === null ? `${kind} ${id}` : `${kind} ${name} (${id})`))
      .join(', '),
    detail: Object.keys(detail).length === 0 ? null : JSON.stringify(detail),
  });
  const text = (value: unknown) => printable(typeof value === 'string' ? value : JSON.stringify(value ?? null));
  const lines = changes.map(({ field, before, after }) => `  ${printable(field)}: ${text(before)} → ${text(after)}`);
  return lines.length === 0 ? head : `${head}\nchanges\n${lines.join('\n')}`;
}
