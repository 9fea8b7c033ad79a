import type * as english from '../en/assignments.ts';
import { viele, zahl } from './counting.ts';

export const assignments: typeof english.assignments = {
  title: 'Zuweisungen',
  nobody: 'Noch niemandem.',
  modes: { include: 'Einbezogen:', exclude: 'Ausgenommen:' },
  filtered: {
    include: (filter) => `(nur Geräte, auf die ${filter} passt)`,
    exclude: (filter) => `(ohne Geräte, auf die ${filter} passt)`,
  },
  everybody: { allUsers: 'Alle Benutzer', allDevices: 'Alle Geräte' },
  kinds: { everybody: 'Alle', group: 'Gruppen', user: 'Benutzer', device: 'Geräte' },
  kind: { group: 'Gruppe', user: 'Benutzer', device: 'Gerät' },
  parts: { include: 'Einbezogen', exclude: 'Ausgenommen' },
  add: { include: 'Einbeziehen', exclude: 'Ausnehmen' },
  none: { include: 'Noch bekommt es niemand.', exclude: 'Niemand ist ausgenommen.' },
  pickPlaceholder: 'Gruppen, Benutzer, Geräte suchen',
  pickHint: 'Alle Benutzer, alle Geräte oder ein Name.',
  reaches: (n) => viele(n, 'Gerät', 'Geräte'),
  takeAway: (name) => `${name} wegnehmen`,
  filter: 'Filter',
  filterMode: 'Welche dieser Geräte',
  filterModes: { none: 'Alle', include: 'Nur passende', exclude: 'Ohne die passenden' },
  impact: {
    title: 'Was es auf Geräten bewirkt',
    nothing: 'Es ändert auf keinem Gerät etwas.',
    effects: {
      gain: (n) => `${viele(n, 'Gerät bekommt', 'Geräte bekommen')} es`,
      keep: (n) => `${viele(n, 'Gerät behält', 'Geräte behalten')} es, wie es ist`,
      redeliver: (n) => `${viele(n, 'Gerät erfährt', 'Geräte erfahren')} es neu; Zertifikate bleiben`,
      reissue: (n) => `${viele(n, 'Gerät bekommt', 'Geräte bekommen')} ein neues Zertifikat`,
      remove: (n) => `${viele(n, 'Gerät verliert', 'Geräte verlieren')} es`,
      revoke: (n) => `${viele(n, 'Gerät verliert', 'Geräte verlieren')} es, und das Zertifikat wird gesperrt`,
      blocked: (n) => `${viele(n, 'Gerät sollte', 'Geräte sollten')} es haben und kann nicht`,
    },
    certificates: (n) => `${zahl.format(n)} mit einem Zertifikat`,
    others: (n) => `und ${zahl.format(n)} weitere`,
    restsOnIt: (name) => `${name}, das darauf beruht`,
    variable: (variable, n) => `{{${variable}}} hat auf ${viele(n, 'Gerät', 'Geräten')} keinen Wert`,
    waits:
      'So viele Geräte verlieren auf einmal etwas, dass es unter „Wartende Entzüge“ wartet, bis jemand es bestätigt.',
    findings: 'Was die Regeln sagen',
  },
};
