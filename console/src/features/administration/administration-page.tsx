/** Who may do what, and how the server behaves: a tab for each, with an address of its own. */
import { makeStyles, Tab, TabList } from '@fluentui/react-components';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { useMay } from '../../api/session.ts';
import { NotFoundPage } from '../../app/error-pages.tsx';
import { useText } from '../../text/text.ts';
import { Page } from '../../ui/page.tsx';
import { AdministratorsSection } from './administrators-section.tsx';
import { IdentityProvidersSection } from './identity-providers-section.tsx';
import { RoleAssignmentsSection } from './role-assignments-section.tsx';
import { RolesSection } from './roles-section.tsx';
import { ScopeTagsSection } from './scope-tags-section.tsx';
import { SettingsSection } from './settings-section.tsx';
import { TokensSection } from './tokens-section.tsx';
import { WaitingChangesSection } from './waiting-changes-section.tsx';
import { WebhooksSection } from './webhooks-section.tsx';

export { AdministrationPage as Page };

type SectionName =
  | 'administrators'
  | 'identityProviders'
  | 'roles'
  | 'assignments'
  | 'scopeTags'
  | 'tokens'
  | 'webhooks'
  | 'waitingChanges'
  | 'settings';

const sections: readonly {
  readonly name: SectionName;
  readonly path: string;
  readonly permission: string;
  readonly Section: ComponentType;
}[] = [
  { name: 'administrators', path: 'administrators', permission: 'administrators.read', Section: AdministratorsSection },
  {
    name: 'identityProviders',
    path: 'identity-providers',
    permission: 'administrators.read',
    Section: IdentityProvidersSection,
  },
  { name: 'roles', path: 'roles', permission: 'roles.read', Section: RolesSection },
  { name: 'assignments', path: 'role-assignments', permission: 'roles.read', Section: RoleAssignmentsSection },
  { name: 'scopeTags', path: 'scope-tags', permission: 'settings.read', Section: ScopeTagsSection },
  { name: 'tokens', path: 'tokens', permission: 'tokens.manage', Section: TokensSection },
  { name: 'webhooks', path: 'webhooks', permission: 'webhooks.read', Section: WebhooksSection },
  {
    name: 'waitingChanges',
    path: 'waiting-changes',
    permission: 'removals.decide',
    Section: WaitingChangesSection,
  },
  { name: 'settings', path: 'settings', permission: 'settings.read', Section: SettingsSection },
];

const useStyles = makeStyles({ tabs: { overflowX: 'auto', flexShrink: 0 } });

function AdministrationPage() {
  const styles = useStyles();
  const text = useText();
  const may = useMay();
  const navigate = useNavigate();
  const { section: asked } = useParams({ strict: false }) as { section?: string };
  const shown = sections.filter(({ permission }) => may(permission));
  const current = asked === undefined ? shown[0] : shown.find(({ path }) => path === asked);
  if (current === undefined) return <NotFoundPage />;
  return (
    <Page title={text.administration.title} fills>
      <TabList
        className={styles.tabs}
        selectedValue={current.path}
        onTabSelect={(_, { value }) => void navigate({ to: `/administration/${String(value)}` })}
      >
        {shown.map(({ name, path }) => (
          <Tab key={path} value={path}>
            {text.administration.sections[name]}
          </Tab>
        ))}
      </TabList>
      <current.Section />
    </Page>
  );
}
