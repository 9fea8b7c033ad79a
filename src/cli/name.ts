import { encodeName } from '../formats/x509/name.ts';
import { Failure } from '../lib/failure.ts';
import type { RegisterCommand } from './command.ts';

export const registerName: RegisterCommand = (program, run) => {
  const name = program.command('name').description('the X.500 name grammar');
  name.command('encode <string>');
  void run;
  void encodeName;
  void Failure;
};
