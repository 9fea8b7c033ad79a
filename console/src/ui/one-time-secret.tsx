import { MessageBar, MessageBarBody, makeStyles, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useText } from '../text/text.ts';
import { Copyable } from './copyable.tsx';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  secret: {
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
  },
});

/** What is shown this once and cannot be looked up again. `what`: “API token”. */
export function OneTimeSecret({
  secret,
  what,
  children,
}: {
  readonly secret: string;
  readonly what: string;
  readonly children?: ReactNode;
}) {
  const styles = useStyles();
  const text = useText();
  return (
    <div className={styles.root}>
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>{text.words.shownOnce}</MessageBarBody>
      </MessageBar>
      <div className={styles.secret}>
        <Copyable value={secret} what={what} />
      </div>
      {children && <Text>{children}</Text>}
    </div>
  );
}
