import { Combobox, Field, makeStyles, Option, OptionGroup, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { useSettled } from '../../ui/use-settled.ts';
import { type AssignmentTarget, targetKey } from './assignment-lines.ts';
import type { Platform } from './profile-types.ts';

const useStyles = makeStyles({
  field: { maxWidth: '520px' },
  box: { minWidth: 0, width: '100%' },
  list: { maxHeight: '320px' },
  name: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', flex: '1 1 auto', minWidth: 0 },
  more: { color: tokens.colorNeutralForeground3, flexShrink: 0 },
});

const few = 8;

type Found = { readonly target: AssignmentTarget; readonly name: string; readonly more?: string };

/** Searches groups, users and devices as one types; what is `taken` is not offered again. */
export function TargetPicker({
  label,
  platform,
  taken,
  onPick,
}: {
  readonly label: string;
  readonly platform: Platform;
  /** Keys of targets. */
  readonly taken: ReadonlySet<string>;
  readonly onPick: (target: AssignmentTarget) => void;
}) {
  const styles = useStyles();
  const text = useText();
  const words = text.assignments;
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const search = useSettled(typed.trim(), 200);
  const options = { enabled: open, keep: true };
  const groups = useRead('GET /api/v1/groups', { query: { search, limit: few } }, options);
  const named = { enabled: open && search !== '', keep: true };
  const users = useRead('GET /api/v1/users', { query: { search, limit: few } }, named);
  const devices = useRead('GET /api/v1/devices', { query: { search, platform, limit: few } }, named);
  const everybody = (['allUsers', 'allDevices'] as const).map(
    (kind): Found => ({ target: { kind }, name: words.everybody[kind] }),
  );
  const like = ({ name }: Found) => name.toLowerCase().includes(search.toLowerCase());
  const sections: readonly (readonly [title: string, found: readonly Found[]])[] = [
    [words.kinds.everybody, everybody.filter(like)],
    [
      words.kinds.group,
      (groups.data?.items ?? []).map(({ id, name, kind }) => ({
        target: { kind: 'group', groupId: id },
        name,
        more: text.groups.kinds[kind],
      })),
    ],
    [
      words.kinds.user,
      search === ''
        ? []
        : (users.data?.items ?? []).map(({ id, userPrincipalName, displayName }) => ({
            target: { kind: 'user', userId: id },
            name: userPrincipalName,
            ...(displayName !== null && { more: displayName }),
          })),
    ],
    [
      words.kinds.device,
      search === ''
        ? []
        : (devices.data?.items ?? []).map(({ id, deviceName }) => ({
            target: { kind: 'device', deviceId: id },
            name: deviceName,
          })),
    ],
  ];
  const offered = sections
    .map(([title, found]) => [title, found.filter(({ target }) => !taken.has(targetKey(target)))] as const)
    .filter(([, found]) => found.length > 0);
  const byKey = new Map(offered.flatMap(([, found]) => found.map((each) => [targetKey(each.target), each])));
  const searching = groups.isFetching || users.isFetching || devices.isFetching;
  return (
    <Field label={label} hint={words.pickHint} className={styles.field}>
      <Combobox
        className={styles.box}
        freeform
        inlinePopup
        autoComplete="off"
        placeholder={words.pickPlaceholder}
        value={typed}
        selectedOptions={[]}
        open={open}
        onOpenChange={(_, { open: wanted }) => setOpen(wanted)}
        listbox={{ className: styles.list }}
        onChange={({ target }) => {
          setTyped(target.value);
          setOpen(true);
        }}
        onOptionSelect={(_, { optionValue = '' }) => {
          const found = byKey.get(optionValue);
          if (found !== undefined) onPick(found.target);
          setTyped('');
        }}
      >
        {offered.map(([title, found]) => (
          <OptionGroup key={title} label={title}>
            {found.map(({ target, name, more }) => (
              <Option key={targetKey(target)} value={targetKey(target)} text={name}>
                <bdi className={styles.name}>{name}</bdi>
                {more && <span className={styles.more}>{more}</span>}
              </Option>
            ))}
          </OptionGroup>
        ))}
        {offered.length === 0 && (
          <Option key="none" value="" text={text.list.none} disabled>
            <Text>{searching ? text.list.loading : text.list.none}</Text>
          </Option>
        )}
      </Combobox>
    </Field>
  );
}
