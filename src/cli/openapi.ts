import { openApiDocument } from '../http/admin/openapi.ts';
import type { RegisterCommand } from './command.ts';

export const registerOpenApi: RegisterCommand = (program, run) => {
  program
    .command('openapi')
    .description('the description of the administration API (OpenAPI 3.1, JSON); needs no server')
    .action(
      run(async (terminal) => {
        terminal.result(await openApiDocument(), (document) => JSON.stringify(document, null, 2));
        return 0;
      }),
    );
};
