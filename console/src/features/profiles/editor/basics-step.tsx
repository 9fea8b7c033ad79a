import type { UseFormReturn } from 'react-hook-form';
import { useText } from '../../../text/text.ts';
import { TextAreaField, TextField } from '../../../ui/form-fields.tsx';
import { Section } from '../../../ui/section.tsx';
import type { ProfileForm } from './profile-form.ts';

export function BasicsStep({ form }: { readonly form: UseFormReturn<ProfileForm> }) {
  const { profileEditor: words } = useText();
  const { control } = form;
  return (
    <Section title={words.steps.basics}>
      <TextField control={control} name="name" label={words.name} hint={words.nameHint} required />
      <TextAreaField control={control} name="description" label={words.description} hint={words.descriptionHint} />
    </Section>
  );
}
