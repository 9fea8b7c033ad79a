/** What happened, said for a moment at the corner; what went wrong stays until it is closed. */
import { Button, MessageBar, MessageBarActions, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import { useEffect } from 'react';
import { Problem } from '../api/problem.ts';
import { createStore, useStore } from '../api/store.ts';
import { textNow, useText } from '../text/text.ts';

type Toast = { readonly id: number; readonly intent: 'success' | 'error' | 'info'; readonly text: string };

const toasts = createStore<readonly Toast[]>([]);
let last = 0;

/** A sentence. */
export function tell(text: string, intent: Toast['intent'] = 'success'): void {
  last += 1;
  toasts.set([...toasts.get().slice(-3), { id: last, intent, text }]);
}

export function tellProblem(error: unknown): void {
  const { errors } = textNow();
  if (error instanceof Problem) tell(error.message || errors.noAnswer, 'error');
  else tell(String(error), 'error');
}

function dismiss(id: number): void {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}

const useStyles = makeStyles({
  root: {
    position: 'fixed',
    right: tokens.spacingHorizontalL,
    bottom: tokens.spacingVerticalL,
    zIndex: 2000000,
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    maxWidth: 'min(420px, calc(100vw - 32px))',
  },
  toast: { boxShadow: tokens.shadow16 },
});

export function Toasts() {
  const styles = useStyles();
  const shown = useStore(toasts);
  return (
    <div className={styles.root} role="status" aria-live="polite">
      {shown.map((toast) => (
        <OneToast key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function OneToast({ toast: { id, intent, text } }: { readonly toast: Toast }) {
  const styles = useStyles();
  const words = useText().words;
  useEffect(() => {
    if (intent === 'error') return;
    const timer = setTimeout(() => dismiss(id), 6000);
    return () => clearTimeout(timer);
  }, [id, intent]);
  return (
    <MessageBar intent={intent} className={styles.toast} layout="multiline" politeness="polite">
      <MessageBarBody>{text}</MessageBarBody>
      <MessageBarActions
        containerAction={
          <Button
            appearance="transparent"
            aria-label={words.close}
            icon={<DismissRegular />}
            onClick={() => dismiss(id)}
          />
        }
      />
    </MessageBar>
  );
}
