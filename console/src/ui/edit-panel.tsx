import { makeStyles, tokens } from '@fluentui/react-components';
import { type ReactNode, useId } from 'react';
import { useText } from '../text/text.ts';
import { ProblemBar } from './problem-bar.tsx';
import { SidePanel } from './side-panel.tsx';
import { SubmitButton } from './submit-button.tsx';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
});

/** A short form at the side. Keeps what was typed when the server refuses; `action`: the verb of its button. */
export function EditPanel({
  open,
  title,
  action,
  busy,
  error,
  onSubmit,
  onClose,
  children,
  more,
}: {
  readonly open: boolean;
  readonly title: string;
  readonly action?: string;
  readonly busy: boolean;
  readonly error: unknown;
  /** May reject: that is shown by `error`. */
  readonly onSubmit: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Other buttons. */
  readonly more?: ReactNode;
}) {
  const styles = useStyles();
  const text = useText();
  const form = useId();
  return (
    <SidePanel
      open={open}
      title={title}
      onClose={onClose}
      footer={
        <>
          <SubmitButton busy={busy} form={form}>
            {action ?? text.words.save}
          </SubmitButton>
          {more}
        </>
      }
    >
      <form
        id={form}
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) onSubmit().catch(() => {});
        }}
      >
        <ProblemBar error={error} />
        {children}
      </form>
    </SidePanel>
  );
}
