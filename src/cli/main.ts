/** `bin/scepward`: finds the command, runs it, and turns whatever goes wrong into one line and an exit code. */
import { Command, CommanderError } from 'commander';
import { Failure } from '../lib/failure.ts';
import type { RegisterCommand, RunCommand } from './command.ts';
import { exitCode } from './exit-code.ts';
import { inOwnWords } from './own-words.ts';
import { createTerminal } from './terminal.ts';

/** Only the one that is asked for is loaded: most of them need no server, and it is much to read. */
const commands: Readonly<Record<string, () => Promise<RegisterCommand>>> = {
  demo: async () => (await import('./demo.ts')).registerDemo,
  serve: async () => (await import('./serve.ts')).registerServe,
  init: async () => (await import('./init.ts')).registerInit,
  doctor: async () => (await import('./doctor.ts')).registerDoctor,
  profile: async () => (await import('./profile.ts')).registerProfile,
  filter: async () => (await import('./filter.ts')).registerFilter,
  role: async () => (await import('./role.ts')).registerRole,
  setting: async () => (await import('./setting.ts')).registerSetting,
  'scope-tag': async () => (await import('./scope-tag.ts')).registerScopeTag,
  'co-management': async () => (await import('./co-management.ts')).registerCoManagement,
  explain: async () => (await import('./explain.ts')).registerExplain,
  device: async () => (await import('./device.ts')).registerDevice,
  user: async () => (await import('./user.ts')).registerUser,
  group: async () => (await import('./group.ts')).registerGroup,
  directory: async () => (await import('./directory.ts')).registerDirectory,
  deployment: async () => (await import('./deployment.ts')).registerDeployment,
  job: async () => (await import('./job.ts')).registerJob,
  change: async () => (await import('./change.ts')).registerChange,
  removal: async () => (await import('./removal.ts')).registerRemoval,
  challenge: async () => (await import('./challenge.ts')).registerChallenge,
  approval: async () => (await import('./approval.ts')).registerApproval,
  certificate: async () => (await import('./certificate.ts')).registerCertificate,
  report: async () => (await import('./report.ts')).registerReport,
  authority: async () => (await import('./authority.ts')).registerAuthority,
  agent: async () => (await import('./agent.ts')).registerAgent,
  simulate: async () => (await import('./simulate.ts')).registerSimulate,
  retention: async () => (await import('./retention.ts')).registerRetention,
  audit: async () => (await import('./audit.ts')).registerAudit,
  backup: async () => (await import('./backup.ts')).registerBackup,
  restore: async () => (await import('./restore.ts')).registerRestore,
  webhook: async () => (await import('./webhook.ts')).registerWebhook,
  admin: async () => (await import('./admin.ts')).registerAdmin,
  name: async () => (await import('./name.ts')).registerName,
  openapi: async () => (await import('./openapi.ts')).registerOpenApi,
};

const wantsJson = process.argv.includes('--json');
/** What commander itself would print; kept back under `--json`, to be printed as a document. */
let told = '';

const program = new Command('scepward')
  .description('A self-hosted server for SCEP certificate profiles')
  .configureOutput(wantsJson ? { writeOut: (text) => (told += text) } : {})
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
      const failure = inOwnWords(error, command);
      process.exitCode = exitCode(failure);
      terminal.say(`scepward: ${failure.message}`);
      if (terminal.json) terminal.result({ code: failure.code, detail: failure.message, ...failure.params }, () => '');
    }
  };

const word = process.argv.slice(2).find((argument) => !argument.startsWith('-')) ?? '';
// Of Scepward only where no command is named: a command's own `--version` is that of a profile.
if (word === '') program.version('0.1.0');
const asked = Object.hasOwn(commands, word) ? [commands[word]] : Object.values(commands);
for (const load of asked) if (load !== undefined) (await load())(program, run);

// Whoever reads our output may stop: `scepward device list | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    // Said to people already; who asked for JSON gets it here too.
    if (wantsJson) createTerminal(true).result(jsonOf(error), () => '');
  } else {
    const failed = unexpected(error);
    process.stderr.write(`scepward: ${failed.said}\n`);
    if (wantsJson) createTerminal(true).result({ code: failed.code, detail: failed.detail }, () => '');
    process.exitCode = 1;
  }
}

function jsonOf({ exitCode, code, message }: CommanderError): Readonly<Record<string, string>> {
  if (code === 'commander.help' && exitCode !== 0)
    return { code: 'wrong-use', detail: 'No command was named. Add --help to see which there are.' };
  if (exitCode !== 0) return { code: 'wrong-use', detail: message.replace(/^error: /, '') };
  return { [code === 'commander.version' ? 'version' : 'help']: told.trimEnd() };
}

/** What the system refused, such as a file, is told in its own words, which name the path; the rest is our mistake. */
function unexpected(error: unknown): { readonly said: string; readonly code: string; readonly detail: string } {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && 'code' in error && 'syscall' in error)
    return { said: detail, code: 'system-error', detail };
  const what = error instanceof Error ? (error.stack ?? detail) : detail;
  return { said: `a mistake of ours, please report it: ${what}`, code: 'internal', detail };
}
