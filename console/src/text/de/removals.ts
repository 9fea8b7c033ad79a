import type * as english from '../en/removals.ts';
import { viele, zahl } from './counting.ts';

export const removals: typeof english.removals = {
  title: 'Wartende Entzüge',
  description:
    'Würden sehr viele Geräte auf einmal etwas verlieren, so wartet es hier, bis jemand sagt, dass es so gemeint ist.',
  one: 'Massenentzug',
  cause: 'Was geschah',
  profile: 'Profil',
  devices: 'Wartend',
  opened: 'Seit',
  decided: 'Entschieden',
  by: 'Durch',
  job: 'Ausgeführt von',
  occasions: {
    unenrolled: 'Abgemeldet',
    retired: 'Ausgemustert',
    wiped: 'Gelöscht',
    deviceDeleted: 'Geräte vergessen',
    userDeleted: 'Benutzer gelöscht',
    userChanged: 'Hauptbenutzer geändert',
    leftGroup: 'Gruppe verlassen',
    unassigned: 'Zuweisung genommen',
    notApplicable: 'Nicht mehr anwendbar',
    profileDeleted: 'Profil gelöscht',
    profileChanged: 'Profil geändert',
  },
  states: { waiting: 'Wartet', confirmed: 'Bestätigt', rejected: 'Abgelehnt', undone: 'Zurückgenommen' },
  confirm: 'Entziehen und widerrufen',
  reject: 'Alles behalten',
  confirmTitle: (n: number) => `${viele(n, 'Gerät', 'Geräten')} entziehen?`,
  confirmEffect: 'Ausgeführt wird, was die Entzugsregel sagt, als Auftrag. Widerrufene Zertifikate bleiben widerrufen.',
  rejectTitle: 'Alles behalten?',
  rejectEffect: 'Die Geräte behalten, was sie haben, so wie es jetzt steht.',
  first: (n: number, all: number) =>
    n < all ? `Die ersten ${zahl.format(n)} von ${zahl.format(all)}:` : 'Von diesen Geräten:',
  empty: 'Nichts wartet',
  emptyHint: 'Entzüge von wenigen geschehen von selbst.',
};
