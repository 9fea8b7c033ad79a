import type { FieldValues, Path, UseFormReturn } from 'react-hook-form';
import { fieldFaults } from '../api/problem.ts';

/**
 * Puts what the server found wrong at the fields of a form, which keeps what was typed. Answers whether every fault has found
 * its field; else the page shows the error itself as well. `rename`: a path of the body to the field that stands for it.
 */
export function applyFaults<Values extends FieldValues>(
  form: Pick<UseFormReturn<Values>, 'setError' | 'getValues'>,
  error: unknown,
  rename: (path: string) => string = (path) => path,
): boolean {
  const faults = fieldFaults(error);
  let placed = faults.length > 0;
  for (const { path, message } of faults) {
    const field = rename(path) as Path<Values>;
    if (form.getValues(field) === undefined) placed = false;
    else form.setError(field, { type: 'server', message }, { shouldFocus: true });
  }
  return placed;
}
