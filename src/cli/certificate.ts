import { Option } from 'commander';
import { revocationReasons } from '../authority/certificate.ts';
import { inventorySorts } from '../reporting/certificate-inventory.ts';
import { openApi, segment } from './api.ts';
import { type CertificateView, filtersOf, printCertificates, withFilters } from './certificate-list.ts';
import type { RegisterCommand } from './command.ts';
import { exportFormat, readList, withExport, withPaging } from './list.ts';
import { printStream } from './print-stream.ts';
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
  certificate
    .command('revoke')
    .argument('<certificate>', which)
    .description('revoke a device’s certificate, for good; a new CRL says so at once')
    .addOption(new Option('--reason <reason>', 'RFC 5280').choices([...revocationReasons]).default('unspecified'))
    .action(
      run(async (terminal, [id], { reason }) => {
        const path = `/certificates/${segment(id)}/revoke`;
        const done = await openApi().call<{ kind: string }>(path, { method: 'POST', body: { reason } });
        terminal.result(done, ({ kind }) =>
          kind === 'already' ? 'It was revoked before; the first reason stands.' : 'Revoked.',
        );
        return 0;
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
