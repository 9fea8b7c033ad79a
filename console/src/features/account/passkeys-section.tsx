import { Button, Field, Input, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { addPasskey, passkeysWork } from '../../api/passkeys.ts';
import { queryClient, useChange, useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Loaded } from '../../ui/page.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Section } from '../../ui/section.tsx';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { tell } from '../../ui/toasts.tsx';
import { useSubmit } from '../../ui/use-submit.ts';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  item: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalS} 0`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  what: { flex: '1 1 220px', minWidth: 0 },
  form: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, alignItems: 'end' },
  name: { flex: '1 1 200px', maxWidth: '320px' },
});

export function PasskeysSection() {
  const styles = useStyles();
  const text = useText();
  const words = text.account;
  const passkeys = useRead('GET /api/v1/me/passkeys');
  const remove = useChange('DELETE /api/v1/me/passkeys/{passkey}');
  const submit = useSubmit();
  const [name, setName] = useState('');
  const [removed, setRemoved] = useState<{ readonly id: string; readonly name: string }>();
  const add = () =>
    submit.run(async () => {
      if ((await addPasskey(name.trim())) === undefined) return;
      setName('');
      tell(words.passkeyAdded);
      await queryClient.invalidateQueries();
    });
  return (
    <Section title={words.passkeys}>
      <Text>{words.passkeysHint}</Text>
      <Loaded query={passkeys}>
        {({ items }) => (
          <ul className={styles.list}>
            {items.map((passkey) => (
              <li key={passkey.id} className={styles.item}>
                <div className={styles.what}>
                  <Text block weight="semibold">
                    {passkey.name}
                  </Text>
                  <Text size={200}>
                    {text.words.created} <RelativeTime at={passkey.createdAt} />
                    {' · '}
                    {words.lastUsed} <RelativeTime at={passkey.lastUsedAt} />
                  </Text>
                </div>
                <Button
                  size="small"
                  aria-label={`${text.words.delete}: ${passkey.name}`}
                  onClick={() => setRemoved(passkey)}
                >
                  {text.words.delete}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <ProblemBar error={submit.error} />
      {passkeysWork && (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <Field className={styles.name} label={words.passkeyName} hint={words.passkeyNameHint}>
            <Input value={name} onChange={(_, { value }) => setName(value)} />
          </Field>
          <SubmitButton busy={submit.busy} disabled={name.trim() === ''}>
            {words.addPasskey}
          </SubmitButton>
        </form>
      )}
      <ConfirmDialog
        open={removed !== undefined}
        title={text.administration.deleteTitle(removed?.name ?? '')}
        action={text.words.delete}
        onClose={() => setRemoved(undefined)}
        onConfirm={async () => {
          if (removed !== undefined) await remove.mutateAsync({ path: { passkey: removed.id } });
          tell(text.words.deleted);
        }}
      >
        {words.deletePasskeyExplain}
      </ConfirmDialog>
    </Section>
  );
}
