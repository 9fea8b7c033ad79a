import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { DismissCircleFilled, InfoFilled, WarningFilled } from '@fluentui/react-icons';
import { useText } from '../../text/text.ts';

export type ShownFinding = {
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'information';
  readonly path: string;
  readonly detail: string;
  readonly fix: string | null;
};

const icons = { error: DismissCircleFilled, warning: WarningFilled, information: InfoFilled } as const;

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalXS },
  item: {
    display: 'flex',
    gap: tokens.spacingHorizontalXS,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
    minWidth: 0,
  },
  icon: { flexShrink: 0, fontSize: tokens.fontSizeBase400 },
  error: { color: tokens.colorPaletteRedForeground1 },
  warning: { color: tokens.colorPaletteDarkOrangeForeground1 },
  information: { color: tokens.colorBrandForeground1 },
});

/** What the rules say, where it is about: beside its field or line. */
export function FindingList({ findings }: { readonly findings: readonly ShownFinding[] }) {
  const styles = useStyles();
  const { assignments: words } = useText();
  if (findings.length === 0) return null;
  return (
    <ul className={styles.list}>
      {findings.map(({ rule, severity, path, detail, fix }) => {
        const Icon = icons[severity];
        return (
          <li key={`${rule} ${path} ${detail}`} className={styles.item}>
            <Icon className={mergeClasses(styles.icon, styles[severity])} aria-label={words.severities[severity]} />
            <span>
              {detail} {fix}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
