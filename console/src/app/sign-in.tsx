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
  Spinner,
  Text,
  tokens,
} from '@fluentui/react-components';
import { type FormEvent, useEffect, useState } from 'react';
import { signIn } from '../api/session.ts';
import { useText } from '../text/text.ts';
import { ProblemBar } from '../ui/problem-bar.tsx';

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
        <SignInForm />
        <Text size={200} className={styles.hint}>
          {text.signIn.forgotten}
        </Text>
      </div>
    </main>
  );
}

/** Over the page that was open when the session ended, which stays as it is. */
export function SignInDialog() {
  const text = useText();
  const styles = useStyles();
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
  const styles = useStyles();
  const text = useText();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await signIn(name.trim(), password);
    } catch (reason) {
      setError(reason);
      setPassword('');
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {!window.isSecureContext && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{text.signIn.insecure}</MessageBarBody>
        </MessageBar>
      )}
      <ProblemBar error={error} />
      <Field label={text.signIn.name} required>
        <Input
          autoFocus
          name="username"
          autoComplete="username webauthn"
          autoCapitalize="none"
          spellCheck={false}
          value={name}
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
      <Button
        type="submit"
        appearance="primary"
        disabled={busy || name.trim() === '' || password === ''}
        icon={busy ? <Spinner size="tiny" /> : undefined}
      >
        {text.signIn.action}
      </Button>
    </form>
  );
}
