import { useEffect } from 'react';
import type { FieldValues, UseFormReturn } from 'react-hook-form';

const prefix = 'scepward.draft.';

/** What was typed and not saved yet outlives a reload of the tab. Not for forms with secrets. */
export function useDraft<Values extends FieldValues>(name: string, form: UseFormReturn<Values>): { clear(): void } {
  const key = `${prefix}${name}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the form is there.
  useEffect(() => {
    const kept = sessionStorage.getItem(key);
    if (kept !== null) form.reset(JSON.parse(kept) as Values, { keepDefaultValues: true });
    const watching = form.subscribe({
      formState: { values: true, isDirty: true },
      callback: ({ values, isDirty }) => {
        if (isDirty) sessionStorage.setItem(key, JSON.stringify(values));
      },
    });
    return watching;
  }, [key]);
  return { clear: () => sessionStorage.removeItem(key) };
}
