import { useMemo } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import type { Finding } from '../../../../../src/profiles/finding.ts';
import type { FieldNote } from '../../../ui/field-notes.tsx';
import { fieldOfFinding, isOfNoField, type StepName, stepOfFinding } from './field-of-finding.ts';
import type { ProfileForm } from './profile-form.ts';

export type Notes = {
  /** For `FieldNotesProvider`. */
  readonly byField: ReadonlyMap<string, readonly FieldNote[]>;
  /** About the profile as a whole. */
  readonly general: readonly FieldNote[];
};

/**
 * Findings as notes at their fields. That something is missing where nobody has been yet is no news: it is told once a step in
 * `tried` was to be left.
 */
export function useNotes(
  form: UseFormReturn<ProfileForm>,
  findings: readonly Finding[],
  tried: ReadonlySet<StepName>,
): Notes {
  const { touchedFields, dirtyFields } = form.formState;
  return useMemo(() => {
    const byField = new Map<string, FieldNote[]>();
    const general: FieldNote[] = [];
    for (const finding of findings) {
      const field = fieldOfFinding(finding.path);
      if (isUntouched(finding, field)) continue;
      const note = noteOf(form, finding, field);
      if (isOfNoField(finding.path)) general.push(note);
      else byField.set(field, [...(byField.get(field) ?? []), note]);
    }
    return { byField, general };

    function isUntouched({ severity, path }: Finding, field: string): boolean {
      if (severity !== 'error' || tried.has(stepOfFinding(path))) return false;
      return isEmpty(at(form.getValues(), field)) && !at(touchedFields, field) && !at(dirtyFields, field);
    }
  }, [form, findings, tried, touchedFields, dirtyFields]);
}

function noteOf(form: UseFormReturn<ProfileForm>, finding: Finding, field: string): FieldNote {
  const { severity, detail, fix, mends = [] } = finding;
  return {
    tone: severity,
    text: detail,
    fix,
    mends: mends.map(({ label, text, preview }) => ({
      label,
      preview,
      apply: () => form.setValue(field as never, text as never, { shouldDirty: true, shouldTouch: true }),
    })),
  };
}

function at(values: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], values);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
