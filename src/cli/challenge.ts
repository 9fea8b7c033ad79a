import { openApi, segment } from './api.ts';
import type { ApiClient } from './api-client.ts';
import type { RegisterCommand } from './command.ts';
import { facts } from './show.ts';

type ChallengeView = {
  readonly challenge: string;
  readonly scepUrl: string;
  readonly expiresAt: number;
  readonly expected: {
    readonly subjectText: string;
    readonly subjectAlternativeNames: readonly { readonly type: string; readonly value: string }[];
    readonly keySize: number;
  };
  readonly deploymentId: string;
};

export const registerChallenge: RegisterCommand = (program, run) => {
  program
    .command('challenge')
    .description('one-time secrets for SCEP clients')
    .command('new')
    .description('a challenge for one certificate, for any SCEP client in the world')
    .requiredOption('--profile <profile>', 'SCEP certificate profile: slug, exact name or id')
    .requiredOption('--device <device>', 'exact name or id')
    .option('--user <upn>', 'only where it must be told')
    .option('--reissue', 'when the device has its certificate already, make the next one due')
    .action(
      run(async (terminal, _args, options) => {
        const { profile = '', device = '', user } = options as Record<string, string>;
        const api = openApi();
        if (options.reissue === true) await makeDue(api, profile, device);
        const made = await api.call<ChallengeView>('/challenges', {
          method: 'POST',
          body: { profile, device, ...(user !== undefined && { user }) },
        });
        terminal.result(made, ({ challenge, scepUrl, expiresAt, expected }) =>
          facts({
            challenge,
            'SCEP URL': scepUrl,
            expiresAt,
            subject: expected.subjectText,
            'alternative names': expected.subjectAlternativeNames.map(({ type, value }) => `${type}:${value}`),
            key: `RSA, ${expected.keySize} bits`,
          }),
        );
        return 0;
      }),
    );
};

type DeploymentView = { readonly id: string; readonly kind: string; readonly wanted: boolean };

async function makeDue(api: ApiClient, profile: string, device: string): Promise<void> {
  for await (const deployment of api.list<DeploymentView>('/deployments', { profile, device }))
    if (deployment.wanted && deployment.kind === 'scep')
      await api.call(`/deployments/${segment(deployment.id)}/re-issue`, { method: 'POST' });
}
