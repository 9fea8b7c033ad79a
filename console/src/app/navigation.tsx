import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import {
  ArrowTrendingRegular,
  CertificateRegular,
  ClipboardTextLtrRegular,
  DocumentBulletListRegular,
  FilterRegular,
  GridRegular,
  LaptopRegular,
  PeopleRegular,
  PeopleTeamRegular,
  SettingsRegular,
  ShieldErrorRegular,
  ShieldKeyholeRegular,
  TaskListSquareLtrRegular,
  WrenchScrewdriverRegular,
} from '@fluentui/react-icons';
import type { ComponentType } from 'react';
import { useMay } from '../api/session.ts';
import { useText } from '../text/text.ts';
import { colors } from '../ui/colors.ts';
import { Link } from '../ui/link.tsx';
import { type NavigationName, navigation } from './pages.ts';

const icons: Readonly<Record<NavigationName, ComponentType<{ className?: string; 'aria-hidden'?: true }>>> = {
  overview: GridRegular,
  devices: LaptopRegular,
  users: PeopleRegular,
  groups: PeopleTeamRegular,
  filters: FilterRegular,
  profiles: DocumentBulletListRegular,
  certificates: CertificateRegular,
  authority: ShieldKeyholeRegular,
  reports: ArrowTrendingRegular,
  troubleshoot: WrenchScrewdriverRegular,
  jobs: TaskListSquareLtrRegular,
  removals: ShieldErrorRegular,
  administration: SettingsRegular,
  audit: ClipboardTextLtrRegular,
};

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: tokens.spacingHorizontalS, display: 'grid', gap: '2px' },
  entry: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderRadius: tokens.borderRadiusMedium,
    borderLeft: '3px solid transparent',
    color: tokens.colorNeutralForeground2,
    textDecorationLine: 'none',
    ':hover': {
      backgroundColor: colors.rowHover,
      color: tokens.colorNeutralForeground1,
      textDecorationLine: 'none',
    },
  },
  here: {
    backgroundColor: colors.rowChosen,
    color: tokens.colorNeutralForeground1,
    fontWeight: tokens.fontWeightSemibold,
    // Not a shadow: those go where the system forces its colours.
    borderLeftColor: colors.here,
  },
  icon: { fontSize: '20px', flexShrink: 0 },
});

/** The pages that the caller may see. */
export function Navigation({ path }: { readonly path: string }) {
  const styles = useStyles();
  const text = useText();
  const may = useMay();
  return (
    <nav aria-label={text.navigation.label}>
      <ul className={styles.list}>
        {navigation
          .filter(({ permissions }) => permissions.length === 0 || permissions.some(may))
          .map(({ name, to }) => {
            const Icon = icons[name];
            const here = to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`);
            return (
              <li key={name}>
                <Link
                  to={to}
                  className={mergeClasses(styles.entry, here && styles.here)}
                  {...(here && { current: true })}
                >
                  <Icon className={styles.icon} aria-hidden />
                  {text.navigation[name]}
                </Link>
              </li>
            );
          })}
      </ul>
    </nav>
  );
}
