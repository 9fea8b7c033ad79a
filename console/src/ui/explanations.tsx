/** Which profiles somebody gets or not, each with the sentence that says why, and every reason behind it. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { Answer } from '../api/call.ts';
import { useText } from '../text/text.ts';
import { EmptyState } from './empty-state.tsx';
import { Link, withQuery } from './link.tsx';
import { StatusBadge, type Tone } from './status-badge.tsx';

type Item = Answer<'GET /api/v1/users/{user}/explain'>['items'][number];

const tones: Readonly<Record<Item['status'], Tone>> = {
  applies: 'good',
  pending: 'waiting',
  error: 'bad',
  'not-applicable': 'neutral',
  excluded: 'neutral',
  'not-assigned': 'neutral',
  'no-device': 'information',
};

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalS },
  item: {
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    padding: tokens.spacingHorizontalM,
    minWidth: 0,
    overflowWrap: 'anywhere',
  },
  head: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM, alignItems: 'center' },
  name: { fontWeight: tokens.fontWeightSemibold, flex: '1 1 200px' },
  sentence: { margin: `${tokens.spacingVerticalXS} 0 0` },
  reasons: { margin: `${tokens.spacingVerticalXS} 0 0`, color: tokens.colorNeutralForeground2 },
});

/** What needs somebody comes first. */
const order: readonly Item['status'][] = [
  'error',
  'pending',
  'applies',
  'no-device',
  'excluded',
  'not-applicable',
  'not-assigned',
];

export function Explanations({ items, empty }: { readonly items: readonly Item[]; readonly empty: string }) {
  const styles = useStyles();
  const text = useText();
  const words = text.explain;
  if (items.length === 0) return <EmptyState title={empty} />;
  const sorted = items.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return (
    <ul className={styles.list}>
      {sorted.map(({ device, profile, status, sentence, reasons, deployment }) => (
        <li key={`${profile.id} ${device?.id}`} className={styles.item}>
          <div className={styles.head}>
            <Link to={`/profiles/${encodeURIComponent(profile.slug)}`} className={styles.name}>
              {profile.name}
            </Link>
            {device && <Link to={`/devices/${encodeURIComponent(device.id)}`}>{device.deviceName}</Link>}
            <StatusBadge tone={tones[status]}>{words.status[status]}</StatusBadge>
          </div>
          <p className={styles.sentence}>{sentence}</p>
          <details>
            <summary>{words.why}</summary>
            <ul className={styles.reasons}>
              {reasons.map(({ code, text: reason }) => (
                <li key={`${code} ${reason}`}>{reason}</li>
              ))}
            </ul>
            {deployment?.currentCertificateId && (
              <Link to={withQuery('/certificates', { open: deployment.currentCertificateId, part: 'timeline' })}>
                {words.timeline}
              </Link>
            )}
          </details>
        </li>
      ))}
    </ul>
  );
}
