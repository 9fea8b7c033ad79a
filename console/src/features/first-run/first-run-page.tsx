/**
 * The first run, in three steps: who may do it (the set-up code), the certification authority, the first administrator. What
 * is typed is sent at the end, at once, so that going back loses nothing.
 */
import { Button, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { CheckmarkCircleFilled } from '@fluentui/react-icons';
import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import { call } from '../../api/call.ts';
import { type SetUpState, signedIn } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { applyFaults } from '../../ui/form-faults.ts';
import { RadioField, SwitchField, TextField } from '../../ui/form-fields.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { tell } from '../../ui/toasts.tsx';
import { useSubmit } from '../../ui/use-submit.ts';

const steps = ['code', 'authority', 'administrator'] as const;
type Step = (typeof steps)[number];

type Values = {
  code: string;
  organisation: string;
  pkiUrl: string;
  issuerKey: 'rsa-2048' | 'p-256';
  sample: boolean;
  name: string;
  signInName: string;
  password: string;
};

const stepOfField: Readonly<Partial<Record<keyof Values, Step>>> = {
  code: 'code',
  organisation: 'authority',
  pkiUrl: 'authority',
};

const useStyles = makeStyles({
  page: { height: '100dvh', overflow: 'auto', backgroundColor: tokens.colorNeutralBackground2 },
  card: {
    width: 'min(560px, calc(100% - 24px))',
    margin: '6vh auto',
    padding: tokens.spacingHorizontalXXL,
    boxSizing: 'border-box',
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalL,
    backgroundColor: tokens.colorNeutralBackground1,
    borderRadius: tokens.borderRadiusXLarge,
    boxShadow: tokens.shadow8,
  },
  title: { margin: 0 },
  steps: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalL,
    listStyleType: 'none',
    margin: 0,
    padding: 0,
    color: tokens.colorNeutralForeground3,
  },
  step: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  here: { color: tokens.colorNeutralForeground1, fontWeight: tokens.fontWeightSemibold },
  done: { color: tokens.colorPaletteGreenForeground1 },
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  buttons: { display: 'flex', justifyContent: 'space-between', marginTop: tokens.spacingVerticalM },
});

export function FirstRunPage({ state }: { readonly state: SetUpState }) {
  const styles = useStyles();
  const text = useText();
  const words = text.firstRun;
  const [step, setStep] = useState<Step>('code');
  const submit = useSubmit();
  const form = useForm<Values>({
    defaultValues: {
      code: '',
      organisation: '',
      pkiUrl: `http://${location.host}`,
      issuerKey: 'rsa-2048',
      sample: false,
      name: '',
      signInName: '',
      password: '',
    },
  });
  useEffect(() => {
    document.title = `${words.title} · ${text.product}`;
  }, [words, text]);
  const at = steps.indexOf(step);

  const finish = async (values: Values) => {
    let me: Awaited<ReturnType<typeof setUp>> | undefined;
    const done = await submit.run(async () => {
      me = await setUp(values);
    });
    if (!done || me === undefined) return;
    if (!state.authority) {
      const made = await tried(() => makeAuthority(values), words.authorityFailed);
      if (made && values.sample) await tried(() => call('POST /api/v1/sample-organisation'), words.sampleFailed);
    }
    await signedIn(me);
  };
  const setUp = async ({ code, name, signInName, password }: Values) => {
    try {
      return await call('POST /api/v1/setup', { body: { code: code.trim(), name, signInName, password } });
    } catch (error) {
      applyFaults(form, error);
      const wrong = (Object.keys(stepOfField) as (keyof Values)[]).find((field) => form.getFieldState(field).error);
      if (wrong !== undefined) setStep(stepOfField[wrong] ?? 'administrator');
      throw error;
    }
  };
  const next = form.handleSubmit((values) => {
    const following = steps[at + 1];
    if (following === undefined) return finish(values);
    setStep(following);
  });

  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <Text as="h1" size={700} weight="semibold" className={styles.title}>
          {words.title}
        </Text>
        <Text>{words.welcome}</Text>
        <ol className={styles.steps}>
          {steps.map((name, index) => (
            <li
              key={name}
              className={mergeClasses(styles.step, name === step && styles.here)}
              aria-current={name === step ? 'step' : undefined}
            >
              {index < at ? <CheckmarkCircleFilled className={styles.done} aria-hidden /> : <span>{index + 1}.</span>}
              {words.steps[name]}
            </li>
          ))}
        </ol>
        <form
          className={styles.form}
          noValidate
          onSubmit={(event) => {
            // What went wrong is shown by `submit`.
            next(event).catch(() => {});
          }}
        >
          <ProblemBar error={submit.error} />
          {step === 'code' && (
            <TextField control={form.control} name="code" label={words.code} hint={words.codeHint} required autoFocus />
          )}
          {step === 'authority' && state.authority && <Text>{words.authorityThere}</Text>}
          {step === 'authority' && !state.authority && (
            <>
              <Text>{words.authorityNew}</Text>
              <TextField
                control={form.control}
                name="organisation"
                label={words.organisation}
                hint={words.organisationHint}
                required
                autoFocus
              />
              <TextField control={form.control} name="pkiUrl" label={words.address} hint={words.addressHint} required />
              <RadioField
                control={form.control}
                name="issuerKey"
                label={words.issuerKey}
                choices={(['rsa-2048', 'p-256'] as const).map((value) => ({ value, title: words.keys[value] }))}
              />
              <SwitchField control={form.control} name="sample" label={words.sample} hint={words.sampleHint} />
            </>
          )}
          {step === 'administrator' && (
            <>
              <TextField control={form.control} name="name" label={words.name} autoComplete="name" required autoFocus />
              <TextField
                control={form.control}
                name="signInName"
                label={words.signInName}
                hint={words.signInNameHint}
                autoComplete="username"
                required
              />
              <TextField
                control={form.control}
                name="password"
                label={text.signIn.password}
                hint={text.account.passwordRule}
                type="password"
                autoComplete="new-password"
                required
              />
            </>
          )}
          <div className={styles.buttons}>
            <Button disabled={at === 0 || submit.busy} onClick={() => setStep(steps[at - 1] ?? 'code')}>
              {text.words.back}
            </Button>
            <SubmitButton busy={submit.busy}>{at === steps.length - 1 ? words.finish : text.words.next}</SubmitButton>
          </div>
        </form>
      </div>
    </main>
  );
}

function makeAuthority({ organisation, pkiUrl, issuerKey, sample }: Values): Promise<unknown> {
  const trial = sample ? ({ trial: true } as const) : {};
  return call('POST /api/v1/authorities', { body: { name: organisation, pkiUrl, issuerKey, ...trial } });
}

/** The administrator is there and signed in by then: what does not work is said, and can be done from the overview. */
async function tried(work: () => Promise<unknown>, failed: string): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    tell(`${failed} ${error instanceof Error ? error.message : String(error)}`, 'error');
    return false;
  }
}
