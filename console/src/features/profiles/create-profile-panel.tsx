import { Button, Field, Radio, RadioGroup, Select } from '@fluentui/react-components';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../text/text.ts';
import { SidePanel } from '../../ui/side-panel.tsx';

/** In the seed's order, and its words. */
const families = [
  'androidDeviceAdministrator',
  'androidEnterprise',
  'androidOpenSource',
  'ios',
  'macos',
  'windows81',
  'windows10',
  'linux',
] as const;

const kinds = ['scep', 'trustedCertificate'] as const;

/** Platform, then profile type: then the wizard begins. */
export function CreateProfilePanel({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const text = useText();
  const words = text.profileEditor;
  const navigate = useNavigate();
  const [family, setFamily] = useState('');
  const [type, setType] = useState('');
  const [wanted, setWanted] = useState(false);
  const begin = () => {
    setWanted(true);
    const [platform, kind] = type.split(' ');
    if (family === '' || platform === undefined || kind === undefined) return;
    void navigate({ to: '/profiles/_create' as never, search: { platform, type: kind } as never });
  };
  const missing = (value: string) => (wanted && value === '' ? text.words.fillIn : undefined);
  return (
    <SidePanel
      open={open}
      title={words.create}
      onClose={onClose}
      footer={
        <Button appearance="primary" onClick={begin}>
          {words.begin}
        </Button>
      }
    >
      <Field label={words.choosePlatform} hint={words.platformHint} required validationMessage={missing(family)}>
        <Select
          value={family}
          onChange={(_, { value }) => {
            setFamily(value);
            setType('');
          }}
        >
          <option value="" />
          {families.map((each) => (
            <option key={each} value={each}>
              {words.families[each]}
            </option>
          ))}
        </Select>
      </Field>
      {family !== '' && (
        <Field label={words.chooseType} required validationMessage={missing(type)}>
          <RadioGroup value={type} onChange={(_, { value }) => setType(value)}>
            {family === 'androidEnterprise' ? (
              <>
                <strong>{words.corporate}</strong>
                <Kinds platform="androidEnterpriseCorporate" />
                <strong>{words.personal}</strong>
                <Kinds platform="androidEnterprisePersonal" />
              </>
            ) : (
              <Kinds platform={family} />
            )}
          </RadioGroup>
        </Field>
      )}
    </SidePanel>
  );
}

function Kinds({ platform }: { readonly platform: string }) {
  const { profiles: words } = useText();
  return kinds.map((kind) => <Radio key={kind} value={`${platform} ${kind}`} label={words.kinds[kind]} />);
}
