/** `bin/scepward`: finds the command, runs it, and turns whatever goes wrong into one line and an exit code. */
import { Command, CommanderError } from 'commander';
import { Failure } from '../lib/failure.ts';
import { registerAdmin } from './admin.ts';
import { registerAgent } from './agent.ts';
import { registerApproval } from './approval.ts';
import { registerAuthority } from './authority.ts';
import { registerCertificate } from './certificate.ts';
import { registerChallenge } from './challenge.ts';
import type { RegisterCommand, RunCommand } from './command.ts';
import { registerDemo } from './demo.ts';
import { registerDeployment } from './deployment.ts';
import { registerDevice } from './device.ts';
import { registerDirectory } from './directory.ts';
import { registerDoctor } from './doctor.ts';
import { exitCode } from './exit-code.ts';
import { registerExplain } from './explain.ts';
import { registerGroup } from './group.ts';
import { registerInit } from './init.ts';
import { registerName } from './name.ts';
import { registerOpenApi } from './openapi.ts';
import { registerProfile } from './profile.ts';
import { registerServe } from './serve.ts';
import { registerSimulate } from './simulate.ts';
import { createTerminal } from './terminal.ts';
import { registerUser } from './user.ts';

const commands: readonly RegisterCommand[] = [
  registerDemo,
  registerServe,
  registerInit,
  registerDoctor,
  registerProfile,
  registerExplain,
  registerDevice,
  registerUser,
  registerGroup,
  registerDirectory,
  registerDeployment,
  registerChallenge,
  registerApproval,
  registerCertificate,
  registerAuthority,
  registerAgent,
  registerSimulate,
  registerAdmin,
  registerName,
  registerOpenApi,
];

const program = new Command('scepward')
  .description('A self-hosted server for SCEP certificate profiles')
  .version('0.1.0')
  .option('--json', 'print one JSON document to standard output and nothing else')
  .showHelpAfterError('(add --help to see what it takes)')
  .exitOverride();

const run: RunCommand =
  (action) =>
  async (...parameters) => {
    const command = parameters.at(-1) as Command;
    const options = command.optsWithGlobals();
    const terminal = createTerminal(options.json === true);
    try {
      process.exitCode = await action(terminal, command.args, options);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      process.exitCode = exitCode(error);
      terminal.say(`scepward: ${error.message}`);
      if (terminal.json) terminal.result({ code: error.code, detail: error.message, ...error.params }, () => '');
    }
  };

for (const register of commands) register(program, run);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    // Said to people already; who asked for JSON gets it here too.
    if (error.exitCode !== 0 && process.argv.includes('--json'))
      createTerminal(true).result({ code: 'wrong-use', detail: error.message.replace(/^error: /, '') }, () => '');
  } else {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`scepward: a mistake of ours, please report it: ${what}\n`);
    process.exitCode = 1;
  }
}
