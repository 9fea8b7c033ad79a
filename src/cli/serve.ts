import { serve } from '../main.ts';
import type { RegisterCommand } from './command.ts';

export const registerServe: RegisterCommand = (program, run) => {
  program
    .command('serve')
    .description('run the server until SIGINT or SIGTERM; settings come from the environment')
    .action(
      run(async () => {
        await serve();
        return 0;
      }),
    );
};
