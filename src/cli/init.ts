/** `init`: secret, certification authority and first administrator of a real installation, without the sample. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { AuthorityKeyKind } from '../authority/create-authority.ts';
import { importAuthority } from '../authority/import-authority.ts';
import type { ImportSource } from '../authority/import-material.ts';
import { parsePkiUrl } from '../authority/pki-url.ts';
import { ownAddresses } from '../compose/own-addresses.ts';
import { ensureSetUpCode } from '../compose/set-up-code.ts';
import { type Config, parseConfig } from '../config/config.ts';
import { readEnvironment } from '../config/env.ts';
import { secretLocation } from '../config/secrets.ts';
import { sha256Hex } from '../crypto/digest.ts';
import { keyKinds } from '../crypto/key-pair.ts';
import { systemCause } from '../events/event.ts';
import { fromUtf8 } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import { slugFromName } from '../profiles/profile-slug.ts';
import { ensureAdminToken } from './admin-token.ts';
import type { RegisterCommand } from './command.ts';
import type { ExitCode } from './exit-code.ts';
import { wholeNumber } from './list.ts';
import { openInstallation } from './open-installation.ts';
import { startProgress } from './progress.ts';
import { readSecretInput } from './secret-input.ts';
import { facts } from './show.ts';
import type { Terminal } from './terminal.ts';

type Options = Readonly<Record<string, unknown>>;
const kinds = keyKinds.filter((kind) => kind !== 'rsa-1024');

export const registerInit: RegisterCommand = (program, run) => {
  const key = (flag: string, whose: string, usual: string) =>
    new Option(`${flag} <kind>`, `key of the ${whose}`).choices([...kinds]).default(usual);
  program
    .command('init')
    .description('make the certification authority and the first administrator of a new installation')
    .requiredOption('--name <name>', 'of the organisation; stands in the names of the authority’s certificates')
    .option('--slug <slug>', 'stands in addresses; default: made from the name')
    .option(
      '--pki-url <url>',
      'where CRLs and CA certificates are reached, for ever; default: SCEPWARD_PKI_URL, else SCEPWARD_PUBLIC_URL if that is plain http',
    )
    .addOption(key('--root-key', 'root', 'rsa-3072'))
    .addOption(key('--issuer-key', 'issuer', 'rsa-2048'))
    .option('--root-years <number>', 'how long the root lasts', wholeNumber, 20)
    .option('--issuer-years <number>', 'how long the issuer lasts', wholeNumber, 10)
    .option('--import <file...>', 'use this CA instead: PEM files with key, certificate and chain, or one PKCS#12 file')
    .option('--passphrase-file <file>', 'passphrase of the imported key; - for standard input')
    .action(run((terminal, _args, options) => init(terminal, options)));
};

async function init(terminal: Terminal, options: Options): Promise<ExitCode> {
  const config = parseConfig(readEnvironment(), { tlsListen: null });
  const data = resolve(config.data);
  const name = String(options.name);
  const slug = typeof options.slug === 'string' ? options.slug : slugFromName(name, () => false).slice(0, 40);
  // Before anything is made: a refusal leaves nothing behind.
  const pkiUrl = pkiUrlOf(options, config);
  const source = Array.isArray(options.import) ? await importSource(terminal, options.import, options) : null;

  await using installation = await openInstallation('make');
  const { store, clock, secret } = installation.foundation;
  if ((await store.authorities.all()).length > 0)
    throw new Failure('conflict', 'already-initialised', `There is a certification authority in ${data} already.`, {
      data,
    });
  const progress = startProgress(terminal, 'Certification authority');
  const naming = { name, slug, pkiUrl, cause: systemCause };
  progress.update(0, 1, source === null ? 'making keys' : 'importing');
  const { authority, issuer } =
    source === null
      ? await installation.authority.create({
          ...naming,
          rootKey: options.rootKey as AuthorityKeyKind,
          issuerKey: options.issuerKey as AuthorityKeyKind,
          rootYears: Number(options.rootYears),
          issuerYears: Number(options.issuerYears),
        })
      : await importAuthority({ ...store, clock, secret }, { ...naming, source });
  progress.end('Certification authority: made.');
  const tokenFile = await ensureAdminToken(store, clock, data);
  const setUp = await ensureSetUpCode(installation.foundation);
  const location = secretLocation(data, config.secretFile);
  if (location.besideData)
    terminal.say(
      `The secret that unseals keys lies in ${location.file}, beside what it protects. Move it elsewhere and set SCEPWARD_SECRET_FILE.`,
    );
  const root = issuer.chain.at(-1) ?? issuer.certificate;
  const made = {
    authority: { id: authority.id, slug: authority.slug, name: authority.name },
    pkiUrl: authority.pkiUrl,
    rootSha256: sha256Hex(root),
    data,
    tokenFile,
    setUpCodeFile: setUp?.file ?? null,
    secretFile: location.file,
  };
  terminal.result(
    made,
    ({ authority: { slug }, ...rest }) => `${facts({ authority: slug, ...rest })}\n\nNext: bin/scepward serve`,
  );
  return 0;
}

/** What goes into every certificate for ever is nothing that was meant for something else. */
function pkiUrlOf({ pkiUrl }: Options, config: Config): string {
  const said = typeof pkiUrl === 'string' ? pkiUrl : config.pkiUrl;
  if (said === null && config.publicUrl?.startsWith('https:')) {
    const name = new URL(config.publicUrl).hostname;
    throw new Failure(
      'invalid',
      'pki-url-missing',
      `Where CRLs and CA certificates are reached goes into every certificate for ever: say it with --pki-url or SCEPWARD_PKI_URL. Usual is plain http, since clients fetch CRLs without TLS: --pki-url http://${name}, if that leads here; or --pki-url ${config.publicUrl}, if https is meant.`,
      { publicUrl: config.publicUrl },
    );
  }
  return parsePkiUrl(said ?? ownAddresses(config).pkiUrl, { allowLoopback: false });
}

async function importSource(terminal: Terminal, files: readonly string[], options: Options): Promise<ImportSource> {
  const passphrase =
    typeof options.passphraseFile === 'string'
      ? await readSecretInput(terminal, options.passphraseFile, 'passphrase')
      : null;
  const contents = files.map(read);
  const texts = contents.map((content) => fromUtf8(content) ?? '');
  if (texts.every((text) => text.includes('-----BEGIN '))) return { kind: 'pem', texts, passphrase };
  const [file, ...others] = contents;
  if (file === undefined || others.length > 0)
    throw new Failure('invalid', 'import-files', 'Give PEM files, or one PKCS#12 file.', { files });
  return { kind: 'pkcs12', file, passphrase: passphrase ?? '' };
}

function read(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Failure('invalid', 'file-unreadable', `${file} cannot be read (${code}).`, { file }, { cause });
  }
}
