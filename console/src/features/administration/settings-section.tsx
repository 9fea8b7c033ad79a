import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ChoiceField, TextField } from '../../ui/form-fields.tsx';
import { Loaded } from '../../ui/page.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { Section } from '../../ui/section.tsx';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { CadenceSetting } from './cadence-setting.tsx';
import { EnvironmentSettings } from './environment-settings.tsx';
import { MassRemovalSetting } from './mass-removal-setting.tsx';
import { SettingSource } from './setting-source.tsx';
import { useSettingForm } from './use-setting-form.ts';

const minute = 60_000;
const hour = 60 * minute;

const useStyles = makeStyles({
  page: { overflow: 'auto', minHeight: 0 },
  root: {
    columnWidth: '360px',
    columnGap: tokens.spacingHorizontalL,
    '& > *': { breakInside: 'avoid', marginBottom: tokens.spacingVerticalL },
  },
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  button: { alignSelf: 'flex-start' },
});

export function SettingsSection() {
  const styles = useStyles();
  const words = useText().administration;
  return (
    <div className={styles.page} role="group" tabIndex={0} aria-label={words.sections.settings}>
      <div className={styles.root}>
        <Sessions />
        <Retention />
        <MassRemovalSetting />
        <CadenceSetting />
        <CoManagement />
        <SecondApproval />
      </div>
      <EnvironmentSettings />
    </div>
  );
}

function Sessions() {
  const words = useText().administration;
  const setting = useRead('GET /api/v1/settings/sessions');
  return (
    <Section title={words.sessionLifetime} actions={<SettingSource name="sessions" />}>
      <Loaded query={setting}>{({ idle, absolute }) => <SessionsForm idle={idle} absolute={absolute} />}</Loaded>
    </Section>
  );
}

function SessionsForm({ idle, absolute }: { readonly idle: number; readonly absolute: number }) {
  const styles = useStyles();
  const text = useText();
  const words = text.administration;
  const writes = useMay()('settings.write');
  const save = useChange('PUT /api/v1/settings/sessions');
  const { form, submit } = useSettingForm({ idle: idle / minute, absolute: absolute / hour }, (values) =>
    save.mutateAsync({ body: { idle: Number(values.idle) * minute, absolute: Number(values.absolute) * hour } }),
  );
  return (
    <form className={styles.form} noValidate onSubmit={submit}>
      <ProblemBar error={save.error} />
      <TextField
        control={form.control}
        name="idle"
        type="number"
        label={words.idleMinutes}
        disabled={!writes}
        required
      />
      <TextField
        control={form.control}
        name="absolute"
        type="number"
        label={words.absoluteHours}
        disabled={!writes}
        required
      />
      {writes && (
        <div className={styles.button}>
          <SubmitButton busy={save.isPending}>{text.words.save}</SubmitButton>
        </div>
      )}
    </form>
  );
}

const kept = ['events', 'scepTransactions', 'challenges', 'certificates'] as const;
type Kept = Record<(typeof kept)[number], number>;

function Retention() {
  const words = useText().administration;
  const setting = useRead('GET /api/v1/settings/retention');
  return (
    <Section title={words.retention} actions={<SettingSource name="retention" />}>
      <Text>{words.retentionHint}</Text>
      <Loaded query={setting}>{(days) => <RetentionForm days={days} />}</Loaded>
    </Section>
  );
}

function RetentionForm({ days }: { readonly days: Kept }) {
  const styles = useStyles();
  const text = useText();
  const words = text.administration;
  const writes = useMay()('settings.write');
  const save = useChange('PATCH /api/v1/settings/retention');
  const initial = Object.fromEntries(kept.map((name) => [name, days[name]])) as Kept;
  const { form, submit } = useSettingForm(initial, (values) =>
    save.mutateAsync({ body: Object.fromEntries(kept.map((name) => [name, Number(values[name])])) }),
  );
  return (
    <form className={styles.form} noValidate onSubmit={submit}>
      <ProblemBar error={save.error} />
      {kept.map((name) => (
        <TextField
          key={name}
          control={form.control}
          name={name}
          type="number"
          label={words.keptDays[name]}
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

function CoManagement() {
  const words = useText().administration;
  const setting = useRead('GET /api/v1/settings/co-management');
  return (
    <Section title={words.coManagement} actions={<SettingSource name="co-management" />}>
      <Text>{words.coManagementHint}</Text>
      <Loaded query={setting}>{({ pilotGroup }) => <CoManagementForm pilotGroup={pilotGroup?.id ?? ''} />}</Loaded>
    </Section>
  );
}

function CoManagementForm({ pilotGroup }: { readonly pilotGroup: string }) {
  const styles = useStyles();
  const text = useText();
  const words = text.administration;
  const writes = useMay()('settings.write');
  const groups = useRead('GET /api/v1/groups', { query: { limit: 200 } });
  const save = useChange('PUT /api/v1/settings/co-management');
  const { form, submit } = useSettingForm({ pilotGroup }, (values) =>
    save.mutateAsync({ body: { pilotGroup: values.pilotGroup === '' ? null : values.pilotGroup } }),
  );
  return (
    <form className={styles.form} noValidate onSubmit={submit}>
      <ProblemBar error={save.error} />
      <ChoiceField
        control={form.control}
        name="pilotGroup"
        label={words.pilotGroup}
        empty={text.words.none}
        disabled={!writes}
        choices={(groups.data?.items ?? [])
          .filter(({ kind }) => kind === 'device')
          .map(({ id, name }) => ({ value: id, title: name }))}
      />
      {writes && (
        <div className={styles.button}>
          <SubmitButton busy={save.isPending}>{text.words.save}</SubmitButton>
        </div>
      )}
    </form>
  );
}

function SecondApproval() {
  const words = useText().waitingChanges;
  const setting = useRead('GET /api/v1/settings/second-approval');
  return (
    <Section title={words.setting} actions={<SettingSource name="second-approval" />}>
      <Loaded query={setting}>
        {({ deployments, hours }) => <SecondApprovalForm deployments={deployments} hours={hours} />}
      </Loaded>
    </Section>
  );
}

function SecondApprovalForm({ deployments, hours }: { readonly deployments: number | null; readonly hours: number }) {
  const styles = useStyles();
  const text = useText();
  const words = text.waitingChanges;
  const writes = useMay()('settings.write');
  const save = useChange('PUT /api/v1/settings/second-approval');
  const { form, submit } = useSettingForm({ deployments: deployments ?? '', hours }, (values) =>
    save.mutateAsync({
      body: {
        deployments: String(values.deployments).trim() === '' ? null : Number(values.deployments),
        hours: Number(values.hours),
      },
    }),
  );
  return (
    <form className={styles.form} noValidate onSubmit={submit}>
      <ProblemBar error={save.error} />
      <Text size={200}>{words.settingHint}</Text>
      <TextField control={form.control} name="deployments" type="number" label={words.threshold} disabled={!writes} />
      <TextField control={form.control} name="hours" type="number" label={words.hours} disabled={!writes} required />
      {writes && (
        <div className={styles.button}>
          <SubmitButton busy={save.isPending}>{text.words.save}</SubmitButton>
        </div>
      )}
    </form>
  );
}
