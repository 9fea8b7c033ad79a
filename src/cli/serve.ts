import { Failure, isFailure } from '../lib/failure.ts';
import { serve } from '../main.ts';
import type { RegisterCommand } from './command.ts';

export const registerServe: RegisterCommand = (program, run) => {
  program
    .command('serve')
    .description('run the server until SIGINT or SIGTERM; settings come from the environment')
    .action(
      run(async () => {
        try {
          await serve();
        } catch (error) {
          if (!isFailure(error, 'secret-missing')) throw error;
          const message = `${error.message} A new installation is made by: bin/scepward init`;
          throw new Failure(error.kind, error.code, message, error.params, { cause: error });
        }
        return 0;
      }),
    );
};
