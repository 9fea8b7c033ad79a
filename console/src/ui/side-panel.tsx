import {
  Button,
  DrawerBody,
  DrawerFooter,
  DrawerHeader,
  DrawerHeaderTitle,
  makeStyles,
  OverlayDrawer,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { useText } from '../text/text.ts';
import { useFocusReturn } from './use-focus-return.ts';

const useStyles = makeStyles({
  panel: { width: 'min(640px, 100vw)' },
  body: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalL,
    paddingBottom: tokens.spacingVerticalL,
  },
  title: { overflowWrap: 'anywhere' },
  footer: { flexWrap: 'wrap' },
});

/** What slides in from the side: the details of a row, a short form. Escape closes it. */
export function SidePanel({
  open,
  title,
  onClose,
  children,
  footer,
}: {
  readonly open: boolean;
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
}) {
  const styles = useStyles();
  const text = useText();
  useFocusReturn(open);
  return (
    <OverlayDrawer
      position="end"
      className={styles.panel}
      open={open}
      onOpenChange={(_, { open: wanted }) => !wanted && onClose()}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          heading={{ className: styles.title }}
          action={
            <Button appearance="subtle" aria-label={text.words.close} icon={<DismissRegular />} onClick={onClose} />
          }
        >
          {title}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        <div className={styles.body}>{children}</div>
      </DrawerBody>
      {footer && <DrawerFooter className={styles.footer}>{footer}</DrawerFooter>}
    </OverlayDrawer>
  );
}
