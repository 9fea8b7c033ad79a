/** Where identity providers send the browser back to. */
import { Button, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { comeBack, placeBefore } from '../api/identity-providers.ts';
import { useText } from '../text/text.ts';
import { ProblemBar } from '../ui/problem-bar.tsx';
import { SignInCard } from './sign-in.tsx';

const useStyles = makeStyles({ buttons: { display: 'flex', gap: tokens.spacingHorizontalM } });

export function ProviderReturn() {
  const styles = useStyles();
  const text = useText();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    comeBack().then(() => navigate({ to: placeBefore(), replace: true }), setError);
  }, [navigate]);
  return (
    <SignInCard>
      {error === null ? (
        <Spinner label={text.signIn.comingBack} />
      ) : (
        <>
          <ProblemBar error={error} />
          <div className={styles.buttons}>
            <Button appearance="primary" onClick={() => location.assign('/')}>
              {text.signIn.again}
            </Button>
          </div>
        </>
      )}
    </SignInCard>
  );
}
