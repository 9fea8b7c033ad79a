import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useForm } from 'react-hook-form';
import { useChange } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { TextField } from '../../ui/form-fields.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { Section } from '../../ui/section.tsx';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { tell } from '../../ui/toasts.tsx';

const useStyles = makeStyles({
  form: { display: 'grid', gap: tokens.spacingVerticalM, maxWidth: '400px', justifyItems: 'stretch' },
  button: { justifySelf: 'start' },
});

export function PasswordSection({ hasPassword }: { readonly hasPassword: boolean }) {
  const styles = useStyles();
  const text = useText();
  const change = useChange('PUT /api/v1/me/password');
  const form = useForm({ defaultValues: { present: '', password: '' } });
  const submit = form.handleSubmit(async ({ present, password }) => {
    await change.mutateAsync({ body: { present: hasPassword ? present : null, password } });
    form.reset();
    tell(text.account.passwordChanged);
  });
  return (
    <Section title={text.account.password}>
      {!hasPassword && <Text>{text.account.noPassword}</Text>}
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          // What went wrong stands above the fields.
          submit(event).catch(() => {});
        }}
      >
        <ProblemBar error={change.error} />
        {hasPassword && (
          <TextField
            control={form.control}
            name="present"
            label={text.account.presentPassword}
            type="password"
            autoComplete="current-password"
            required
          />
        )}
        <TextField
          control={form.control}
          name="password"
          label={text.account.newPassword}
          hint={text.account.passwordRule}
          type="password"
          autoComplete="new-password"
          required
        />
        <div className={styles.button}>
          <SubmitButton busy={change.isPending}>{text.account.changePassword}</SubmitButton>
        </div>
      </form>
    </Section>
  );
}
