/** Somebody else saved what is being edited: shows how both differ, and has one of them win. Nothing is overwritten unseen. */
import { Button, MessageBar, MessageBarBody, MessageBarTitle, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import type { FieldValues, UseFormReturn } from 'react-hook-form';
import { Problem } from '../api/problem.ts';
import { useText } from '../text/text.ts';

const useStyles = makeStyles({
  table: {
    width: '100%',
    borderCollapse: 'collapse',
    tableLayout: 'fixed',
    '& th, & td': {
      textAlign: 'left',
      verticalAlign: 'top',
      padding: tokens.spacingVerticalXS,
      overflowWrap: 'anywhere',
    },
  },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, paddingTop: tokens.spacingVerticalS },
});

type Theirs<Values> = { readonly values: Values; readonly etag: string };

export type Conflict = {
  /** Of an error of saving: true when it was a conflict, which is then shown. */
  notice(error: unknown): Promise<boolean>;
  /** For the next save; null: as it was read. */
  readonly etag: string | null;
  /** Draw it above the form's fields. */
  readonly bar: ReactNode;
};

/** `read`: what the server has now, as the form would show it. */
export function useConflict<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  read: () => Promise<Theirs<Values>>,
): Conflict {
  const styles = useStyles();
  const text = useText();
  const [theirs, setTheirs] = useState<Theirs<Values>>();
  const [etag, setEtag] = useState<string | null>(null);
  const settle = (take: boolean) => {
    if (theirs === undefined) return;
    if (take) form.reset(theirs.values);
    setEtag(theirs.etag);
    setTheirs(undefined);
  };
  const mine = form.getValues();
  const fields = Object.keys(theirs?.values ?? {}).filter((name) => told(theirs?.values[name]) !== told(mine[name]));
  const bar = theirs && (
    <MessageBar intent="warning" layout="multiline" role="alert">
      <MessageBarBody>
        <MessageBarTitle>{text.errors.changedTitle}</MessageBarTitle>
        {text.errors.changed}
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{text.errors.field}</th>
              <th scope="col">{text.errors.theirs}</th>
              <th scope="col">{text.errors.mine}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{told(theirs.values[name])}</td>
                <td>{told(mine[name])}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <div className={styles.buttons}>
          <Button size="small" onClick={() => settle(true)}>
            {text.errors.keepTheirs}
          </Button>
          <Button size="small" onClick={() => settle(false)}>
            {text.errors.keepMine}
          </Button>
        </div>
      </MessageBarBody>
    </MessageBar>
  );
  return {
    etag,
    bar,
    async notice(error) {
      if (!(error instanceof Problem) || error.status !== 412) return false;
      setTheirs(await read());
      return true;
    },
  };
}

function told(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
