import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { ErrorCircleRegular, SearchRegular } from '@fluentui/react-icons';
import { useText } from '../text/text.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Link } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';

const useStyles = makeStyles({
  detail: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: 'anywhere' },
});

export function NotFoundPage() {
  const text = useText();
  return (
    <Page title={text.errors.notFoundTitle}>
      <EmptyState
        icon={<SearchRegular />}
        title={text.errors.notFoundTitle}
        action={<Link to="/">{text.errors.home}</Link>}
      >
        {text.errors.notFound}
      </EmptyState>
    </Page>
  );
}

/** A page that threw: the rest of the console stays. A chunk that is gone means that the server has a newer console. */
export function PageFailed({ error }: { readonly error: unknown }) {
  const text = useText();
  const styles = useStyles();
  const outdated =
    error instanceof Error && /dynamically imported module|Importing a module script/i.test(error.message);
  return (
    <EmptyState
      icon={<ErrorCircleRegular />}
      title={outdated ? text.shell.restarted : text.errors.title}
      action={
        <Button appearance="primary" onClick={() => location.reload()}>
          {text.shell.reload}
        </Button>
      }
    >
      {!outdated && (
        <>
          <Text block>{text.errors.explain}</Text>
          <Text size={200} className={styles.detail}>
            {error instanceof Error ? error.message : String(error)}
          </Text>
        </>
      )}
    </EmptyState>
  );
}
