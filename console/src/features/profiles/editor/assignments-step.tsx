import { type UseFormReturn, useController } from 'react-hook-form';
import { useText } from '../../../text/text.ts';
import { Section } from '../../../ui/section.tsx';
import { AssignmentsEditor } from '../assignments-editor.tsx';
import type { ProfileForm } from './profile-form.ts';

/** Who gets it; what the form holds at `assignments`. */
export function AssignmentsStep({ form }: { readonly form: UseFormReturn<ProfileForm> }) {
  const { profileEditor: words } = useText();
  const { field } = useController({ control: form.control, name: 'assignments' });
  return (
    <Section title={words.steps.assignments}>
      <AssignmentsEditor
        platform={form.getValues('platform')}
        value={field.value.map(({ mode, target, filter = null }) => ({ mode, target, filter }))}
        onChange={field.onChange}
      />
    </Section>
  );
}
