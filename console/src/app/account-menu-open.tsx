import {
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from '@fluentui/react-components';
import { PersonCircleRegular } from '@fluentui/react-icons';
import { useNavigate } from '@tanstack/react-router';
import { signOut, useSession } from '../api/session.ts';
import { type Language, languages, setLanguage, useLanguage, useText } from '../text/text.ts';
import { setTheme, type ThemeName, themeNames, useThemeName } from './theme.ts';

/** The menu, opened. */
export function AccountMenuOpen() {
  const text = useText();
  const navigate = useNavigate();
  const { me } = useSession();
  const theme = useThemeName();
  const language = useLanguage();
  const name = me?.name ?? '';
  return (
    <Menu
      defaultOpen
      checkedValues={{ theme: [theme], language: [language] }}
      onCheckedValueChange={(_, { name: group, checkedItems: [value = ''] }) => {
        if (group === 'theme') setTheme(value as ThemeName);
        else void setLanguage(value as Language);
      }}
    >
      <MenuTrigger disableButtonEnhancement>
        <Button
          appearance="subtle"
          shape="circular"
          aria-label={`${text.shell.account}: ${name}`}
          icon={<PersonCircleRegular />}
        />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem onClick={() => void navigate({ to: '/account' })}>{`${text.shell.account}: ${name}`}</MenuItem>
          <MenuDivider />
          <MenuGroup>
            <MenuGroupHeader>{text.shell.theme}</MenuGroupHeader>
            {themeNames.map((one) => (
              <MenuItemRadio key={one} name="theme" value={one}>
                {text.shell.themes[one]}
              </MenuItemRadio>
            ))}
          </MenuGroup>
          <MenuDivider />
          <MenuGroup>
            <MenuGroupHeader>{text.shell.languageMenu}</MenuGroupHeader>
            {Object.entries(languages).map(([one, title]) => (
              <MenuItemRadio key={one} name="language" value={one}>
                {title}
              </MenuItemRadio>
            ))}
          </MenuGroup>
          <MenuDivider />
          <MenuItem onClick={() => void signOut()}>{text.shell.signOut}</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
