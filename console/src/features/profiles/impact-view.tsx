/** What a change would do to devices, before anybody makes it: who gets something, who loses it, who cannot have it and why. */
import { MessageBar, MessageBarBody, makeStyles, Text, tokens } from '@fluentui/react-components';
import type { Answer } from '../../api/call.ts';
import { useText } from '../../text/text.ts';
import { FieldNotes } from '../../ui/field-notes.tsx';
import { Link } from '../../ui/link.tsx';
import { StatusBadge, type Tone } from '../../ui/status-badge.tsx';
import { notesOf } from './finding-notes.ts';

export type Impact = Answer<'POST /api/v1/profiles/impact'>;
type ProfileImpact = Impact['profiles'][number];
type Effect = keyof ProfileImpact['counts'];

const effects: readonly Effect[] = ['gain', 'reissue', 'redeliver', 'remove', 'revoke', 'blocked', 'keep'];
const tones: Readonly<Record<Effect, Tone>> = {
  gain: 'good',
  keep: 'neutral',
  redeliver: 'information',
  reissue: 'waiting',
  remove: 'warning',
  revoke: 'bad',
  blocked: 'bad',
};

const useStyles = makeStyles({
  root: { display: 'grid', gap: tokens.spacingVerticalM, minWidth: 0 },
  effects: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalM },
  names: { margin: 0, paddingLeft: tokens.spacingHorizontalXXL, overflowWrap: 'anywhere' },
  more: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  title: { margin: 0, overflowWrap: 'anywhere' },
});

/** How many devices lose something or have a certificate replaced: more than ten are confirmed by typing the name. */
export function devicesHit({ profiles }: Impact): number {
  return profiles.reduce((sum, { counts }) => sum + counts.reissue + counts.remove + counts.revoke, 0);
}

/** `focus`: the profile that is changed; it may not have an id yet. */
export function ImpactView({ impact, focus }: { readonly impact: Impact; readonly focus: string | null }) {
  const styles = useStyles();
  const { assignments: words } = useText();
  const shown = impact.profiles.filter(({ counts }) => Object.values(counts).some((n) => n > 0));
  return (
    <div className={styles.root}>
      {impact.obstacle && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>{impact.obstacle.detail}</MessageBarBody>
        </MessageBar>
      )}
      {shown.length === 0 && <Text>{words.impact.nothing}</Text>}
      {shown.map((each, n) => (
        <div key={each.profile.id} className={styles.root}>
          {n > 0 && each.profile.id !== focus && (
            <Text as="h3" weight="semibold" className={styles.title}>
              {words.impact.restsOnIt(each.profile.name)}
            </Text>
          )}
          <Effects impact={each} />
        </div>
      ))}
      {impact.findings.length > 0 && (
        <>
          <Text as="h3" weight="semibold" className={styles.title}>
            {words.impact.findings}
          </Text>
          <FieldNotes notes={notesOf(impact.findings)} />
        </>
      )}
    </div>
  );
}

function Effects({ impact }: { readonly impact: ProfileImpact }) {
  const styles = useStyles();
  const { impact: words } = useText().assignments;
  return (
    <>
      {impact.waits && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{words.waits}</MessageBarBody>
        </MessageBar>
      )}
      <ul className={styles.effects}>
        {effects
          .filter((effect) => impact.counts[effect] > 0)
          .map((effect) => (
            <li key={effect}>
              <StatusBadge tone={tones[effect]}>{words.effects[effect](impact.counts[effect])}</StatusBadge>{' '}
              {impact.certificates[effect] > 0 && (
                <span className={styles.more}>{words.certificates(impact.certificates[effect])}</span>
              )}
              {effect === 'blocked' && <Reasons impact={impact} />}
              <Names impact={impact} effect={effect} />
            </li>
          ))}
      </ul>
    </>
  );
}

function Reasons({ impact }: { readonly impact: ProfileImpact }) {
  const styles = useStyles();
  const { impact: words } = useText().assignments;
  const details = new Map(
    impact.first.flatMap(({ problem }) => (problem === null ? [] : [[problem.code, problem.detail] as const])),
  );
  return (
    <ul className={styles.names}>
      {impact.blocked.map(({ code, variable, reason, count }) => (
        <li key={`${code} ${variable} ${reason}`}>
          {variable === null ? (details.get(code) ?? code) : words.variable(variable, count)}
        </li>
      ))}
    </ul>
  );
}

const few = 5;

function Names({ impact, effect }: { readonly impact: ProfileImpact; readonly effect: Effect }) {
  const styles = useStyles();
  const { impact: words } = useText().assignments;
  const named = impact.first.filter((item) => item.effect === effect).slice(0, few);
  const others = impact.counts[effect] - named.length;
  return (
    <ul className={styles.names}>
      {named.map(({ device, user }) => (
        <li key={`${device.id} ${user?.id}`}>
          <Link to={`/devices/${encodeURIComponent(device.id)}`}>
            <bdi>{device.deviceName}</bdi>
          </Link>{' '}
          {user && <span className={styles.more}>{user.userPrincipalName}</span>}
        </li>
      ))}
      {named.length > 0 && others > 0 && <li className={styles.more}>{words.others(others)}</li>}
    </ul>
  );
}
