import type { UseFormReturn } from 'react-hook-form';
import { useText } from '../../../text/text.ts';
import { TextAreaField } from '../../../ui/form-fields.tsx';
import type { ProfileForm } from './profile-form.ts';

/** The CA certificate that devices are to trust. */
export function TrustedSettings({ form }: { readonly form: UseFormReturn<ProfileForm> }) {
  const { profiles: words } = useText();
  return (
    <TextAreaField
      control={form.control}
      name="settings.certificate"
      label={words.kinds.trustedCertificate}
      rows={10}
      required
    />
  );
}
