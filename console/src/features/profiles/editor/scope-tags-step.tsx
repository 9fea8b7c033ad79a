import type { UseFormReturn } from 'react-hook-form';
import { useRead } from '../../../api/queries.ts';
import { useText } from '../../../text/text.ts';
import { ChecksField } from '../../../ui/form-fields.tsx';
import { Loaded } from '../../../ui/page.tsx';
import { Section } from '../../../ui/section.tsx';
import type { ProfileForm } from './profile-form.ts';

/** Documents name scope tags. */
export function ScopeTagsStep({ form }: { readonly form: UseFormReturn<ProfileForm> }) {
  const { profileEditor: words } = useText();
  const tags = useRead('GET /api/v1/scope-tags', { query: { limit: 200 } });
  return (
    <Section title={words.steps.scopeTags}>
      <Loaded query={tags}>
        {({ items }) => (
          <ChecksField
            control={form.control}
            name="scopeTags"
            label={words.scopeTags}
            hint={words.scopeTagsHint}
            choices={items.map(({ name }) => ({ value: name, title: name }))}
          />
        )}
      </Loaded>
    </Section>
  );
}
