import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { CheckmarkCircleFilled, CircleRegular } from '@fluentui/react-icons';
import type { Answer } from '../../api/call.ts';
import { useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { Link } from '../../ui/link.tsx';
import { Section } from '../../ui/section.tsx';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalS },
  step: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS },
  done: { color: tokens.colorPaletteGreenForeground1, flexShrink: 0 },
  open: { color: tokens.colorNeutralForeground3, flexShrink: 0 },
});

/** What a new installation still needs before a device has its first certificate; gone once it has. */
export function FirstSteps({ overview }: { readonly overview: Answer<'GET /api/v1/reports/overview'> }) {
  const styles = useStyles();
  const words = useText().overview;
  const may = useMay();
  const begun = overview.certificates.valid + overview.certificates.expired + overview.certificates.revoked > 0;
  const authorities = useRead('GET /api/v1/authorities', {}, { enabled: !begun && may('authority.read') });
  const profiles = useRead('GET /api/v1/profiles', {}, { enabled: !begun && may('profiles.read') });
  if (begun) return null;
  const kinds = new Set(profiles.data?.items.map(({ kind }) => kind));
  const steps = [
    {
      key: 'authority',
      title: words.steps.authority,
      to: '/authority',
      done: (authorities.data?.items.length ?? 0) > 0,
    },
    { key: 'trusted', title: words.steps.trusted, to: '/profiles', done: kinds.has('trustedCertificate') },
    { key: 'scep', title: words.steps.scep, to: '/profiles', done: kinds.has('scep') },
    {
      key: 'assigned',
      title: words.steps.assigned,
      to: '/profiles',
      done: overview.profiles.some(({ total }) => total > 0),
    },
    { key: 'device', title: words.steps.device, to: '/devices', done: overview.devices.some(({ count }) => count > 0) },
  ];
  return (
    <Section title={words.firstSteps}>
      <Text>{words.firstStepsHint}</Text>
      <ol className={styles.list}>
        {steps.map(({ key, title, to, done }) => (
          <li key={key} className={styles.step}>
            {done ? (
              <CheckmarkCircleFilled className={styles.done} aria-label={words.stepDone} />
            ) : (
              <CircleRegular className={styles.open} aria-label={words.stepOpen} />
            )}
            <Link to={to}>{title}</Link>
          </li>
        ))}
      </ol>
    </Section>
  );
}
