import { resolve } from 'node:path';
import type { RunningServer } from '../../compose/server.ts';
import { shortened } from '../show.ts';
import { table } from '../table.ts';
import { asExpected, type DemoSummary } from './demo-summary.ts';

/** For people: what happened, where things are, and what to try. `width`: columns of their terminal, where there is one. */
export function demoText(
  summary: DemoSummary,
  { url, tlsUrl }: Pick<RunningServer, 'url' | 'tlsUrl'>,
  tokenFile: string,
  width: number | null,
): string {
  const { devices, enrolled, failed, seconds, data } = summary;
  return [
    '',
    `${devices} simulated devices hold ${enrolled} certificates, issued over SCEP in ${seconds} s.`,
    failed.length === 0
      ? 'No deployment failed.'
      : `${failed.length} deployments failed${asExpected(summary) ? ', each for the reason that the sample organisation expects' : ''}:`,
    ...(failed.length === 0 ? [] : ['', failures(failed, width), '']),
    ...summary.missing.map(
      ({ device, profile, code }) => `Expected and did not happen: ${profile} on ${device} failing with ${code}.`,
    ),
    `Server        ${url}${tlsUrl === null ? '' : `  and  ${tlsUrl}`}`,
    `Data          ${data}`,
    `API token     in ${tokenFile} (mode 0600); this command line finds it there`,
    '',
    'With a server running (bin/scepward demo), try in another terminal:',
    ...whereItIs(url, data),
    '  bin/scepward device timeline AF-ODD-01',
    '  bin/scepward explain "Reception, Front Desk"',
    '  bin/scepward profile preview windows-sign-in --device AF-ODD-01',
    '  bin/scepward certificate list --limit 10',
    '',
    'A certificate for a SCEP client of your own, here strongSwan (apt-get install strongswan-pki):',
    ...ownClient,
    '',
  ].join('\n');
}

/** Commands find a server at the usual address and data in the usual folder by themselves. */
function whereItIs(url: string, data: string): string[] {
  const settings = [
    ...(url === 'http://127.0.0.1:8080' ? [] : [`SCEPWARD_URL=${quoted(url)}`]),
    ...(data === resolve('data') ? [] : [`SCEPWARD_DATA=${quoted(data)}`]),
  ];
  return settings.length === 0 ? [] : [`  export ${settings.join(' ')}`];
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A line to each; one that would wrap ends with …, since `--json` and `device timeline` have the whole. */
function failures(failed: DemoSummary['failed'], width: number | null): string {
  const rows = table(failed, {
    device: ({ device }) => device,
    profile: ({ profile }) => profile,
    code: ({ code }) => code,
    expected: ({ expected }) => (expected ? 'yes' : 'NO'),
    detail: ({ detail }) => detail,
  });
  if (width === null) return rows;
  return rows
    .split('\n')
    .map((line) => shortened(line, width))
    .join('\n');
}

/** Keys land in a folder of their own. Where there is a certificate already, `--reissue` makes the next one due. */
const ownClient: readonly string[] = [
  '  FOLDER=$(mktemp -d)',
  '  bin/scepward challenge new --profile linux-machine --device af-linux-1 --reissue --json > "$FOLDER/challenge.json"',
  '  cd "$FOLDER"',
  '  SCEP=$(node -p "require(\'./challenge.json\').scepUrl")',
  '  pki --scepca --url $SCEP --caout ca.pem --raout ra.pem --outform pem --force',
  '  pki --gen --type rsa --size 2048 --outform pem > key.pem',
  '  pki --scep --url $SCEP --in key.pem --outform pem \\',
  '    --dn CN=af-linux-1.corp.alderfinch.example --san af-linux-1.corp.alderfinch.example \\',
  '    --password $(node -p "require(\'./challenge.json\').challenge") \\',
  '    --cacert-enc ra.pem --cacert-sig ca.pem --cacert ca-1.pem > certificate.pem',
  '  openssl x509 -in certificate.pem -noout -text',
];
