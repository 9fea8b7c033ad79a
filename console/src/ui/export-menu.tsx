import { Button, Menu, MenuItemLink, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons';
import { useText } from '../text/text.ts';

/** Downloads of a list in each format. `address`: of the file in one. */
export function ExportMenu({ address }: { readonly address: (format: 'csv' | 'jsonl') => string }) {
  const text = useText();
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<ArrowDownloadRegular />}>
          {text.list.export}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItemLink href={address('csv')}>{text.list.csv}</MenuItemLink>
          <MenuItemLink href={address('jsonl')}>{text.list.jsonLines}</MenuItemLink>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
