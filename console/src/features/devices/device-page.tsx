/** One device: which profiles it gets or not and why, its certificates, what is known of it, what happened. */
import { Button, Tab, TabList } from '@fluentui/react-components';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Answer } from '../../api/call.ts';
import { useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Explanations } from '../../ui/explanations.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded, Page } from '../../ui/page.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { tell, tellProblem } from '../../ui/toasts.tsx';
import { useFilters } from '../../ui/use-filters.ts';
import { DeviceFacts } from './device-facts.tsx';
import { DeviceHistory } from './device-history.tsx';

export { DevicePage as Page };

const parts = ['profiles', 'facts', 'timeline'] as const;

function DevicePage() {
  const text = useText();
  const words = text.devices;
  const { device: id = '' } = useParams({ strict: false }) as { readonly device?: string };
  const [{ part = 'profiles' }, change] = useFilters();
  const device = useRead('GET /api/v1/devices/{device}', { path: { device: id } });
  const explained = useRead(
    'GET /api/v1/devices/{device}/explain',
    { path: { device: id } },
    { enabled: part === 'profiles' },
  );
  const name = device.data?.deviceName ?? words.one;
  return (
    <Page
      title={name}
      crumbs={[{ title: words.title, to: '/devices' }]}
      description={device.data && <Summary device={device.data} />}
      actions={device.data && <Actions device={device.data} />}
    >
      <Loaded query={device}>
        {(found) => (
          <>
            <TabList
              selectedValue={part}
              onTabSelect={(_, { value }) => change({ part: value === 'profiles' ? undefined : String(value) })}
            >
              {parts.map((each) => (
                <Tab key={each} value={each}>
                  {words.parts[each]}
                </Tab>
              ))}
            </TabList>
            {part === 'profiles' && (
              <Loaded query={explained}>
                {({ items }) => (
                  <Explanations items={items.map((item) => ({ ...item, device: null }))} empty={words.noProfiles} />
                )}
              </Loaded>
            )}
            {part === 'facts' && <DeviceFacts device={found} />}
            {part === 'timeline' && <DeviceHistory id={found.id} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

type Device = Answer<'GET /api/v1/devices/{device}'>;

function Summary({ device: { id, platform, retiredAt, primaryUserId } }: { readonly device: Device }) {
  const text = useText();
  const words = text.devices;
  return (
    <>
      {text.platforms[platform]}
      {' · '}
      <Link to={withQuery('/certificates', { device: id })}>{words.itsCertificates}</Link>
      {primaryUserId !== null && (
        <>
          {' · '}
          <Link to={withQuery('/users', { open: primaryUserId })}>{words.itsUser}</Link>
        </>
      )}
      {retiredAt !== null && (
        <>
          {' · '}
          <StatusBadge tone="warning">{words.retired}</StatusBadge>
        </>
      )}
    </>
  );
}

const ends = ['retire', 'wipe', 'delete'] as const;

function Actions({ device }: { readonly device: Device }) {
  const text = useText();
  const words = text.devices;
  const may = useMay();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<(typeof ends)[number] | null>(null);
  const checkIn = useChange('POST /api/v1/devices/{device}/check-in');
  const retire = useChange('POST /api/v1/devices/{device}/retire');
  const wipe = useChange('POST /api/v1/devices/{device}/wipe');
  const remove = useChange('DELETE /api/v1/devices/{device}');
  const path = { device: device.id };
  const carryOut = async () => {
    if (asked === 'retire') await retire.mutateAsync({ path });
    if (asked === 'wipe') await wipe.mutateAsync({ path });
    if (asked === 'delete') {
      await remove.mutateAsync({ path });
      await navigate({ to: '/devices' as never });
    }
    tell(words.asked);
  };
  if (!may('devices.manage') && !may('directory.write')) return null;
  return (
    <>
      {may('devices.manage') && (
        <>
          <Button
            appearance="primary"
            disabled={checkIn.isPending}
            onClick={() => checkIn.mutateAsync({ path }).then(() => tell(words.checkInAsked), tellProblem)}
          >
            {words.checkIn}
          </Button>
          <Button onClick={() => setAsked('retire')}>{words.actions.retire}</Button>
          <Button onClick={() => setAsked('wipe')}>{words.actions.wipe}</Button>
        </>
      )}
      {may('directory.write') && <Button onClick={() => setAsked('delete')}>{words.actions.delete}</Button>}
      <ConfirmDialog
        open={asked !== null}
        title={asked === null ? '' : words.confirm[asked](device.deviceName)}
        action={asked === null ? '' : words.actions[asked]}
        onConfirm={carryOut}
        onClose={() => setAsked(null)}
      >
        {asked !== null && words.effect[asked]}
      </ConfirmDialog>
    </>
  );
}
