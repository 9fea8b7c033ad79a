import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { CheckmarkRegular, CopyRegular } from '@fluentui/react-icons';
import { useEffect, useState } from 'react';
import { useText } from '../text/text.ts';

const useStyles = makeStyles({
  root: {
    display: 'inline-flex',
    alignItems: 'center',
    maxWidth: '100%',
    minWidth: 0,
    padding: `0 ${tokens.spacingHorizontalXS}`,
    marginLeft: `calc(-1 * ${tokens.spacingHorizontalXS})`,
    fontWeight: tokens.fontWeightRegular,
    height: '24px',
  },
  text: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
});

/** An identifier: a click copies the whole of it, even if less is shown. `what`: “serial number”. */
export function Copyable({
  value,
  what,
  shown = value,
}: {
  readonly value: string;
  readonly what: string;
  readonly shown?: string;
}) {
  const styles = useStyles();
  const text = useText();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button
      appearance="transparent"
      size="small"
      className={styles.root}
      title={value}
      aria-label={copied ? text.words.copied : `${text.words.copyThis(what)}: ${shown}`}
      iconPosition="after"
      icon={copied ? <CheckmarkRegular /> : <CopyRegular />}
      onClick={(event) => {
        event.stopPropagation();
        void navigator.clipboard.writeText(value).then(() => setCopied(true));
      }}
    >
      <span className={styles.text}>{shown}</span>
    </Button>
  );
}
