import {
  Field,
  MessageBar,
  MessageBarBody,
  makeStyles,
  ProgressBar,
  Select,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useEffect, useRef, useState } from 'react';
import type { Problem } from '../../api/problem.ts';
import type { ItemOf } from '../../api/queries.ts';
import { useChange } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { tell } from '../../ui/toasts.tsx';

type Revocable = Pick<ItemOf<'GET /api/v1/certificates'>, 'id' | 'subjectText' | 'serial'>;

/** What an administrator may say of a device's certificate; the first is what fits most. */
const offered = [
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
] as const;

const mostNamed = 10;

const useStyles = makeStyles({
  names: { margin: 0, paddingLeft: tokens.spacingHorizontalXL, overflowWrap: 'anywhere' },
});

/** Revokes one after the other and says how far it is; what fails stays in the dialog with its reason, and can be tried again. */
export function RevokeDialog({
  certificates,
  onClose,
}: {
  readonly certificates: readonly Revocable[];
  readonly onClose: () => void;
}) {
  const styles = useStyles();
  const text = useText();
  const words = text.certificates;
  const revoke = useChange('POST /api/v1/certificates/{certificate}/revoke');
  const [reason, setReason] = useState<(typeof offered)[number]>('unspecified');
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const running = useRef(false);
  useEffect(() => {
    if (certificates.length > 0) setDone(new Set());
  }, [certificates]);
  const confirm = async () => {
    running.current = true;
    let failed: Problem | null = null;
    let count = 0;
    try {
      for (const { id } of certificates.filter((each) => !done.has(each.id))) {
        try {
          await revoke.mutateAsync({ path: { certificate: id }, body: { reason } });
          count += 1;
          setDone((before) => new Set(before).add(id));
        } catch (error) {
          failed = error as Problem;
        }
      }
    } finally {
      running.current = false;
    }
    if (count > 0) tell(words.revokedMany(count));
    if (failed !== null) throw failed;
  };
  const rest = certificates.length - mostNamed;
  const some = certificates.length > 10;
  return (
    <ConfirmDialog
      open={certificates.length > 0}
      title={words.revokeTitle(certificates.length)}
      action={words.revoke}
      {...(some && { typeName: String(certificates.length) })}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Text>{words.revokeExplain(certificates.length)}</Text>
      <ul className={styles.names}>
        {certificates.slice(0, mostNamed).map(({ id, subjectText, serial }) => (
          <li key={id}>{subjectText || serial}</li>
        ))}
      </ul>
      {rest > 0 && <Text>{words.andMore(rest)}</Text>}
      <Field label={words.reason}>
        <Select value={reason} onChange={(_, { value }) => setReason(value as typeof reason)}>
          {offered.map((each) => (
            <option key={each} value={each}>
              {words.reasons[each]}
            </option>
          ))}
        </Select>
      </Field>
      {certificates.length > 1 && done.size > 0 && (
        <Field label={words.progress(done.size, certificates.length)}>
          <ProgressBar value={done.size / certificates.length} />
        </Field>
      )}
      <MessageBar intent="warning">
        <MessageBarBody>{text.confirm.cannotUndo}</MessageBarBody>
      </MessageBar>
    </ConfirmDialog>
  );
}
