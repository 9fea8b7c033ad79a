import {
  Field,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Input as NumberInput,
  Spinner,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { type Answer, call, type Input } from '../../api/call.ts';
import { useChange } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { tell } from '../../ui/toasts.tsx';
import { type OfferedReason, RevocationReason } from './revocation-reason.tsx';

type Body = NonNullable<Input<'POST /api/v1/certificates/revoke'>['body']>;
type Impact = Answer<'POST /api/v1/certificates/revoke'>;

/** Which: those that were chosen, what the filters find, or all. */
export type Selection = Pick<Body, 'certificates' | 'filter' | 'all'>;

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: tokens.spacingHorizontalXL, overflowWrap: 'anywhere' },
  rate: { maxWidth: '160px' },
});

const mostNamed = 8;

/** Says whom it hits before anything is done, then starts the job and goes to where it is watched. */
export function RevokeManyDialog({
  selection,
  onClose,
}: {
  readonly selection: Selection | null;
  readonly onClose: () => void;
}) {
  const styles = useStyles();
  const text = useText();
  const words = text.certificates;
  const may = useMay();
  const navigate = useNavigate();
  const start = useChange('POST /api/v1/certificates/revoke');
  const [reason, setReason] = useState<OfferedReason>('unspecified');
  const [rate, setRate] = useState('');
  const { impact, error } = useImpact(selection);
  const total = impact?.total ?? 0;
  const rest = (impact?.profiles?.length ?? 0) - mostNamed;

  const confirm = async () => {
    if (selection === null || total === 0) return;
    const { answer } = await start.mutateAsync({
      body: { ...selection, reason, dryRun: false, ...(rate !== '' && { rate: Number(rate) }) },
    });
    if (answer.job === null) tell(words.nothingToRevoke, 'info');
    else {
      tell(words.revocationRuns(answer.total));
      const open = answer.job.id;
      // Once the dialog is closed: it would take the focus away from the panel that opens there.
      if (may('jobs.read')) setTimeout(() => void navigate({ to: '/jobs', search: { open } as never }));
    }
  };
  return (
    <ConfirmDialog
      open={selection !== null}
      title={impact === null ? words.revoke : words.revokeTitle(total)}
      action={words.revoke}
      // Until it is known whom it hits there is nothing to confirm.
      ready={total > 0}
      typeName={total > 10 ? String(total) : undefined}
      onConfirm={confirm}
      onClose={onClose}
    >
      <ProblemBar error={error} />
      {impact === null && error === null && <Spinner size="tiny" label={words.lookingWhom} />}
      {impact !== null && (
        <>
          <Text>
            {total === 0 ? words.nothingToRevoke : words.revokeImpact(total, impact.devices ?? null, impact.current)}
          </Text>
          {impact.profiles !== null && total > 0 && (
            <ul className={styles.list}>
              {impact.profiles.slice(0, mostNamed).map(({ profile, name, count }) => (
                <li key={profile}>{words.ofProfile(name ?? profile ?? words.deleted, count)}</li>
              ))}
              {rest > 0 && <li>{words.andMore(rest)}</li>}
            </ul>
          )}
        </>
      )}
      <RevocationReason reason={reason} onChange={setReason} />
      <Field label={words.rate} hint={words.rateHint}>
        <NumberInput
          className={styles.rate}
          type="number"
          min={1}
          value={rate}
          onChange={(_, { value }) => setRate(value)}
        />
      </Field>
      <MessageBar intent="warning">
        <MessageBarBody>{text.confirm.cannotUndo}</MessageBarBody>
      </MessageBar>
    </ConfirmDialog>
  );
}

function useImpact(selection: Selection | null): { readonly impact: Impact | null; readonly error: unknown } {
  const [found, setFound] = useState<{ impact: Impact | null; error: unknown }>({ impact: null, error: null });
  useEffect(() => {
    setFound({ impact: null, error: null });
    if (selection === null) return;
    const gone = new AbortController();
    call('POST /api/v1/certificates/revoke', { body: { ...selection, reason: 'unspecified', dryRun: true } }, gone)
      .then((impact) => setFound({ impact, error: null }))
      .catch((error: unknown) => {
        if (!gone.signal.aborted) setFound({ impact: null, error });
      });
    return () => gone.abort();
  }, [selection]);
  return found;
}
