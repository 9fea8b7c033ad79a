import { makeStyles, Spinner, Text, tokens, typographyStyles } from '@fluentui/react-components';
import { type ReactNode, useEffect, useRef } from 'react';
import { Problem } from '../api/problem.ts';
import { useText } from '../text/text.ts';
import { EmptyState } from './empty-state.tsx';
import { Link } from './link.tsx';
import { ProblemBar } from './problem-bar.tsx';

export type Crumb = { readonly title: string; readonly to: string };

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalL,
    padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalXXL}`,
    minHeight: '100%',
    boxSizing: 'border-box',
    minWidth: 0,
    '@media (max-width: 640px)': { padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalM}` },
  },
  filled: { height: '100%', minHeight: 0, overflow: 'hidden' },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'end', gap: tokens.spacingHorizontalM },
  titles: { flex: '1 1 240px', minWidth: 0 },
  title: { ...typographyStyles.title3, margin: 0, outline: 'none', overflowWrap: 'anywhere' },
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, alignItems: 'center' },
  crumbs: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalXS,
    listStyleType: 'none',
    margin: 0,
    padding: 0,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
  },
  description: { color: tokens.colorNeutralForeground2, maxWidth: '72ch' },
  waiting: { padding: tokens.spacingVerticalXXXL },
});

/**
 * What every page is made in: title, the way back, what can be done with the whole. `fills`: the page is as high as the
 * window and something in it scrolls, as a list does.
 */
export function Page({
  title,
  crumbs = [],
  description,
  actions,
  fills = false,
  children,
}: {
  readonly title: string;
  readonly crumbs?: readonly Crumb[];
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly fills?: boolean;
  readonly children: ReactNode;
}) {
  const styles = useStyles();
  const text = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${text.product}`;
  }, [title, text]);
  // Screen readers go on at the new page's title, not at the link that led here.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div className={fills ? `${styles.root} ${styles.filled}` : styles.root}>
      <div className={styles.head}>
        <div className={styles.titles}>
          {crumbs.length > 0 && (
            <nav aria-label={text.navigation.breadcrumbs}>
              <ol className={styles.crumbs}>
                {crumbs.map(({ title: name, to }) => (
                  <li key={to}>
                    <Link to={to}>{name}</Link> <span aria-hidden>›</span>
                  </li>
                ))}
              </ol>
            </nav>
          )}
          <h1 className={styles.title} ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {description && <Text className={styles.description}>{description}</Text>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}

type Loading<Value> = {
  readonly data: Value | undefined;
  readonly error: Error | null;
  refetch(): unknown;
};

/** Shows what was read, or that it is on its way, or why it does not come. */
export function Loaded<Value>({
  query,
  children,
}: {
  readonly query: Loading<Value>;
  readonly children: (value: Value) => ReactNode;
}) {
  const styles = useStyles();
  const text = useText();
  const { data, error } = query;
  if (data !== undefined) return children(data);
  if (error instanceof Problem && error.status === 404)
    return <EmptyState title={text.errors.notFoundTitle}>{text.errors.notFound}</EmptyState>;
  if (error !== null) return <ProblemBar error={error} onRetry={() => void query.refetch()} />;
  return <Spinner className={styles.waiting} label={text.list.loading} />;
}
