/** How this server treats requests of the profile: none of it reaches a device. */
import { Field, Input, makeStyles, Select, Switch, Text, tokens } from '@fluentui/react-components';
import { type UseFormReturn, useController } from 'react-hook-form';
import {
  defaultRemovalRule,
  type RemovalOccasion,
  removalOccasions,
  removalReasons,
} from '../../../../../src/profiles/removal-rule.ts';
import { useRead } from '../../../api/queries.ts';
import { useMay } from '../../../api/session.ts';
import { useText } from '../../../text/text.ts';
import { useFieldMessage } from '../../../ui/field-notes.tsx';
import { type Choice, ChoiceField, SwitchField, TextField } from '../../../ui/form-fields.tsx';
import type { ProfileForm, RemovalRuleValues } from './profile-form.ts';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  // Fluent's field is a grid as wide as its widest word.
  field: { gridTemplateColumns: 'minmax(0, 1fr)' },
  rule: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    paddingLeft: tokens.spacingHorizontalM,
    borderLeft: `2px solid ${tokens.colorNeutralStroke2}`,
  },
});

export function ServerOptions({ form }: { readonly form: UseFormReturn<ProfileForm> }) {
  const styles = useStyles();
  const { profileEditor: words } = useText();
  const { control } = form;
  const choices = <Key extends string>(titles: Readonly<Record<Key, string>>): Choice[] =>
    Object.entries<string>(titles).map(([value, title]) => ({ value, title }));
  const revokes = form.watch('server.supersededCertificates.action') === 'revoke';
  return (
    <div className={styles.root}>
      <AuthorityFields form={form} />
      <TextField
        control={control}
        name="server.challengeLifetime"
        label={words.challengeLifetime}
        hint={words.challengeLifetimeHint}
      />
      <ChoiceField control={control} name="server.approval" label={words.approval} choices={choices(words.approvals)} />
      <ChoiceField
        control={control}
        name="server.directoryChanges"
        label={words.directoryChanges}
        choices={choices(words.directoryChangesChoices)}
      />
      <ChoiceField
        control={control}
        name="server.reportedFacts"
        label={words.reportedFacts}
        choices={choices(words.reportedFactsChoices)}
      />
      <SwitchField control={control} name="server.renewal.byCertificate" label={words.renewalByCertificate} />
      <SwitchField control={control} name="server.renewal.sameKey" label={words.renewalSameKey} />
      <ChoiceField
        control={control}
        name="server.renewal.window"
        label={words.renewalWindow}
        choices={choices(words.renewalWindows)}
      />
      <TextField
        control={control}
        name="server.renewal.spread"
        label={words.renewalSpread}
        hint={words.renewalSpreadHint}
      />
      <ChoiceField
        control={control}
        name="server.supersededCertificates.action"
        label={words.superseded}
        choices={choices(words.supersededActions)}
      />
      {revokes && (
        <TextField control={control} name="server.supersededCertificates.afterDays" label={words.afterDays} />
      )}
      <ChoiceField
        control={control}
        name="server.caCertificates"
        label={words.caCertificates}
        choices={choices(words.caCertificatesChoices)}
      />
      <SwitchField control={control} name="server.issuerInReply" label={words.issuerInReply} />
      <SwitchField
        control={control}
        name="server.securityIdentifierExtension"
        label={words.securityIdentifierExtension}
      />
      <SwitchField control={control} name="server.ciphers.tripleDes" label={words.tripleDes} />
      <SwitchField control={control} name="server.ciphers.singleDes" label={words.singleDes} />
      <Text weight="semibold">{words.removal}</Text>
      {removalOccasions.map((occasion) => (
        <RemovalField key={occasion} form={form} occasion={occasion} />
      ))}
    </div>
  );
}

/** Who may not see the authorities keeps what is chosen. */
function AuthorityFields({ form }: { readonly form: UseFormReturn<ProfileForm> }) {
  const { profileEditor: words } = useText();
  const may = useMay()('authority.read');
  const { control } = form;
  const authorities = useRead('GET /api/v1/authorities', {}, { enabled: may });
  const slug = form.watch('server.authority');
  const all = authorities.data?.items ?? [];
  const chosen = all.find((authority) => authority.slug === slug) ?? all[0];
  if (!may || chosen === undefined)
    return <TextField control={control} name="server.certificateTemplate" label={words.certificateTemplate} />;
  return (
    <>
      <ChoiceField
        control={control}
        name="server.authority"
        label={words.authority}
        empty={words.defaultAuthority}
        choices={all.map(({ slug: value, name: title }) => ({ value, title }))}
      />
      <ChoiceField
        control={control}
        name="server.certificateTemplate"
        label={words.certificateTemplate}
        choices={chosen.templates.map(({ name }) => ({ value: name, title: name }))}
      />
    </>
  );
}

function RemovalField({
  form,
  occasion,
}: {
  readonly form: UseFormReturn<ProfileForm>;
  readonly occasion: RemovalOccasion;
}) {
  const styles = useStyles();
  const text = useText();
  const words = text.profileEditor;
  const { field } = useController({ control: form.control, name: 'server.removal' });
  const said = useFieldMessage(`server.removal.${occasion}.afterDays`);
  const usual = defaultRemovalRule(occasion, form.getValues('platform'));
  const { [occasion]: rule, ...others } = (field.value ?? {}) as Readonly<Record<string, RemovalRuleValues>>;
  const change = (changes: Partial<RemovalRuleValues>) =>
    field.onChange({ ...others, [occasion]: { ...usual, afterDays: String(usual.afterDays), ...rule, ...changes } });
  return (
    <>
      <Field className={styles.field} label={text.removals.occasions[occasion]}>
        <Select
          value={rule === undefined ? 'usual' : 'own'}
          onChange={(_, { value }) => (value === 'own' ? change({}) : field.onChange(others))}
        >
          <option value="usual">
            {words.usualRemoval(usual.removeFromDevice, usual.revoke && text.certificates.reasons[usual.reason])}
          </option>
          <option value="own">{words.ownRemoval}</option>
        </Select>
      </Field>
      {rule !== undefined && (
        <div className={styles.rule} role="group" aria-label={text.removals.occasions[occasion]}>
          <Switch
            label={words.removeFromDevice}
            checked={rule.removeFromDevice}
            onChange={(_, { checked }) => change({ removeFromDevice: checked })}
          />
          <Switch
            label={words.revokeCertificate}
            checked={rule.revoke}
            onChange={(_, { checked }) => change({ revoke: checked })}
          />
          {rule.revoke && (
            <>
              <Field label={words.afterDays} {...said}>
                <Input
                  inputMode="numeric"
                  value={rule.afterDays}
                  onChange={(_, { value: afterDays }) => change({ afterDays })}
                />
              </Field>
              <Field className={styles.field} label={text.certificates.reason}>
                <Select value={rule.reason} onChange={(_, { value: reason }) => change({ reason })}>
                  {removalReasons.map((reason) => (
                    <option key={reason} value={reason}>
                      {text.certificates.reasons[reason]}
                    </option>
                  ))}
                </Select>
              </Field>
            </>
          )}
        </div>
      )}
    </>
  );
}
