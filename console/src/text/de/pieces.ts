import * as english from '../en/pieces.ts';
import { viele, zahl } from './counting.ts';

export const errors: typeof english.errors = {
  ...english.errors,
  title: 'Diese Seite ist gescheitert',
  explain:
    'Ein Fehler der Konsole, nicht Ihrer. Laden Sie neu; kommt er wieder, sagen Sie es dem Betreiber des Servers.',
  detail: 'Was geschah',
  notFoundTitle: 'Hier ist nichts',
  notFound: 'Die Adresse führt zu keiner Seite, oder was sie zeigte, ist gelöscht.',
  home: 'Zur Übersicht',
  retry: 'Noch einmal',
  requestId: (id: string) => `Anfrage ${id}`,
  noAnswer: 'Der Server antwortet nicht.',
  noAnswerFix: 'Es wird von selbst weiter versucht. Prüfen Sie das Netz, oder ob der Server läuft.',
  forbidden: 'Das dürfen Sie nicht sehen',
  forbiddenFix: 'Dazu braucht es ein Recht, das Ihren Rollen fehlt. Ein Administrator kann es geben.',
  changedTitle: 'Jemand anderes hat das inzwischen gespeichert',
  changed: 'Vergleichen Sie beides; übernehmen Sie jenes oder behalten Sie Ihres.',
  keepTheirs: 'Jenes übernehmen',
  keepMine: 'Meines behalten, dann noch einmal speichern',
  theirs: 'Auf dem Server',
  mine: 'Ihres',
  field: 'Feld',
};

export const list: typeof english.list = {
  ...english.list,
  search: 'Suchen',
  searchShort: 'Mindestens drei Zeichen.',
  clear: 'Filter löschen',
  filters: 'Filter',
  all: 'Alle',
  columns: 'Spalten',
  loading: 'Lädt …',
  loadingMore: 'Lädt mehr …',
  end: (n: number) => (n === 1 ? 'Das ist alles: 1 Zeile.' : `Das ist alles: ${zahl.format(n)} Zeilen.`),
  shown: (n: number, more: boolean) => `${viele(n, 'Zeile', 'Zeilen')}${more ? ', weiter unten mehr' : ''}`,
  none: 'Nichts passt',
  noneHint: 'Ändern oder löschen Sie die Filter.',
  sortBy: (column: string) => `Nach ${column} ordnen`,
  ascending: 'aufsteigend',
  descending: 'absteigend',
  select: (name: string) => `${name} auswählen`,
  selectAll: 'Alle geladenen Zeilen auswählen',
  takeOff: (filter: string) => `Filter wegnehmen: ${filter}`,
  selected: (n: number) => `${zahl.format(n)} ausgewählt`,
  refresh: 'Neu lesen',
  export: 'Exportieren',
};

export const words: typeof english.words = {
  ...english.words,
  save: 'Speichern',
  cancel: 'Abbrechen',
  close: 'Schließen',
  delete: 'Löschen',
  edit: 'Bearbeiten',
  add: 'Hinzufügen',
  create: 'Erstellen',
  next: 'Weiter',
  back: 'Zurück',
  done: 'Fertig',
  copy: 'Kopieren',
  copied: 'Kopiert',
  copyThis: (what: string) => `${what} kopieren`,
  yes: 'Ja',
  no: 'Nein',
  never: 'Nie',
  none: 'Keine',
  unknown: 'Unbekannt',
  more: 'Mehr',
  details: 'Einzelheiten',
  required: 'Nötig',
  fillIn: 'Das wird gebraucht.',
  optional: 'Freiwillig',
  description: 'Beschreibung',
  state: 'Zustand',
  created: 'Erstellt',
  modified: 'Geändert',
  actions: 'Aktionen',
  show: 'Zeigen',
  hide: 'Verbergen',
  confirm: 'Bestätigen',
  from: 'Von',
  to: 'Bis',
  any: 'Beliebig',
  download: 'Herunterladen',
  shownOnce: 'Das wird nur jetzt gezeigt. Kopieren Sie es dorthin, wo es gebraucht wird.',
  saved: 'Gespeichert.',
  deleted: 'Gelöscht.',
};

export const confirm: typeof english.confirm = {
  ...english.confirm,
  typeName: (name: string) => `Tippen Sie ${name}, um fortzufahren`,
  cannotUndo: 'Das lässt sich nicht rückgängig machen.',
};

export const chart: typeof english.chart = {
  ...english.chart,
  asTable: 'Als Tabelle',
  asChart: 'Als Diagramm',
  nothing: 'Für diese Zeit gibt es nichts zu zeigen.',
};

export const states: typeof english.states = {
  ...english.states,
  valid: 'Gültig',
  expired: 'Abgelaufen',
  revoked: 'Gesperrt',
  active: 'Aktiv',
  disabled: 'Stillgelegt',
};

export const platforms: typeof english.platforms = {
  ...english.platforms,
  androidDeviceAdministrator: 'Android-Geräteadministrator',
  androidEnterpriseCorporate: 'Android Enterprise, unternehmenseigen',
  androidEnterprisePersonal: 'Android Enterprise, persönlich',
  windows10: 'Windows 10 und höher',
};
