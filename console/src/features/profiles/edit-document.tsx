import { useEffect, useMemo, useRef, useState } from 'react';
import { useForm } from 'react-hook-form';
import { hasErrors } from '../../../../src/profiles/finding.ts';
import { useChange, useReadForEdit } from '../../api/queries.ts';
import { FieldNotes, FieldNotesProvider } from '../../ui/field-notes.tsx';
import { Loaded } from '../../ui/page.tsx';
import { type KeptEdit, useKeptEdit } from '../../ui/use-kept-edit.ts';
import { EditFlow } from './edit-flow.tsx';
import { ApplicabilityStep } from './editor/applicability-step.tsx';
import { BasicsStep } from './editor/basics-step.tsx';
import { type StepName, stepNames } from './editor/field-of-finding.ts';
import { documentOf, formOf, type ProfileForm } from './editor/profile-form.ts';
import { ScopeTagsStep } from './editor/scope-tags-step.tsx';
import { SettingsForm } from './editor/settings-form.tsx';
import { useNotes } from './editor/use-notes.ts';
import { useProfileReview } from './editor/use-profile-review.ts';
import { useTrustedProfiles } from './editor/use-trusted-profiles.ts';
import type { Profile } from './profile-types.ts';

export type DocumentPart = Exclude<StepName, 'assignments' | 'review'>;

type Read = { readonly value: ProfileForm; readonly etag: string | null };

/** A part of a profile's document; the rest of it stays as it is. */
export function EditDocument({ profile, part }: { readonly profile: Profile; readonly part: DocumentPart }) {
  const path = { profile: profile.id };
  const { data, error, refetch } = useReadForEdit('GET /api/v1/profiles/{profile}', { path });
  const read = useMemo<Read | undefined>(
    () => data && { value: formOf(data.answer.document, []), etag: data.etag },
    [data],
  );
  const edit = useKeptEdit<ProfileForm>(`${part}.${profile.id}`, read);
  return (
    <Loaded query={{ data: edit, error, refetch }}>
      {(edit) => <DocumentForm profile={profile} part={part} edit={edit} read={{ data: read, error, refetch }} />}
    </Loaded>
  );
}

function DocumentForm({
  profile,
  part,
  edit,
  read,
}: {
  readonly profile: Profile;
  readonly part: DocumentPart;
  readonly edit: KeptEdit<ProfileForm>;
  readonly read: { readonly data: Read | undefined; readonly error: Error | null; refetch(): Promise<unknown> };
}) {
  const form = useForm<ProfileForm>({ defaultValues: edit.value, mode: 'onTouched' });
  const trusted = useTrustedProfiles(profile.platform);
  const review = useProfileReview(form, trusted);
  const [tried, setTried] = useState<ReadonlySet<StepName>>(new Set());
  const notes = useNotes(form, review.findings, tried);
  const save = useChange('PUT /api/v1/profiles/{profile}');
  const add = useChange('POST /api/v1/profiles');
  const current = useRef(edit);
  current.current = edit;
  useEffect(
    () => form.subscribe({ formState: { values: true }, callback: ({ values }) => current.current.change(values) }),
    [form],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: when something was put in from outside, and at no key pressed.
  useEffect(() => {
    if (edit.revision > 0) form.reset(edit.value);
  }, [edit.revision]);
  return (
    <FieldNotesProvider value={notes.byField}>
      <EditFlow
        profile={profile}
        edit={edit}
        read={read}
        impactOf={(values) => ({ profile: profile.id, document: withoutAssignments(values) })}
        save={(values, ifMatch) =>
          save.mutateAsync({ path: { profile: profile.id }, body: withoutAssignments(values), ifMatch })
        }
        saveAsNew={async (values) => {
          const { slug: _, ...body } = withoutAssignments(values);
          return (await add.mutateAsync({ body })).answer.profile.slug;
        }}
        check={() => {
          setTried(new Set(stepNames));
          return !hasErrors(review.findings);
        }}
        onRefused={review.refused}
      >
        <FieldNotes notes={notes.general} />
        {part === 'basics' && <BasicsStep form={form} />}
        {part === 'settings' && <SettingsForm form={form} review={review} trusted={trusted} />}
        {part === 'scopeTags' && <ScopeTagsStep form={form} />}
        {part === 'applicability' && <ApplicabilityStep form={form} />}
      </EditFlow>
    </FieldNotesProvider>
  );
}

/** They are edited by themselves. */
function withoutAssignments(values: ProfileForm): Record<string, unknown> {
  const { assignments: _, ...document } = documentOf(values);
  return document;
}
