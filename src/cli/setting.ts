import { openApi } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { table } from './table.ts';

type Settings = {
  readonly environment: readonly {
    readonly variable: string;
    readonly value: string | null;
    readonly source: string;
    readonly meaning: string;
  }[];
  readonly stored: readonly { readonly name: string; readonly source: string }[];
};

export const registerSetting: RegisterCommand = (program, run) => {
  program
    .command('setting')
    .description('settings of the server')
    .command('list')
    .description('every setting as it counts, and who says so; secrets are not shown')
    .action(
      run(async (terminal) => {
        terminal.result(await openApi().call<Settings>('/settings'), settingsText);
        return 0;
      }),
    );
};

function settingsText({ environment, stored }: Settings): string {
  const variables = table(environment, {
    variable: ({ variable }) => variable,
    value: ({ value }) => value ?? '(none)',
    source: ({ source }) => source,
    meaning: ({ meaning }) => meaning,
  });
  const others = table(stored, {
    'in the store': ({ name }) => name,
    source: ({ source }) => source,
  });
  return `${variables}\n\n${others}`;
}
