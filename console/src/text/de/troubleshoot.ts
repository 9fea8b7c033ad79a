import type * as english from '../en/troubleshoot.ts';

export const troubleshoot: typeof english.troubleshoot = {
  title: 'Problembehandlung',
  description:
    'Wählen Sie einen Benutzer oder ein Gerät: was da sein soll, was da ist, und warum es sich unterscheidet.',
  kind: 'Ansehen',
  kinds: { user: 'Einen Benutzer', device: 'Ein Gerät' },
  who: 'Name',
  pick: 'Tippen Sie einen Namen ein',
  nothing: 'Noch gibt es kein Profil',
};
