import type * as english from '../en/groups.ts';
import { viele } from './counting.ts';

export const groups: typeof english.groups = {
  title: 'Gruppen',
  description: 'Gruppen von Benutzern oder Geräten; ihnen werden Profile zugewiesen.',
  one: 'Gruppe',
  search: 'Name einer Gruppe',
  empty: 'Noch gibt es keine Gruppe',
  emptyHint: 'Fügen Sie eine hinzu, oder importieren Sie Ihr Verzeichnis.',
  add: 'Gruppe hinzufügen',
  kind: 'Enthält',
  kinds: { user: 'Benutzer', device: 'Geräte' },
  id: 'Gruppen-ID',
  members: 'Mitglieder',
  memberKind: 'Mitglied',
  memberKinds: { user: 'Benutzer', device: 'Gerät', group: 'Gruppe' },
  memberName: 'Name oder ID',
  noMembers: 'Noch ist niemand darin.',
  takeOut: 'Herausnehmen',
  changed: (n: number) => viele(n, 'Mitglied geändert', 'Mitglieder geändert'),
};
