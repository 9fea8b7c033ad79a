import { MessageBar, MessageBarBody, Text } from '@fluentui/react-components';
import { useState } from 'react';
import { type ItemOf, useChange } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { tell } from '../../ui/toasts.tsx';
import { type OfferedReason, RevocationReason } from './revocation-reason.tsx';

export type Revocable = Pick<ItemOf<'GET /api/v1/certificates'>, 'id' | 'subjectText' | 'serial'>;

/** One, at once. Many are a job: `RevokeManyDialog`. */
export function RevokeDialog({
  certificate,
  onClose,
}: {
  readonly certificate: Revocable | null;
  readonly onClose: () => void;
}) {
  const text = useText();
  const words = text.certificates;
  const revoke = useChange('POST /api/v1/certificates/{certificate}/revoke');
  const [reason, setReason] = useState<OfferedReason>('unspecified');
  const confirm = async () => {
    if (certificate === null) return;
    await revoke.mutateAsync({ path: { certificate: certificate.id }, body: { reason } });
    tell(words.revokedMany(1));
  };
  return (
    <ConfirmDialog
      open={certificate !== null}
      title={words.revokeTitle(1)}
      action={words.revoke}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Text>{words.revokeExplain(1)}</Text>
      <Text weight="semibold">{certificate?.subjectText || certificate?.serial}</Text>
      <RevocationReason reason={reason} onChange={setReason} />
      <MessageBar intent="warning">
        <MessageBarBody>{text.confirm.cannotUndo}</MessageBarBody>
      </MessageBar>
    </ConfirmDialog>
  );
}
