import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
  Spinner,
  tokens,
} from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { useText } from '../text/text.ts';
import { ProblemBar } from './problem-bar.tsx';
import { useFocusReturn } from './use-focus-return.ts';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
});

/**
 * Before something is done that cannot be taken back: `children` say exactly what will happen to how many. Give `typeName`
 * when that is more than ten. Closes once `onConfirm` is done, and stays open with the reason when it fails.
 */
export function ConfirmDialog({
  open,
  title,
  children,
  action,
  typeName,
  ready = true,
  onConfirm,
  onClose,
}: {
  readonly open: boolean;
  readonly title: string;
  readonly children: ReactNode;
  /** What the button says: the verb. */
  readonly action: string;
  readonly typeName?: string | undefined;
  /** False: there is nothing to confirm yet. */
  readonly ready?: boolean;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}) {
  const styles = useStyles();
  const text = useText();
  useFocusReturn(open);
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const close = () => {
    setTyped('');
    setError(null);
    onClose();
  };
  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      close();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open={open} modalType="alert" onOpenChange={(_, { open: wanted }) => !wanted && !busy && close()}>
      <DialogSurface>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (ready && !busy && (typeName === undefined || typed === typeName)) void confirm();
          }}
        >
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className={styles.content}>
              {children}
              {typeName !== undefined && (
                <Field label={text.confirm.typeName(typeName)}>
                  <Input value={typed} autoComplete="off" onChange={(_, { value }) => setTyped(value)} />
                </Field>
              )}
              <ProblemBar error={error} />
            </DialogContent>
            <DialogActions>
              <Button appearance="secondary" disabled={busy} onClick={close}>
                {text.words.cancel}
              </Button>
              <Button
                appearance="primary"
                type="submit"
                disabled={!ready || busy || (typeName !== undefined && typed !== typeName)}
                icon={busy ? <Spinner size="tiny" /> : undefined}
              >
                {action}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
