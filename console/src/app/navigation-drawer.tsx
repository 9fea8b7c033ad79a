import { Button, DrawerBody, DrawerHeader, DrawerHeaderTitle, OverlayDrawer } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import { useText } from '../text/text.ts';
import { Navigation } from './navigation.tsx';

/** The navigation over the page, on narrow screens. */
export function NavigationDrawer({ path, onClose }: { readonly path: string; readonly onClose: () => void }) {
  const text = useText();
  return (
    <OverlayDrawer open position="start" size="small" onOpenChange={(_, { open }) => !open && onClose()}>
      <DrawerHeader>
        <DrawerHeaderTitle
          action={
            <Button appearance="subtle" aria-label={text.words.close} icon={<DismissRegular />} onClick={onClose} />
          }
        >
          {text.product}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        <Navigation path={path} />
      </DrawerBody>
    </OverlayDrawer>
  );
}
