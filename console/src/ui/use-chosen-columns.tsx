import { Button, Menu, MenuItemCheckbox, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { ColumnTripleRegular } from '@fluentui/react-icons';
import { type ReactElement, useState } from 'react';
import { readPreference, writePreference } from '../app/preferences.ts';
import { useText } from '../text/text.ts';

type Choosable = { readonly key: string; readonly title: string; readonly extra?: boolean };

/** Which columns a list shows, and the menu that chooses them; kept by this browser. */
export function useChosenColumns<C extends Choosable>(
  name: string,
  columns: readonly C[],
): readonly [readonly C[], ReactElement] {
  const text = useText();
  const usual = columns.filter(({ extra }) => !extra).map(({ key }) => key);
  const [chosen, setChosen] = useState<readonly string[]>(() => readPreference(`columns.${name}`)?.split(',') ?? usual);
  const shown = columns.filter(({ key }) => chosen.includes(key));
  const choose = (keys: readonly string[]) => {
    // A list without columns says nothing.
    if (keys.length === 0) return;
    setChosen(keys);
    writePreference(`columns.${name}`, keys.join(','));
  };
  const chooser = (
    <Menu checkedValues={{ columns: [...chosen] }} onCheckedValueChange={(_, { checkedItems }) => choose(checkedItems)}>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<ColumnTripleRegular />}>
          {text.list.columns}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {columns.map(({ key, title }) => (
            <MenuItemCheckbox key={key} name="columns" value={key}>
              {title}
            </MenuItemCheckbox>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
  return [shown.length > 0 ? shown : columns, chooser];
}
