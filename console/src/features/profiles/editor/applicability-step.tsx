import { type UseFormReturn, useController } from 'react-hook-form';
import type { ApplicabilityRules } from '../../../../../src/profiles/applicability-rules.ts';
import { useText } from '../../../text/text.ts';
import { Section } from '../../../ui/section.tsx';
import type { ApplicabilityValues, ProfileForm } from './profile-form.ts';
import { RuleFields } from './rule-fields.tsx';

/** Windows 10 and later only: what the form holds at `settings.applicabilityRules`. */
export function ApplicabilityStep({ form }: { readonly form: UseFormReturn<ProfileForm> }) {
  const { profileEditor: words, applicability } = useText();
  const { field } = useController({ control: form.control, name: 'settings.applicabilityRules' });
  return (
    <Section title={words.steps.applicability}>
      <p>{applicability.hint}</p>
      <RuleFields
        value={field.value as ApplicabilityRules | undefined}
        onChange={(rules) => field.onChange(rules as ApplicabilityValues | undefined)}
      />
    </Section>
  );
}
