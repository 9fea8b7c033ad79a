import type { UseFormReturn } from 'react-hook-form';
import { useText } from '../../../text/text.ts';
import { Section } from '../../../ui/section.tsx';
import type { ProfileForm } from './profile-form.ts';

/** Windows 10 and later only: what the form holds at `settings.applicabilityRules`. */
export function ApplicabilityStep(_: { readonly form: UseFormReturn<ProfileForm> }) {
  const { profileEditor: words, words: common } = useText();
  return <Section title={words.steps.applicability}>{common.none}</Section>;
}
