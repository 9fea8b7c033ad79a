/** Which Windows devices a profile is meant for beyond its assignments: by edition, by version, or both. */
import { Checkbox, Field, Input, makeStyles, Select, tokens } from '@fluentui/react-components';
import { type ApplicabilityRules, windowsEditions } from '../../../../../src/profiles/applicability-rules.ts';
import { useText } from '../../../text/text.ts';
import { useFieldMessage } from '../../../ui/field-notes.tsx';
import { OwnLabels } from '../../../ui/own-labels.tsx';

const root = 'settings.applicabilityRules';

const useStyles = makeStyles({
  root: { display: 'grid', gap: tokens.spacingVerticalXL, minWidth: 0 },
  rule: { display: 'grid', gap: tokens.spacingVerticalM, minWidth: 0 },
  choice: { maxWidth: '360px' },
  editions: { display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 240px), 1fr))' },
  bounds: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalL },
  bound: { flex: '1 1 180px', maxWidth: '260px' },
});

export function RuleFields({
  value,
  onChange,
}: {
  readonly value: ApplicabilityRules | undefined;
  /** Undefined: none of them. */
  readonly onChange: (value: ApplicabilityRules | undefined) => void;
}) {
  const styles = useStyles();
  const { applicability: words } = useText();
  const ofEdition = useFieldMessage(`${root}.osEdition`);
  const ofVersion = useFieldMessage(`${root}.osVersion`);
  const put = (changed: ApplicabilityRules) =>
    onChange(changed.osEdition === undefined && changed.osVersion === undefined ? undefined : changed);
  const { osEdition, osVersion } = value ?? {};
  const chosen = osEdition?.editions ?? [];
  return (
    <div className={styles.root}>
      <div className={styles.rule} role="group" aria-label={words.osEdition}>
        <RuleChoice
          label={words.osEdition}
          value={osEdition?.rule}
          onChange={(rule) =>
            put({
              ...(osVersion && { osVersion }),
              ...(rule && { osEdition: { rule, editions: chosen } }),
            })
          }
        />
        {osEdition && (
          <Field label={words.editionsLabel} required {...ofEdition}>
            <div className={styles.editions} role="group" aria-label={words.editionsLabel}>
              <OwnLabels>
                {windowsEditions.map((edition) => (
                  <Checkbox
                    key={edition}
                    label={words.editions[edition]}
                    checked={chosen.includes(edition)}
                    onChange={(_, { checked }) =>
                      put({
                        ...value,
                        osEdition: {
                          ...osEdition,
                          editions: windowsEditions.filter((each) =>
                            each === edition ? checked === true : chosen.includes(each),
                          ),
                        },
                      })
                    }
                  />
                ))}
              </OwnLabels>
            </div>
          </Field>
        )}
      </div>
      <div className={styles.rule} role="group" aria-label={words.osVersion}>
        <RuleChoice
          label={words.osVersion}
          value={osVersion?.rule}
          onChange={(rule) =>
            put({
              ...(osEdition && { osEdition }),
              ...(rule && { osVersion: { minimum: '', maximum: '', ...osVersion, rule } }),
            })
          }
        />
        {osVersion && (
          <Field className={styles.bounds} {...ofVersion}>
            <div className={styles.bounds}>
              {(['minimum', 'maximum'] as const).map((bound) => (
                <Field key={bound} className={styles.bound} label={words[bound]} hint={words.versionHint} required>
                  <Input
                    value={osVersion[bound]}
                    autoComplete="off"
                    onChange={(_, { value: text }) => put({ ...value, osVersion: { ...osVersion, [bound]: text } })}
                  />
                </Field>
              ))}
            </div>
          </Field>
        )}
      </div>
    </div>
  );
}

type Rule = 'assignIf' | 'dontAssignIf';

function RuleChoice({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: Rule | undefined;
  readonly onChange: (rule: Rule | undefined) => void;
}) {
  const styles = useStyles();
  const { applicability: words } = useText();
  return (
    <Field label={label} className={styles.choice}>
      <Select
        value={value ?? ''}
        onChange={(_, { value: rule }) => onChange(rule === 'assignIf' || rule === 'dontAssignIf' ? rule : undefined)}
      >
        <option value="">{words.rules.none}</option>
        <option value="assignIf">{words.rules.assignIf}</option>
        <option value="dontAssignIf">{words.rules.dontAssignIf}</option>
      </Select>
    </Field>
  );
}
