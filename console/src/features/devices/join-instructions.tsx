import { Button, Field, Input, MessageBar, MessageBarBody, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Facts } from '../../ui/facts.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { ExactTime } from '../../ui/relative-time.tsx';

const useStyles = makeStyles({
  form: { display: 'grid', gap: tokens.spacingVerticalM },
  command: {
    fontFamily: tokens.fontFamilyMonospace,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    backgroundColor: tokens.colorNeutralBackground3,
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusMedium,
    margin: 0,
  },
});

/** A token with which one device joins, once, shown here and nowhere again. `device`: that one; null: a new one. */
export function JoinInstructions({ device }: { readonly device: string | null }) {
  const styles = useStyles();
  const { devices: words } = useText();
  const create = useChange('POST /api/v1/join-tokens');
  const [user, setUser] = useState('');
  const make = () => create.mutate({ body: { ...(device !== null && { device }), ...(user !== '' && { user }) } });
  const made = create.data?.answer;
  return (
    <div className={styles.form}>
      <Text>{words.joinExplain}</Text>
      {device === null && (
        <Field label={words.user} hint={words.userHint}>
          <Input value={user} autoComplete="off" onChange={(_, { value }) => setUser(value)} />
        </Field>
      )}
      <ProblemBar error={create.error} />
      <div>
        <Button appearance="primary" disabled={create.isPending} onClick={make}>
          {words.makeToken}
        </Button>
      </div>
      {made && (
        <>
          <MessageBar intent="warning">
            <MessageBarBody>{words.tokenOnce}</MessageBarBody>
          </MessageBar>
          <Facts
            facts={[
              [words.token, <Copyable key="token" value={made.joinToken} what={words.token} />],
              [words.tokenEnds, <ExactTime key="ends" at={made.expiresAt} />],
            ]}
          />
          <Text>{words.joinCommand}</Text>
          <pre
            className={styles.command}
            tabIndex={0}
          >{`scepward agent join ${location.origin}\nscepward agent run`}</pre>
        </>
      )}
    </div>
  );
}
