/** What stands around every page: navigation, search, who is signed in, and what is the matter with the connection. */
import {
  Button,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Spinner,
  tokens,
  useFocusFinders,
} from '@fluentui/react-components';
import { NavigationRegular, SearchRegular, ShieldErrorRegular } from '@fluentui/react-icons';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { connection, sessionState } from '../api/connection.ts';
import { returnPath } from '../api/identity-providers.ts';
import { useSession } from '../api/session.ts';
import { useStore } from '../api/store.ts';
import { useText } from '../text/text.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { Toasts } from '../ui/toasts.tsx';
import { AccountMenu } from './account-menu.tsx';
import { useLiveUpdates } from './live-updates.ts';
import { Navigation } from './navigation.tsx';
import { patiently } from './patiently.ts';
import { useShortcuts } from './shortcuts.ts';

// Each is fetched when it is first wanted, or when nothing else is to be done: it must be there when the server is not.
const load = {
  palette: () => patiently(() => import('./command-palette.tsx')),
  signIn: () => patiently(() => import('./sign-in.tsx')),
  providerReturn: () => patiently(() => import('./provider-return.tsx')),
  drawer: () => patiently(() => import('./navigation-drawer.tsx')),
  firstRun: () => patiently(() => import('../features/first-run/first-run-page.tsx')),
};
const CommandPalette = lazy(async () => ({ default: (await load.palette()).CommandPalette }));
const SignInPage = lazy(async () => ({ default: (await load.signIn()).SignInPage }));
const SignInDialog = lazy(async () => ({ default: (await load.signIn()).SignInDialog }));
const ProviderReturn = lazy(async () => ({ default: (await load.providerReturn()).ProviderReturn }));
const NavigationDrawer = lazy(async () => ({ default: (await load.drawer()).NavigationDrawer }));
const FirstRunPage = lazy(async () => ({ default: (await load.firstRun()).FirstRunPage }));

/** Milliseconds after the shell has been drawn. */
const leisure = 3000;

const useStyles = makeStyles({
  root: {
    display: 'grid',
    gridTemplateRows: 'auto minmax(0, 1fr)',
    gridTemplateColumns: '232px minmax(0, 1fr)',
    height: '100dvh',
    backgroundColor: tokens.colorNeutralBackground2,
    '@media (max-width: 860px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  skip: {
    position: 'absolute',
    left: '-999px',
    ':focus': { left: tokens.spacingHorizontalS, top: tokens.spacingVerticalS, zIndex: 10 },
  },
  top: {
    gridColumn: '1 / -1',
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    height: '48px',
    padding: `0 ${tokens.spacingHorizontalM}`,
    backgroundColor: tokens.colorNeutralBackground1,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  menu: { display: 'none', '@media (max-width: 860px)': { display: 'inline-flex' } },
  product: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    fontWeight: tokens.fontWeightSemibold,
    fontSize: tokens.fontSizeBase400,
  },
  logo: { width: '24px', height: '24px' },
  search: {
    marginLeft: 'auto',
    marginRight: 'auto',
    width: 'min(420px, 40vw)',
    justifyContent: 'flex-start',
    fontWeight: tokens.fontWeightRegular,
    color: tokens.colorNeutralForeground3,
    '@media (max-width: 640px)': { width: 'auto', minWidth: 'auto', marginRight: 0 },
  },
  searchText: { flex: '1 1 auto', textAlign: 'left', '@media (max-width: 640px)': { display: 'none' } },
  keys: {
    fontSize: tokens.fontSizeBase100,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusSmall,
    padding: '0 4px',
    fontFamily: tokens.fontFamilyBase,
    '@media (max-width: 640px)': { display: 'none' },
  },
  side: { overflow: 'auto', '@media (max-width: 860px)': { display: 'none' } },
  main: { overflow: 'auto', minWidth: 0, display: 'flex', flexDirection: 'column' },
  content: { flex: '1 1 auto', minHeight: 0 },
  waiting: { height: '100dvh' },
});

export function Shell() {
  // Keeps Tabster from ending with the first dialog that closes, which would leave the page hidden from screen readers.
  useFocusFinders();
  const session = useSession();
  const styles = useStyles();
  const text = useText();
  const state = useStore(sessionState);
  const returns = useRouterState({ select: ({ location }) => location.pathname === returnPath });
  const waiting = <Spinner className={styles.waiting} label={text.list.loading} />;
  if (session.setUp?.needed)
    return (
      <Suspense fallback={waiting}>
        <FirstRunPage state={session.setUp} />
      </Suspense>
    );
  if (state === 'unknown') return waiting;
  if (returns || state === 'none')
    return <Suspense fallback={waiting}>{returns ? <ProviderReturn /> : <SignInPage />}</Suspense>;
  return <SignedInShell expired={state === 'expired'} />;
}

function SignedInShell({ expired }: { readonly expired: boolean }) {
  const styles = useStyles();
  const text = useText();
  const [navigationOpen, setNavigationOpen] = useState(false);
  const [paletteOpen, setPaletteOpen] = useState(false);
  useLiveUpdates(!expired);
  useShortcuts({ openPalette: () => setPaletteOpen(true) });
  const { me } = useSession();
  const mayNothing = me !== undefined && me.grants.length === 0;
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: closes whenever another page is there.
  useEffect(() => setNavigationOpen(false), [path]);
  useEffect(() => {
    const timer = setTimeout(() => [load.signIn, load.palette, load.drawer].map((one) => one()), leisure);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles.root}>
      <Button as="a" href="#content" className={styles.skip}>
        {text.navigation.skip}
      </Button>
      <header className={styles.top}>
        <Button
          className={styles.menu}
          appearance="subtle"
          icon={<NavigationRegular />}
          aria-label={text.navigation.open}
          aria-expanded={navigationOpen}
          onClick={() => setNavigationOpen(true)}
        />
        <span className={styles.product}>
          <img src="/favicon.svg" alt="" className={styles.logo} />
          {text.product}
        </span>
        <Button
          className={styles.search}
          appearance="outline"
          icon={<SearchRegular />}
          aria-label={`${text.shell.palette} ${paletteKeys}`}
          aria-keyshortcuts="Control+K"
          onClick={() => setPaletteOpen(true)}
        >
          <span className={styles.searchText}>{text.shell.palette}</span>
          <kbd className={styles.keys} aria-hidden>
            {paletteKeys}
          </kbd>
        </Button>
        <AccountMenu />
      </header>
      <div className={styles.side}>
        <Navigation path={path} />
      </div>
      {navigationOpen && (
        <Suspense fallback={null}>
          <NavigationDrawer path={path} onClose={() => setNavigationOpen(false)} />
        </Suspense>
      )}
      <main id="content" className={styles.main} tabIndex={-1}>
        <ConnectionBar />
        <div className={styles.content}>{mayNothing && path !== '/account' ? <NoRights /> : <Outlet />}</div>
      </main>
      {paletteOpen && (
        <Suspense fallback={null}>
          <CommandPalette onClose={() => setPaletteOpen(false)} />
        </Suspense>
      )}
      {expired && (
        <Suspense fallback={null}>
          <SignInDialog />
        </Suspense>
      )}
      <Toasts />
    </div>
  );
}

const paletteKeys = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K';

/** Known, and without any role: whoever came by an identity provider for the first time, for one. */
function NoRights() {
  const text = useText();
  const { me } = useSession();
  return (
    <Page title={text.signIn.noRights}>
      <EmptyState icon={<ShieldErrorRegular />} title={text.signIn.noRightsTitle(me?.signInName ?? me?.name ?? '')}>
        {text.signIn.noRightsHint}
      </EmptyState>
    </Page>
  );
}

function ConnectionBar() {
  const text = useText();
  const state = useStore(connection);
  return (
    <div role="status">
      {state === 'offline' && (
        <MessageBar intent="warning" politeness="polite" layout="multiline">
          <MessageBarBody>{text.shell.offline}</MessageBarBody>
        </MessageBar>
      )}
    </div>
  );
}
