import type { Command } from 'commander';
import { Failure } from '../../lib/failure.ts';
import { openApi, segment } from '../api.ts';
import { mayLose, withAsking } from '../ask-first.ts';
import type { RunCommand } from '../command.ts';
import { type ImpactView, impactText } from './impact-text.ts';

type Answer = {
  readonly profiles: readonly ImpactView[];
  readonly obstacle: { readonly code: string; readonly detail: string } | null;
};

/** `profile delete`. */
export function registerProfileDelete(profile: Command, run: RunCommand): void {
  withAsking(profile.command('delete'))
    .argument('<profile>', 'slug, exact name or id')
    .description('delete a profile, having said what devices lose by it; not the root of SCEP profiles')
    .action(
      run(async (terminal, [name], options) => {
        const api = openApi();
        const { id, slug, version } = await api.call<{ id: string; slug: string; version: number }>(
          `/profiles/${segment(name)}`,
        );
        const body = { profile: id, delete: true };
        const { profiles: impact, obstacle } = await api.call<Answer>('/profiles/impact', { method: 'POST', body });
        if (obstacle !== null) throw new Failure('conflict', obstacle.code, obstacle.detail, { profile: slug });
        if (options.dryRun === true) {
          terminal.result({ deleted: null, impact }, () => impactText(impact));
          return 0;
        }
        terminal.say(impactText(impact));
        const loses = impact.some(({ counts: { remove, revoke } }) => remove + revoke > 0);
        const stop = await mayLose(terminal, loses, options);
        if (stop !== null) return stop;
        // The one that was looked at, or none.
        await api.call(`/profiles/${segment(id)}`, { method: 'DELETE', version });
        terminal.result({ deleted: slug, impact }, () => `Deleted ${slug}.`);
        return 0;
      }),
    );
}
