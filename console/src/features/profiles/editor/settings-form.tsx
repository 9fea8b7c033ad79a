import type { UseFormReturn } from 'react-hook-form';
import type { TrustedCandidate } from '../../../../../src/profiles/find-trusted-profile.ts';
import { useText } from '../../../text/text.ts';
import { Section } from '../../../ui/section.tsx';
import type { ProfileForm } from './profile-form.ts';
import { TrustedSettings } from './trusted-settings.tsx';
import type { ProfileReview } from './use-profile-review.ts';

/** The configuration settings of a profile, those that its platform has; what is wrong stands in `FieldNotesProvider`. */
export function SettingsForm({
  form,
}: {
  readonly form: UseFormReturn<ProfileForm>;
  readonly review: ProfileReview;
  /** Those of the platform; undefined: not known yet. */
  readonly trusted: readonly TrustedCandidate[] | undefined;
}) {
  const { profileEditor: words } = useText();
  const kind = form.getValues('kind');
  return (
    <Section title={words.steps.settings}>{kind === 'trustedCertificate' && <TrustedSettings form={form} />}</Section>
  );
}
