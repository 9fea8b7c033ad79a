import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Page } from '../lib/page.ts';
import type { ApiRequest } from './api-client.ts';
import { printList } from './list.ts';
import { when } from './show.ts';
import type { Terminal } from './terminal.ts';

export type CertificateView = {
  readonly id: string;
  readonly serial: string;
  readonly status: string;
  readonly purpose: string;
  readonly subjectText: string;
  readonly deviceName: string | null;
  readonly lastDeviceName: string | null;
  readonly profileSlug: string | null;
  readonly notAfter: number;
};

/** What narrows a list of certificates. */
export function withFilters(command: Command): Command {
  return command
    .option('--search <text>', 'part of a name, serial number, device or user; start of a thumbprint')
    .option('--device <device>', 'of this device: exact name or id')
    .option('--user <upn>', 'of this user: user principal name or id')
    .option('--profile <profile>', 'of this profile: slug, exact name or id')
    .option('--platform <platform>', 'of profiles for this platform')
    .addOption(new Option('--state <state>', 'in this state').choices(['valid', 'expired', 'revoked']))
    .addOption(new Option('--status <state>', 'as --state').choices(['valid', 'expired', 'revoked']).hideHelp())
    .option('--current', 'only the latest of each deployment')
    .option('--superseded', 'only those that a later one has taken the place of')
    .option('--expires-from <time>', 'ends then or later: 2027-01-31 or 2027-01-31T08:00Z', moment)
    .option('--expires-before <time>', 'ends before', moment)
    .option('--issued-from <time>', 'issued then or later', moment)
    .option('--issued-before <time>', 'issued before', moment);
}

export function filtersOf(options: Readonly<Record<string, unknown>>): NonNullable<ApiRequest['query']> {
  const { search, device, user, profile, platform, sort, order } = options as Record<string, string | undefined>;
  const { expiresFrom, expiresBefore, issuedFrom, issuedBefore } = options as Record<string, number | undefined>;
  const current = options.current === true ? true : options.superseded === true ? false : undefined;
  const status = (options.state ?? options.status) as string | undefined;
  const times = { expiresFrom, expiresBefore, issuedFrom, issuedBefore };
  return { search, device, user, profile, platform, status, current, ...times, sort, order };
}

export function printCertificates(terminal: Terminal, page: Page<CertificateView>): void {
  printList(terminal, page, {
    serial: ({ serial }) => serial,
    status: ({ status }) => status,
    device: deviceText,
    profile: ({ profileSlug }) => profileSlug,
    ends: ({ notAfter }) => when(notAfter),
    subject: ({ subjectText }) => subjectText,
  });
}

function deviceText({ deviceName, lastDeviceName, purpose }: CertificateView): string | null {
  if (purpose !== 'device') return `(${purpose})`;
  return deviceName ?? (lastDeviceName && `${lastDeviceName} (deleted)`);
}

/** ISO 8601; without a zone it is UTC. */
export function moment(text: string): number {
  const zoned = /^\d{4}-\d\d-\d\d$/.test(text)
    ? `${text}T00:00Z`
    : /(Z|[+-]\d\d:?\d\d)$/i.test(text)
      ? text
      : `${text}Z`;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError('Give a day or a time, such as 2027-01-31 or 2027-01-31T08:00Z.');
  return time;
}
