/** Where a right counts: scope tags and groups, each either all or some. */
import { type Control, type FieldPath, type FieldValues, useWatch } from 'react-hook-form';
import { useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { ChecksField, SwitchField } from '../../ui/form-fields.tsx';

export type ScopeValues = {
  allTags: boolean;
  scopeTags: string[];
  allGroups: boolean;
  scopeGroups: string[];
};

export const everywhere: ScopeValues = { allTags: true, scopeTags: [], allGroups: true, scopeGroups: [] };

export function scopeOf({ allTags, scopeTags, allGroups, scopeGroups }: ScopeValues) {
  return { scopeTags: allTags ? ('all' as const) : scopeTags, scopeGroups: allGroups ? ('all' as const) : scopeGroups };
}

export function ScopeFields<Values extends FieldValues & ScopeValues>({
  control,
}: {
  readonly control: Control<Values>;
}) {
  const words = useText().administration;
  const tags = useRead('GET /api/v1/scope-tags', { query: { limit: 200 } });
  const groups = useRead('GET /api/v1/groups', { query: { limit: 200 } });
  const field = (name: keyof ScopeValues) => name as FieldPath<Values>;
  const allTags = useWatch({ control, name: field('allTags') });
  const allGroups = useWatch({ control, name: field('allGroups') });
  return (
    <>
      <SwitchField control={control} name={field('allTags')} label={words.allTags} hint={words.allTagsHint} />
      {!allTags && (
        <ChecksField
          control={control}
          name={field('scopeTags')}
          label={words.sections.scopeTags}
          choices={(tags.data?.items ?? []).map(({ id, name }) => ({ value: id, title: name }))}
        />
      )}
      <SwitchField control={control} name={field('allGroups')} label={words.allGroups} hint={words.allGroupsHint} />
      {!allGroups && (
        <ChecksField
          control={control}
          name={field('scopeGroups')}
          label={words.scopeGroups}
          choices={(groups.data?.items ?? []).map(({ id, name }) => ({ value: id, title: name }))}
        />
      )}
    </>
  );
}
