import {
  Button,
  Dialog,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Text,
  tokens,
} from '@fluentui/react-components';
import { KeyMultipleRegular, PersonKeyRegular } from '@fluentui/react-icons';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { call } from '../api/call.ts';
import { leaveFor } from '../api/identity-providers.ts';
import { passkeysWork, signInWithPasskey } from '../api/passkeys.ts';
import { useRead } from '../api/queries.ts';
import { signedIn } from '../api/session.ts';
import { useText } from '../text/text.ts';
import { ProblemBar } from '../ui/problem-bar.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';
import { type Submit, useSubmit } from '../ui/use-submit.ts';

const useStyles = makeStyles({
  page: {
    minHeight: '100dvh',
    display: 'grid',
    placeItems: 'center',
    backgroundColor: tokens.colorNeutralBackground2,
    padding: tokens.spacingHorizontalM,
    boxSizing: 'border-box',
    overflow: 'auto',
  },
  card: {
    width: 'min(380px, 100%)',
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalL,
    padding: tokens.spacingHorizontalXXL,
    boxSizing: 'border-box',
    backgroundColor: tokens.colorNeutralBackground1,
    borderRadius: tokens.borderRadiusXLarge,
    boxShadow: tokens.shadow8,
  },
  head: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalM },
  logo: { width: '36px', height: '36px' },
  title: { margin: 0 },
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  hint: { color: tokens.colorNeutralForeground3 },
});

export function SignInPage() {
  const styles = useStyles();
  const text = useText();
  return (
    <SignInCard>
      <SignInForm />
      <Text size={200} className={styles.hint}>
        {text.signIn.forgotten}
      </Text>
    </SignInCard>
  );
}

/** The whole of the page for who is not signed in. */
export function SignInCard({ children }: { readonly children: ReactNode }) {
  const styles = useStyles();
  const text = useText();
  useEffect(() => {
    document.title = `${text.signIn.title} · ${text.product}`;
  }, [text]);
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.head}>
          <img src="/favicon.svg" alt="" className={styles.logo} />
          <Text as="h1" size={600} weight="semibold" className={styles.title}>
            {text.product}
          </Text>
        </div>
        {children}
      </div>
    </main>
  );
}

/** Over the page that was open when the session ended, which stays as it is. */
export function SignInDialog() {
  const text = useText();
  const styles = useStyles();
  // Where the focus was, it is again: a panel behind this dialog is hidden from assistive technology until then.
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      setTimeout(() => before instanceof HTMLElement && before.isConnected && before.focus());
    },
    [before],
  );
  return (
    <Dialog open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{text.shell.expiredTitle}</DialogTitle>
          <DialogContent className={styles.form}>
            <Text>{text.shell.expired}</Text>
            <SignInForm />
          </DialogContent>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function SignInForm() {
  const [byCode, setByCode] = useState(false);
  return byCode ? <CodeForm onBack={() => setByCode(false)} /> : <PasswordForm onCode={() => setByCode(true)} />;
}

function PasswordForm({ onCode }: { readonly onCode: () => void }) {
  const styles = useStyles();
  const text = useText();
  const submit = useSubmit();
  const [signInName, setName] = useState('');
  const [password, setPassword] = useState('');
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    const done = await submit.run(async () =>
      signedIn(await call('POST /api/v1/session', { body: { signInName: signInName.trim(), password } })),
    );
    if (!done) setPassword('');
  };
  return (
    <form className={styles.form} onSubmit={onSubmit}>
      <InsecureHint />
      <ProblemBar error={submit.error} />
      <Field label={text.signIn.name} required>
        <Input
          autoFocus
          name="username"
          autoComplete="username webauthn"
          autoCapitalize="none"
          spellCheck={false}
          value={signInName}
          onChange={(_, { value }) => setName(value)}
        />
      </Field>
      <Field label={text.signIn.password} required>
        <Input
          type="password"
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(_, { value }) => setPassword(value)}
        />
      </Field>
      <SubmitButton busy={submit.busy} disabled={signInName.trim() === '' || password === ''}>
        {text.signIn.action}
      </SubmitButton>
      {passkeysWork && (
        <Button icon={<KeyMultipleRegular />} disabled={submit.busy} onClick={() => void submit.run(signInWithPasskey)}>
          {text.signIn.passkey}
        </Button>
      )}
      <ProviderButtons busy={submit.busy} run={submit.run} />
      <Button appearance="transparent" onClick={onCode}>
        {text.signIn.withCode}
      </Button>
    </form>
  );
}

/** One for each identity provider: the browser leaves for its pages. */
function ProviderButtons({ busy, run }: Pick<Submit, 'busy' | 'run'>) {
  const text = useText();
  const providers = useRead('GET /api/v1/session/identity-providers');
  return (providers.data?.items ?? []).map((provider) => (
    <Button
      key={provider.id}
      icon={<PersonKeyRegular />}
      disabled={busy}
      onClick={() => void run(() => leaveFor(provider))}
    >
      {text.signIn.with(provider.name)}
    </Button>
  ));
}

/** For a new administrator, and after `admin reset`: the code signs in once, and the password is chosen with it. */
function CodeForm({ onBack }: { readonly onBack: () => void }) {
  const styles = useStyles();
  const text = useText();
  const submit = useSubmit();
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    await submit.run(async () =>
      signedIn(await call('POST /api/v1/session/code', { body: { code: code.trim(), password } })),
    );
  };
  return (
    <form className={styles.form} onSubmit={onSubmit}>
      <InsecureHint />
      <ProblemBar error={submit.error} />
      <Field label={text.signIn.code} hint={text.signIn.codeHint} required>
        <Input autoFocus autoComplete="one-time-code" value={code} onChange={(_, { value }) => setCode(value)} />
      </Field>
      <Field label={text.account.newPassword} hint={text.account.passwordRule} required>
        <Input
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={(_, { value }) => setPassword(value)}
        />
      </Field>
      <SubmitButton busy={submit.busy} disabled={code.trim() === '' || password === ''}>
        {text.signIn.action}
      </SubmitButton>
      <Button appearance="transparent" onClick={onBack}>
        {text.words.back}
      </Button>
    </form>
  );
}

function InsecureHint() {
  const text = useText();
  if (window.isSecureContext) return null;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>{text.signIn.insecure}</MessageBarBody>
    </MessageBar>
  );
}
