import { Field, Select } from '@fluentui/react-components';
import { useText } from '../../text/text.ts';

/** What an administrator may say of a device's certificate; the first is what fits most. */
export const offeredReasons = [
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
] as const;

export type OfferedReason = (typeof offeredReasons)[number];

export function RevocationReason({
  reason,
  onChange,
}: {
  readonly reason: OfferedReason;
  readonly onChange: (reason: OfferedReason) => void;
}) {
  const words = useText().certificates;
  return (
    <Field label={words.reason}>
      <Select value={reason} onChange={(_, { value }) => onChange(value as OfferedReason)}>
        {offeredReasons.map((each) => (
          <option key={each} value={each}>
            {words.reasons[each]}
          </option>
        ))}
      </Select>
    </Field>
  );
}
