import { Button } from '@fluentui/react-components';
import { PersonCircleRegular } from '@fluentui/react-icons';
import { lazy, Suspense, useState } from 'react';
import { useSession } from '../api/session.ts';
import { useText } from '../text/text.ts';
import { patiently } from './patiently.ts';

const load = () => patiently(() => import('./account-menu-open.tsx'));
const AccountMenuOpen = lazy(async () => ({ default: (await load()).AccountMenuOpen }));

/** A button at first: the menu's code comes when somebody is about to want it. */
export function AccountMenu() {
  const text = useText();
  const { me } = useSession();
  const [wanted, setWanted] = useState(false);
  const button = (
    <Button
      appearance="subtle"
      shape="circular"
      aria-label={`${text.shell.account}: ${me?.name ?? ''}`}
      aria-haspopup="menu"
      aria-expanded={false}
      icon={<PersonCircleRegular />}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setWanted(true)}
    />
  );
  if (!wanted) return button;
  return (
    <Suspense fallback={button}>
      <AccountMenuOpen />
    </Suspense>
  );
}
