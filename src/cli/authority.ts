import { Option } from 'commander';
import { openApi, segment } from './api.ts';
import { registerAuthorityKey } from './authority/register-authority-key.ts';
import { registerRollover } from './authority/register-rollover.ts';
import type { RegisterCommand } from './command.ts';
import { defaultAuthority } from './default-authority.ts';
import { printList } from './list.ts';
import { facts, when } from './show.ts';
import { writeOutput } from './write-output.ts';

type IssuerView = {
  readonly slug: string;
  readonly active: boolean;
  readonly subject: string;
  readonly notAfter: number;
  readonly thumbprint256: string;
  readonly url: string;
  readonly crls: readonly CrlView[];
};

type CrlView = {
  readonly shard: number;
  readonly number: number;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly url: string;
};

type AuthorityView = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly pkiUrl: string;
  readonly templates: readonly { readonly name: string; readonly maximumValidity: number }[];
  readonly issuers: readonly IssuerView[];
};

export const registerAuthority: RegisterCommand = (program, run) => {
  const authority = program.command('authority').description('the certification authority');
  const which = 'slug or id; may be left out where there is one';
  authority
    .command('list')
    .description('all authorities')
    .action(
      run(async (terminal) => {
        printList(terminal, await openApi().call<{ items: AuthorityView[]; next: null }>('/authorities'), {
          slug: ({ slug }) => slug,
          name: ({ name }) => name,
          'pki url': ({ pkiUrl }) => pkiUrl,
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  authority
    .command('show')
    .argument('[authority]', which)
    .description('issuers, certificates, revocation lists, certificate templates')
    .action(
      run(async (terminal, [name]) => {
        const api = openApi();
        const slug = await defaultAuthority(api, name);
        terminal.result(await api.call<AuthorityView>(`/authorities/${segment(slug)}`), authorityText);
        return 0;
      }),
    );
  authority
    .command('export')
    .argument('[authority]', which)
    .description('the certificates of the active issuer up to the root; never a key')
    .addOption(
      new Option('--format <format>', 'pem: all; p7b: all, PKCS#7; root: the root alone, DER')
        .choices(['pem', 'p7b', 'root'])
        .default('pem'),
    )
    .option('--output <file>', 'write it to this file')
    .action(
      run(async (terminal, [name], options) => {
        const api = openApi();
        const format = String(options.format);
        const slug = await defaultAuthority(api, name);
        const content = await api.file(`/authorities/${segment(slug)}/chain`, { query: { format } });
        writeOutput(terminal, content, { format, output: options.output });
        return 0;
      }),
    );
  authority
    .command('crl')
    .argument('[authority]', which)
    .description('publish the revocation lists of the active issuer now')
    .action(
      run(async (terminal, [name]) => {
        const api = openApi();
        const slug = await defaultAuthority(api, name);
        const path = `/authorities/${segment(slug)}/crl`;
        printList(terminal, await api.call<{ items: CrlView[]; next: null }>(path, { method: 'POST' }), {
          shard: ({ shard }) => shard,
          number: (crl) => crl.number,
          'next update': ({ nextUpdate }) => when(nextUpdate),
          url: ({ url }) => url,
        });
        return 0;
      }),
    );
  registerRollover(authority, run);
  registerAuthorityKey(authority, run);
};

function authorityText({ issuers, templates, ...authority }: AuthorityView): string {
  const { id, slug, name, pkiUrl } = authority;
  return [
    facts({ id, slug, name, pkiUrl }),
    ...issuers.map(({ subject, slug, active, notAfter, thumbprint256, url, crls }) =>
      facts({
        issuer: active ? `${slug} (active)` : slug,
        subject,
        notAfter,
        'SHA-256': thumbprint256,
        certificate: url,
        'revocation list': crls.map((crl) => `${crl.url} (number ${crl.number}, until ${when(crl.nextUpdate)})`),
      }),
    ),
    facts({ templates: templates.map((each) => `${each.name} (at most ${each.maximumValidity} days)`) }),
  ].join('\n\n');
}
