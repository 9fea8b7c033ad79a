import { count, some } from './counting.ts';

export const overview = {
  title: 'Overview',
  certificates: 'Certificates by state',
  activity: 'Issued and failed per day, 30 days',
  issued: 'Issued',
  renewed: 'Renewed',
  failed: 'Failed',
  expiring: 'Certificates that end soon',
  withinDays: (days: number) => `Within ${days} days`,
  failures: 'Failures by reason, 30 days',
  profiles: 'Profiles, the most errors first',
  noProfiles: 'No profile is assigned yet.',
  errors: (n: number) => some(n, 'error', 'errors'),
  noErrors: 'No errors',
  statuses: {
    succeeded: 'Succeeded',
    pending: 'Pending',
    error: 'Error',
    conflict: 'Conflict',
    notApplicable: 'Not applicable',
  },
  scep: 'SCEP addresses, 24 hours',
  scepQuiet: 'Nobody has asked yet',
  scepAnswered: (asked: number, bad: number, capped: boolean) =>
    `${count.format(asked)}${capped ? '+' : ''} asked, ${count.format(bad)} refused or failed`,
  scepLoopback: 'Devices cannot reach this address: it leads to this machine alone. Set SCEPWARD_PUBLIC_URL.',
  scepAddress: 'Address',
  scepLast: 'Last asked',
  scepLastSuccess: 'Last success',
  firstSteps: 'First steps',
  firstStepsHint: 'What is needed before a device has its first certificate.',
  stepDone: 'Done',
  stepOpen: 'To do',
  steps: {
    authority: 'Certification authority',
    trusted: 'Trusted certificate profile: the authority that devices trust',
    scep: 'SCEP profile: what certificate they hold',
    assigned: 'Assignment: who gets it',
    device: 'First device',
  },
  sample: {
    title: 'Sample organisation',
    hint: 'To look around: 44 users, 135 simulated devices of every platform, profiles and assignments. The devices enrol over real SCEP, and some fail, each for a reason that is worth a look. For an installation that is only tried out.',
    load: 'Load the sample organisation',
    directory: 'Users, groups, devices and profiles are loaded',
    devices: (done: number, all: number, enrolled: number): string =>
      `${count.format(done)} of ${count.format(all)} devices have called; ${some(enrolled, 'certificate', 'certificates')} issued`,
    failed: (detail: string): string =>
      `It was not loaded: ${detail}. It can be begun again, and goes on where it was.`,
  },
};
