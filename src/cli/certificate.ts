import { Option } from 'commander';
import { revocationReasons } from '../authority/certificate.ts';
import { Failure } from '../lib/failure.ts';
import { inventorySorts } from '../reporting/certificate-inventory.ts';
import { openApi, segment } from './api.ts';
import { type CertificateView, filtersOf, printCertificates, withFilters } from './certificate-list.ts';
import type { RegisterCommand } from './command.ts';
import { exportFormat, readList, wholeNumber, withExport, withPaging } from './list.ts';
import { printStream } from './print-stream.ts';
import { idsOf, inBody, revokeMany } from './revoke-many.ts';
import { facts } from './show.ts';
import { writeOutput } from './write-output.ts';

export const registerCertificate: RegisterCommand = (program, run) => {
  const certificate = program.command('certificate').description('every certificate that was issued');
  const which = 'id, serial number or thumbprint';
  withExport(withPaging(withFilters(certificate.command('list'))))
    .description('certificates, newest first')
    .addOption(new Option('--sort <sort>', 'by what').choices([...inventorySorts]))
    .addOption(new Option('--order <order>', 'of the sort').choices(['asc', 'desc']))
    .action(
      run(async (terminal, _args, options) => {
        const query = filtersOf(options);
        const format = exportFormat(options);
        if (format !== null) {
          await printStream(await openApi().stream('/certificates/export', { query: { ...query, format } }));
          return 0;
        }
        printCertificates(terminal, await readList<CertificateView>(openApi(), '/certificates', options, query));
        return 0;
      }),
    );
  withFilters(certificate.command('count'))
    .description('how many certificates there are')
    .action(
      run(async (terminal, _args, options) => {
        const counted = await openApi().call<{ count: number; capped: boolean }>('/certificates/count', {
          query: filtersOf(options),
        });
        terminal.result(counted, ({ count, capped }) => (capped ? `more than ${count}` : String(count)));
        return 0;
      }),
    );
  certificate
    .command('show')
    .argument('<certificate>', which)
    .description('what is known of a certificate')
    .action(
      run(async (terminal, [id]) => {
        terminal.result(await openApi().call<Record<string, unknown>>(`/certificates/${segment(id)}`), facts);
        return 0;
      }),
    );
  withFilters(certificate.command('revoke'))
    .argument('[certificate...]', `${which}; absent: all valid ones that the options find, as a job`)
    .description('revoke devices’ certificates, for good; a new CRL says so at once')
    .addOption(new Option('--reason <reason>', 'RFC 5280').choices([...revocationReasons]).default('unspecified'))
    .option('--all', 'every valid certificate of a device')
    .option('--rate <number>', 'of many: at most so many a minute', wholeNumber)
    .option('--dry-run', 'of many: only say whom it would hit')
    .option('--yes', 'of many: do not ask first')
    .option('--no-wait', 'of many: do not wait for the job to end')
    .action(
      run(async (terminal, ids, options) => {
        const { reason, all, rate, dryRun, wait } = options;
        const { sort: _, order: __, ...found } = filtersOf(options);
        const filter = Object.fromEntries(
          Object.entries(found).flatMap(([name, value]) => (value === undefined ? [] : [[name, inBody(value)]])),
        );
        const narrows = Object.keys(filter).length > 0;
        if ([ids.length > 0, narrows, all === true].filter(Boolean).length !== 1)
          throw new Failure(
            'invalid',
            'wrong-use',
            'Name certificates, or select many with options such as --profile, or give --all: one of these.',
          );
        const api = openApi();
        const [only] = ids;
        if (ids.length === 1 && dryRun !== true) {
          const path = `/certificates/${segment(only)}/revoke`;
          const done = await api.call<{ kind: string }>(path, { method: 'POST', body: { reason } });
          terminal.result(done, ({ kind }) =>
            kind === 'already' ? 'It was revoked before; the first reason stands.' : 'Revoked.',
          );
          return 0;
        }
        return revokeMany(terminal, api, {
          selection: narrows ? { filter } : all === true ? { all } : { certificates: await idsOf(api, ids) },
          reason,
          rate,
          dryRun: dryRun === true,
          asks: options.yes !== true,
          waits: wait !== false,
        });
      }),
    );
  certificate
    .command('export')
    .argument('<certificate>', which)
    .description('the certificate itself, PEM unless told otherwise')
    .addOption(new Option('--format <format>', 'encoding').choices(['pem', 'der']).default('pem'))
    .option('--output <file>', 'write it to this file')
    .action(
      run(async (terminal, [id], options) => {
        const format = String(options.format);
        const content = await openApi().file(`/certificates/${segment(id)}/file`, { query: { format } });
        writeOutput(terminal, content, { format, output: options.output });
        return 0;
      }),
    );
};
