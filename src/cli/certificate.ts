import { Option } from 'commander';
import { revocationReasons } from '../authority/certificate.ts';
import { openApi, segment } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { printList, readList, withPaging } from './list.ts';
import { facts, when } from './show.ts';
import { writeOutput } from './write-output.ts';

type CertificateView = {
  readonly id: string;
  readonly serial: string;
  readonly status: string;
  readonly purpose: string;
  readonly subjectText: string;
  readonly notAfter: number;
};

export const registerCertificate: RegisterCommand = (program, run) => {
  const certificate = program.command('certificate').description('every certificate that was issued');
  const which = 'id, serial number or thumbprint';
  withPaging(certificate.command('list'))
    .description('certificates, newest first')
    .option('--device <device>', 'of this device: exact name or id')
    .option('--profile <profile>', 'of this profile: slug, exact name or id')
    .addOption(new Option('--status <status>', 'in this state').choices(['valid', 'expired', 'revoked']))
    .option('--search <text>', 'serial number, thumbprint, or part of a name')
    .action(
      run(async (terminal, _args, options) => {
        const { device, profile, status, search } = options as Record<string, string>;
        const query = { device, profile, status, search };
        printList(terminal, await readList<CertificateView>(openApi(), '/certificates', options, query), {
          serial: ({ serial }) => serial,
          status: (each) => each.status,
          for: ({ purpose }) => purpose,
          ends: ({ notAfter }) => when(notAfter),
          subject: ({ subjectText }) => subjectText,
        });
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
