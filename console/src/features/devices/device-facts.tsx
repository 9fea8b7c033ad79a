import { makeStyles, tokens } from '@fluentui/react-components';
import type { Answer } from '../../api/call.ts';
import { useText } from '../../text/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Facts } from '../../ui/facts.tsx';
import { ExactTime } from '../../ui/relative-time.tsx';
import { Section } from '../../ui/section.tsx';

type Device = Answer<'GET /api/v1/devices/{device}'>;

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 360px), 1fr))',
    gap: tokens.spacingHorizontalL,
    alignItems: 'start',
  },
  source: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

/** Shown by the words of the catalogue, each with where it came from. */
const facts = [
  'deviceName',
  'management',
  'osVersion',
  'osEdition',
  'serialNumber',
  'imei',
  'meid',
  'wifiMacAddress',
  'manufacturer',
  'model',
  'fullyQualifiedDomainName',
  'trustType',
  'entraDeviceId',
  'managedDeviceId',
  'onPremisesSecurityIdentifier',
  'deviceCategory',
  'enrollmentProfileName',
  'cpuArchitecture',
  'coManagementWorkload',
] as const;

export function DeviceFacts({ device }: { readonly device: Device }) {
  const styles = useStyles();
  const text = useText();
  const words = text.devices;
  const source = (name: string) => {
    const from = device.sources[name];
    return from === undefined ? null : <span className={styles.source}> {words.from(words.sources[from])}</span>;
  };
  const reported = Object.entries(device.reported).filter(([, value]) => value !== null && value !== '');
  return (
    <div className={styles.grid}>
      <Section title={words.known}>
        <Facts
          facts={facts.map((name) => [
            words.facts[name],
            device[name] === null ? null : (
              <>
                {device[name]}
                {source(name)}
              </>
            ),
          ])}
        />
      </Section>
      <Section title={words.times}>
        <Facts
          facts={[
            [words.lastCheckIn, <ExactTime key="in" at={device.lastCheckIn} />],
            [words.enrolledAt, device.enrolledAt && <ExactTime at={device.enrolledAt} />],
            [words.registeredAt, device.registeredAt && <ExactTime at={device.registeredAt} />],
            [words.retired, device.retiredAt && <ExactTime at={device.retiredAt} />],
            [text.words.created, <ExactTime key="made" at={device.createdAt} />],
            [words.ownership, words.ownerships[device.ownership]],
            [words.scopeTags, device.scopeTags.join(', ')],
            [words.id, <Copyable key="id" value={device.id} what={words.id} />],
          ]}
        />
      </Section>
      {reported.length > 0 && (
        <Section title={words.reported}>
          <Facts
            facts={reported.map(([name, value]) => [
              words.facts[name as (typeof facts)[number]] ?? name,
              String(value),
            ])}
          />
        </Section>
      )}
    </div>
  );
}
