import type { Command } from 'commander';
import { Failure } from '../lib/failure.ts';

type Issue = { readonly path: string; readonly message: string };

/**
 * What the API found wrong with a request, told by the option or the argument that it came from: nobody who types a command
 * knows `querystring.days`.
 */
export function inOwnWords(failure: Failure, command: Command): Failure {
  if (failure.code !== 'bad-request') return failure;
  const { in: _, issues, ...params } = failure.params as { readonly in?: string; readonly issues?: readonly Issue[] };
  if (!Array.isArray(issues) || issues.length === 0) {
    const told = failure.message.replace(/`(\w+)`/g, (whole, field: string) => wordFor(field, command) ?? whole);
    return new Failure(failure.kind, failure.code, told, failure.params);
  }
  const own = issues.map(({ path, message }: Issue) => ({ path: placeOf(path, command), message }));
  const told = own.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  return new Failure(failure.kind, failure.code, `${told}.`, { ...params, issues: own });
}

/** A path that no option stands for is of a file, and is told as it is. */
function placeOf(path: string, command: Command): string {
  const field = path.split('.').findLast((part) => !/^\d+$/.test(part));
  return (field !== undefined && wordFor(field, command)) || path;
}

function wordFor(field: string, command: Command): string | null {
  const plain = (name: string) =>
    name
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .replace(/s$/, '');
  const asked = plain(field);
  const words = [
    ...command.options.map(({ long, short }) => ({ name: long ?? short ?? '', shown: long ?? short ?? '' })),
    ...command.registeredArguments.map((argument) => ({ name: argument.name(), shown: `<${argument.name()}>` })),
  ].map((word) => ({ ...word, name: plain(word.name) }));
  const same = words.find(({ name }) => name === asked);
  // `windowMinutes` is --window: the unit is part of the field's name alone.
  const [longest] = words
    .filter(({ name }) => name.length > 2 && asked.startsWith(name))
    .sort((a, b) => b.name.length - a.name.length);
  return (same ?? longest)?.shown ?? null;
}
