import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { fromUtf8, toBase64 } from '../../lib/bytes.ts';
import { Failure } from '../../lib/failure.ts';
import type { Finding } from '../../profiles/finding.ts';
import { openApi } from '../api.ts';
import type { RunCommand } from '../command.ts';
import { findingsText } from './findings-text.ts';

type Saved = {
  readonly profile: { readonly slug: string; readonly platform: string };
  readonly outcome: string;
  readonly findings: readonly Finding[];
};

/** `profile new-root`: a trusted certificate profile in one step, of this server's root or of a file. */
export function registerNewRoot(profile: Command, run: RunCommand): void {
  profile
    .command('new-root')
    .requiredOption('--platform <platform>', 'of the devices that shall trust it')
    .option('--file <file>', '.cer, .crt or .pem, DER or PEM; default: the root of the server’s own authority')
    .option('--name <name>', 'default: “Root certificate” and the platform')
    .option('--slug <slug>', 'default: made from the name')
    .option('--store <store>', 'Windows: computerRoot, computerIntermediate or userIntermediate')
    .option('--channel <channel>', 'macOS: device or user')
    .description('a trusted certificate profile in one step')
    .action(
      run(async (terminal, _args, options) => {
        const body = documentOf(options as Options);
        const saved = await openApi().call<Saved>('/profiles', { method: 'POST', body });
        terminal.result(saved, ({ profile, findings }) =>
          [`Created ${profile.slug} for ${profile.platform}.`, findingsText(findings)].filter(Boolean).join('\n'),
        );
        return 0;
      }),
    );
}

type Options = Readonly<Partial<Record<'file' | 'name' | 'slug' | 'store' | 'channel', string>>> & {
  readonly platform: string;
};

function documentOf({ platform, file, name, slug, store, channel }: Options): Readonly<Record<string, unknown>> {
  return {
    kind: 'trustedCertificate',
    name: name ?? `Root certificate (${platform})`,
    ...(slug !== undefined && { slug }),
    platform,
    settings: {
      certificate: file === undefined ? 'ownRoot' : certificateIn(file),
      ...(file !== undefined && { certificateFileName: basename(file) }),
      ...(store !== undefined && { destinationStore: store }),
      ...(channel !== undefined && { deploymentChannel: channel }),
    },
  };
}

/** PEM as it is, anything else as base64: what it really is the server says. Failure `file-unreadable`. */
function certificateIn(file: string): string {
  try {
    const bytes = new Uint8Array(readFileSync(file));
    const text = fromUtf8(bytes);
    return text?.includes('-----BEGIN') === true ? text : toBase64(bytes);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Failure('invalid', 'file-unreadable', `${file} cannot be read (${code}).`, { file }, { cause });
  }
}
