import { makeStyles, Text, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    textAlign: 'center',
    gap: tokens.spacingVerticalM,
    padding: `${tokens.spacingVerticalXXXL} ${tokens.spacingHorizontalL}`,
    maxWidth: '480px',
    margin: '0 auto',
  },
  icon: { fontSize: '48px', color: tokens.colorNeutralForeground3, lineHeight: 1 },
  text: { color: tokens.colorNeutralForeground2 },
});

/** Where nothing is yet: what would be here, and the one button that starts it. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  readonly icon?: ReactElement;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactElement;
}) {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      {icon && (
        <span className={styles.icon} aria-hidden>
          {icon}
        </span>
      )}
      <Text as="h2" size={500} weight="semibold">
        {title}
      </Text>
      {children && <div className={styles.text}>{children}</div>}
      {action}
    </div>
  );
}
