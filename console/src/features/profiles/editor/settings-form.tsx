/**
 * The configuration settings of a profile, in the seed's order: those that its platform has, the others are absent. What is wrong
 * comes from the `FieldNotesProvider` around it. For the wizard and for editing alike.
 */
import { makeStyles, Text, tokens } from '@fluentui/react-components';
import type { UseFormReturn } from 'react-hook-form';
import type { TrustedCandidate } from '../../../../../src/profiles/find-trusted-profile.ts';
import { useText } from '../../../text/text.ts';
import { ChecksField, type Choice, ChoiceField, RadioField, TextField } from '../../../ui/form-fields.tsx';
import { Section } from '../../../ui/section.tsx';
import { TextListField } from '../../../ui/text-list-field.tsx';
import { AlternativeNamesField } from './alternative-names-field.tsx';
import { ExtendedKeyUsagesField } from './extended-key-usages-field.tsx';
import { newProfile, type ProfileForm } from './profile-form.ts';
import { ProfilePreview } from './profile-preview.tsx';
import { RootCertificateField } from './root-certificate-field.tsx';
import { ServerOptions } from './server-options.tsx';
import { CertificateTypeField, SubjectField } from './subject-fields.tsx';
import { TrustedSettings } from './trusted-settings.tsx';
import type { ProfileReview } from './use-profile-review.ts';
import { ValidityField } from './validity-field.tsx';

const useStyles = makeStyles({
  columns: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 380px)',
    gap: tokens.spacingHorizontalL,
    alignItems: 'start',
    '@media (max-width: 960px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  preview: { position: 'sticky', top: 0, minWidth: 0, '@media (max-width: 960px)': { position: 'static' } },
  summary: { cursor: 'pointer', fontWeight: tokens.fontWeightSemibold },
  more: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM, paddingTop: tokens.spacingVerticalM },
});

export type SettingsFormProps = {
  readonly form: UseFormReturn<ProfileForm>;
  readonly review: ProfileReview;
  /** Those of the platform; undefined: not known yet. */
  readonly trusted: readonly TrustedCandidate[] | undefined;
};

export function SettingsForm(props: SettingsFormProps) {
  const styles = useStyles();
  const { profileEditor: words } = useText();
  if (props.form.getValues('kind') === 'trustedCertificate')
    return (
      <Section title={words.steps.settings}>
        <TrustedSettings form={props.form} />
      </Section>
    );
  return (
    <div className={styles.columns}>
      <Section title={words.steps.settings}>
        <ScepFields {...props} />
      </Section>
      <div className={styles.preview}>
        <ProfilePreview review={props.review} trusted={props.trusted} platform={props.form.getValues('platform')} />
      </div>
    </div>
  );
}

const keySizes = ['1024', '2048', '3072', '4096'];

function ScepFields({ form, review, trusted }: SettingsFormProps) {
  const styles = useStyles();
  const { profileEditor: words } = useText();
  const { control } = form;
  const platform = form.getValues('platform');
  const has = newProfile('scep', platform).settings;
  const settings = review.draft?.kind === 'scep' ? review.draft.settings : null;
  const choices = <Key extends string>(titles: Readonly<Record<Key, string>>, keys = Object.keys(titles)): Choice[] =>
    keys.map((value) => ({ value, title: titles[value as Key] }));
  const apps = form.watch('settings.certificateAccess.mode') === 'specificApps';
  return (
    <>
      {has.deploymentChannel !== undefined && (
        <RadioField
          control={control}
          name="settings.deploymentChannel"
          label={words.deploymentChannel}
          choices={choices(words.deploymentChannels)}
        />
      )}
      <CertificateTypeField form={form} />
      <SubjectField form={form} settings={settings} />
      <AlternativeNamesField form={form} settings={settings} />
      <ValidityField form={form} />
      {has.keyStorageProvider !== undefined && (
        <ChoiceField
          control={control}
          name="settings.keyStorageProvider"
          label={words.keyStorageProvider}
          choices={choices(words.keyStorageProviders).filter(
            ({ value }) => value !== 'passportOtherwiseFail' || platform === 'windows10',
          )}
        />
      )}
      {has.keyStorage !== undefined && (
        <ChoiceField
          control={control}
          name="settings.keyStorage"
          label={words.keyStorage}
          choices={choices(words.keyStorages)}
        />
      )}
      <ChecksField
        control={control}
        name="settings.keyUsage"
        label={words.keyUsage}
        choices={choices(words.keyUsages)}
      />
      <ChoiceField
        control={control}
        name="settings.keySize"
        label={words.keySize}
        choices={keySizes.map((value) => ({ value, title: value }))}
      />
      {has.hashAlgorithm !== undefined && (
        <ChecksField
          control={control}
          name="settings.hashAlgorithm"
          label={words.hashAlgorithm}
          choices={choices(words.hashAlgorithms)}
        />
      )}
      <RootCertificateField form={form} trusted={trusted} />
      <ExtendedKeyUsagesField form={form} />
      <Text as="h3" size={400} weight="semibold">
        {words.enrollment}
      </Text>
      <TextField
        control={control}
        name="settings.renewalThreshold"
        label={words.renewalThreshold}
        hint={words.renewalThresholdHint}
      />
      <TextListField
        control={control}
        name="settings.scepServerUrls"
        label={words.scepServerUrls}
        hint={words.scepServerUrlsHint}
        add={words.addUrl}
        itemLabel={words.urlRow}
        placeholder={words.urlExample}
      />
      {has.certificateAccess !== undefined && (
        <RadioField
          control={control}
          name="settings.certificateAccess.mode"
          label={words.certificateAccess}
          choices={choices(words.certificateAccesses)}
        />
      )}
      {apps && (
        <TextListField
          control={control}
          name="settings.certificateAccess.apps"
          label={words.apps}
          hint={words.appsHint}
          add={words.addApp}
          itemLabel={words.appRow}
          placeholder={words.appExample}
        />
      )}
      <details>
        <summary className={styles.summary}>{words.serverOptions}</summary>
        <div className={styles.more}>
          <Text>{words.serverOptionsHint}</Text>
          <ServerOptions form={form} />
        </div>
      </details>
    </>
  );
}
