import type { UseFormReturn } from 'react-hook-form';
import { useText } from '../../../text/text.ts';
import { Section } from '../../../ui/section.tsx';
import type { ProfileForm } from './profile-form.ts';

/** Who gets it; what the form holds at `assignments`. */
export function AssignmentsStep(_: { readonly form: UseFormReturn<ProfileForm> }) {
  const { profileEditor: words, profiles } = useText();
  return <Section title={words.steps.assignments}>{profiles.notAssigned}</Section>;
}
