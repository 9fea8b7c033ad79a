import { makeStyles, Text, tokens } from '@fluentui/react-components';
import type { Answer } from '../../api/call.ts';
import { useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { SwitchField, TextField } from '../../ui/form-fields.tsx';
import { Loaded } from '../../ui/page.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { Section } from '../../ui/section.tsx';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { SettingSource } from './setting-source.tsx';
import { useSettingForm } from './use-setting-form.ts';

type Setting = Answer<'GET /api/v1/settings/mass-removal'>;

const numbers = ['devices', 'percent', 'fewest', 'windowMinutes', 'slowDevices', 'slowWindowHours'] as const;

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  button: { alignSelf: 'flex-start' },
});

/** From when on what many devices would lose waits for a confirmation. */
export function MassRemovalSetting() {
  const words = useText().administration;
  const setting = useRead('GET /api/v1/settings/mass-removal');
  return (
    <Section title={words.massRemoval} actions={<SettingSource name="mass-removal" />}>
      <Text>{words.massRemovalHint}</Text>
      <Loaded query={setting}>{(found) => <MassRemovalForm setting={found} />}</Loaded>
    </Section>
  );
}

function MassRemovalForm({ setting }: { readonly setting: Setting }) {
  const styles = useStyles();
  const text = useText();
  const words = text.administration;
  const writes = useMay()('settings.write');
  const save = useChange('PUT /api/v1/settings/mass-removal');
  const { form, submit } = useSettingForm(setting, (values) => {
    const body = { ...values };
    for (const name of numbers) body[name] = Number(values[name]);
    return save.mutateAsync({ body });
  });
  return (
    <form className={styles.form} noValidate onSubmit={submit}>
      <ProblemBar error={save.error} />
      <SwitchField control={form.control} name="hold" label={words.massRemovals.hold} disabled={!writes} />
      {numbers.map((name) => (
        <TextField
          key={name}
          control={form.control}
          name={name}
          type="number"
          label={words.massRemovals[name]}
          disabled={!writes}
          required
        />
      ))}
      {writes && (
        <div className={styles.button}>
          <SubmitButton busy={save.isPending}>{text.words.save}</SubmitButton>
        </div>
      )}
    </form>
  );
}
