import { z } from 'zod';
import { Failure } from '../../lib/failure.ts';
import { isId } from '../../lib/ids.ts';

export type Candidate = { readonly id: string; readonly name: string; readonly detail: string };

export type Named<T extends { readonly id: string }> = {
  /** `device`: for codes and messages. */
  readonly noun: string;
  get(id: T['id']): Promise<T | null>;
  /** Exact, without regard to case. */
  findByName(name: string): Promise<readonly T[]>;
  describe(thing: T): Candidate;
};

/**
 * The one thing that an id or an exact name means. Failures: `<noun>-not-found`, or `ambiguous-name` with all that answer to
 * it in `params.candidates`, because names are not unique.
 */
export async function findNamed<T extends { readonly id: string }>(kind: Named<T>, idOrName: string): Promise<T> {
  if (isId(idOrName)) {
    const known = await kind.get(idOrName);
    if (known !== null) return known;
  }
  const [found, ...others] = await kind.findByName(idOrName);
  if (found === undefined)
    throw new Failure('not-found', `${kind.noun}-not-found`, `There is no ${kind.noun} “${idOrName}”.`, {
      [kind.noun]: idOrName,
    });
  if (others.length === 0) return found;
  const candidates = [found, ...others].map((each) => kind.describe(each));
  throw new Failure(
    'conflict',
    'ambiguous-name',
    `${candidates.length} ${kind.noun}s are called “${idOrName}”. Say which by its id: ${candidates
      .map(({ id, detail }) => `${id} (${detail})`)
      .join(', ')}.`,
    { kind: kind.noun, name: idOrName, candidates },
  );
}

/** Characters. */
const maxName = 400;

/** A part of the path: what `findNamed` takes. */
export function nameParam(description: string) {
  return z.string().min(1).max(maxName).describe(description);
}
