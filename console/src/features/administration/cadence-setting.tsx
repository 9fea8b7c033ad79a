import { makeStyles, Text, tokens } from '@fluentui/react-components';
import type { Answer } from '../../api/call.ts';
import { useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { TextField } from '../../ui/form-fields.tsx';
import { Loaded } from '../../ui/page.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { Section } from '../../ui/section.tsx';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { SettingSource } from './setting-source.tsx';
import { useSettingForm } from './use-setting-form.ts';

type Cadence = Answer<'GET /api/v1/settings/cadence'>['cadence'];

const minute = 60_000;

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  button: { alignSelf: 'flex-start' },
});

/** How often agents call. Empty: as is usual on each platform; the quick start after joining stays as it was chosen. */
export function CadenceSetting() {
  const words = useText().administration;
  const setting = useRead('GET /api/v1/settings/cadence');
  return (
    <Section title={words.cadence} actions={<SettingSource name="cadence" />}>
      <Text>{words.cadenceHint}</Text>
      <Loaded query={setting}>{({ cadence }) => <CadenceForm cadence={cadence} />}</Loaded>
    </Section>
  );
}

function CadenceForm({ cadence }: { readonly cadence: Cadence }) {
  const styles = useStyles();
  const text = useText();
  const words = text.administration;
  const writes = useMay()('settings.write');
  const save = useChange('PUT /api/v1/settings/cadence');
  const initial = { steady: cadence === null ? '' : String(cadence.steady / minute) };
  const { form, submit } = useSettingForm(
    initial,
    ({ steady }) =>
      save.mutateAsync({
        body: {
          cadence:
            steady === '' ? null : { early: [...(cadence?.early ?? [])], steady: Math.round(Number(steady) * minute) },
        },
      }),
    (path) => (path.startsWith('cadence') ? 'steady' : path),
  );
  return (
    <form className={styles.form} noValidate onSubmit={submit}>
      <ProblemBar error={save.error} />
      <TextField
        control={form.control}
        name="steady"
        type="number"
        label={words.cadenceMinutes}
        hint={words.cadenceUsual}
        disabled={!writes}
      />
      {writes && (
        <div className={styles.button}>
          <SubmitButton busy={save.isPending}>{text.words.save}</SubmitButton>
        </div>
      )}
    </form>
  );
}
