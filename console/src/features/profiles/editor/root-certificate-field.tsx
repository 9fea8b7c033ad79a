import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import type { UseFormReturn } from 'react-hook-form';
import type { TrustedCandidate } from '../../../../../src/profiles/find-trusted-profile.ts';
import { useText } from '../../../text/text.ts';
import { ChoiceField } from '../../../ui/form-fields.tsx';
import { withQuery } from '../../../ui/link.tsx';
import type { ProfileForm } from './profile-form.ts';

/** A trusted certificate profile of the same platform. One that is made in another tab meanwhile turns up by itself. */
export function RootCertificateField({
  form,
  trusted,
}: {
  readonly form: UseFormReturn<ProfileForm>;
  readonly trusted: readonly TrustedCandidate[] | undefined;
}) {
  const text = useText();
  const words = text.profileEditor;
  const platform = form.getValues('platform');
  const create = withQuery('/profiles/_create', { platform, type: 'trustedCertificate' });
  return (
    <>
      <ChoiceField
        control={form.control}
        name="settings.rootCertificate"
        label={words.rootCertificate}
        hint={words.rootCertificateHint}
        required
        empty={words.chooseRoot}
        choices={(trusted ?? []).map(({ slug, name }) => ({ value: slug, title: name }))}
      />
      {trusted?.length === 0 && (
        <MessageBar layout="multiline" intent="info">
          <MessageBarBody>
            {words.noRoot(text.platforms[platform])}{' '}
            <a href={create} target="_blank" rel="noreferrer">
              {words.createRoot}
            </a>
          </MessageBarBody>
        </MessageBar>
      )}
    </>
  );
}
