import type { Command } from 'commander';
import { writeSecretFile } from '../../config/secrets.ts';
import type { RunCommand } from '../command.ts';
import { readSecretInput } from '../secret-input.ts';

/** `authority key export` and `remove`. */
export function registerAuthorityKey(authority: Command, run: RunCommand): void {
  const key = authority
    .command('key')
    .description(
      'private keys, on the machine itself and with the server stopped: SCEPWARD_DATA, SCEPWARD_SECRET_FILE',
    );
  const passphrase = ['--passphrase-file <file>', 'passphrase of the exported file; - for standard input'] as const;
  key
    .command('export')
    .argument('<issuer>', 'slug, as authority show lists them')
    .requiredOption('--output <file>', 'where the encrypted key goes (mode 0600)')
    .requiredOption(...passphrase)
    .description('write a private key to a file, encrypted under a passphrase')
    .action(
      run(async (terminal, [issuer = ''], { output, passphraseFile }) => {
        const secret = await readSecretInput(terminal, String(passphraseFile), 'passphrase');
        // Much to load, and the other authority commands do without.
        const { exportIssuerKey } = await import('./issuer-keys.ts');
        writeSecretFile(String(output), await exportIssuerKey(issuer, secret));
        terminal.result({ issuer, output }, () => `The encrypted key is in ${String(output)}.`);
        return 0;
      }),
    );
  key
    .command('remove')
    .argument('<root>', 'slug of a root')
    .requiredOption('--exported <file>', 'the exported key: proof that it is not lost')
    .requiredOption(...passphrase)
    .description('forget the private key of a root; a last revocation list stays behind')
    .action(
      run(async (terminal, [root = ''], { exported, passphraseFile }) => {
        const pem = await readSecretInput(terminal, String(exported), 'exported key');
        const secret = await readSecretInput(terminal, String(passphraseFile), 'passphrase');
        const { forgetRootKey } = await import('./issuer-keys.ts');
        await forgetRootKey(root, pem, secret);
        terminal.result({ removed: root }, () => 'The key is gone from this installation.');
        return 0;
      }),
    );
}
