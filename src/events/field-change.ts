/** One field before and after, plain JSON; null: it was or is not there. Never a secret. */
export type FieldChange = { readonly field: string; readonly before: unknown; readonly after: unknown };

/** What differs between two states of a thing, field by field; null for one that does not exist. */
export function fieldChanges<T extends object>(
  before: T | null,
  after: T | null,
  fields: readonly (keyof T & string)[],
): FieldChange[] {
  return fields.flatMap((field) => {
    const change = { field, before: before?.[field] ?? null, after: after?.[field] ?? null };
    return JSON.stringify(change.before) === JSON.stringify(change.after) ? [] : [change];
  });
}
