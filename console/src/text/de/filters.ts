import type * as english from '../en/filters.ts';
import { viele, zahl } from './counting.ts';

export const filters: typeof english.filters = {
  title: 'Filter',
  description:
    'Regeln über Geräte einer Plattform; Zuweisungen nehmen mit ihnen einige von denen auf oder aus, die sie erreichen.',
  one: 'Filter',
  search: 'Name eines Filters',
  empty: 'Noch gibt es keinen Filter',
  emptyHint: 'Ein Filter grenzt eine Zuweisung ein: nur iPhones der Firma, alle außer einem Modell.',
  add: 'Filter hinzufügen',
  rule: 'Regel',
  ruleHint: 'Etwa (device.model -startsWith "Pixel") and (device.deviceOwnership -eq "Corporate")',
  platformHint: 'Sie ändert sich danach nie.',
  findings: 'Was an der Regel falsch ist',
  at: (n) => `Bei Zeichen ${zahl.format(n)}:`,
  insert: 'Eigenschaft einfügen',
  cannotMatch: 'Die Regel ist noch nicht zu gebrauchen.',
  matches: (n, all) => `Passt auf ${zahl.format(n)} von ${viele(all, 'Gerät', 'Geräten')} der Plattform`,
  usedBy: 'Benutzt von',
  unused: 'Keiner Zuweisung.',
  impactOn: (profile) => `${profile}:`,
  deleteExplain: 'Ein Filter, den Zuweisungen benutzen, lässt sich nicht löschen: Nehmen Sie ihn erst dort weg.',
};
