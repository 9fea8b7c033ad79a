import type * as english from '../en/directory-import.ts';
import { viele, zahl } from './counting.ts';

export const directoryImport: typeof english.directoryImport = {
  title: 'Import',
  open: 'Importieren',
  description:
    'Benutzer, Gruppen, ihre Mitglieder und Geräte aus CSV-Dateien. Nichts ändert sich, bevor Sie gesehen haben, was.',
  files: 'Dateien',
  choose: 'Dateien wählen',
  chooseHint: (names: string): string =>
    `Oder hierher ziehen: ${names}, oder einige davon. UTF-8, Kommas, Spaltennamen in der ersten Zeile.`,
  kinds: { users: 'Benutzer', groups: 'Gruppen', members: 'Mitgliedschaften', devices: 'Geräte' },
  unknownKind: 'Was steht darin?',
  whatIsIn: (name: string): string => `Was in ${name} steht`,
  leaveOut: (name: string): string => `${name} weglassen`,
  size: (bytes: number): string =>
    bytes < 1_000_000
      ? `${zahl.format(Math.ceil(bytes / 1000))} kB`
      : `${zahl.format(Math.round(bytes / 100_000) / 10)} MB`,
  number: (n: number): string => zahl.format(n),
  chooseFirst: 'Wählen Sie zuerst eine Datei.',
  sayWhat: (name: string): string => `Sagen Sie, was in ${name} steht: Name und erste Zeile verraten es nicht.`,
  twice: (name: string): string =>
    `Eine andere Datei enthält dasselbe wie ${name}. Lassen Sie eine weg, oder fügen Sie sie zusammen.`,
  unreadable: (name: string): string =>
    `${name} ist nicht mehr zu lesen: sie wurde seither geändert, verschoben oder gelöscht. Wählen Sie sie neu.`,
  prune: 'Auch entfernen, was nicht mehr in den Dateien steht',
  pruneLimit: 'Höchstens, in Prozent jeder Art',
  preview: 'Zeigen, was sich ändern würde',
  looking: 'Es wird nachgesehen, was sich ändern würde',
  importing: 'Import läuft',
  sending: 'Dateien werden gesendet',
  steps: {
    reading: 'Dateien werden gelesen',
    comparing: 'Vergleich mit dem Verzeichnis',
    users: 'Benutzer',
    groups: 'Gruppen',
    devices: 'Geräte',
    members: 'Mitgliedschaften',
  },
  allOrNothing:
    'Alles oder nichts: bis zum Ende hat sich nichts geändert. Sie können die Seite verlassen; der Import läuft weiter.',
  end: 'Import abbrechen',
  faults: (n: number): string => viele(n, 'Fehler', 'Fehler'),
  downloadFaults: 'Liste herunterladen',
  refused: 'Nichts wurde geändert.',
  refusedHint: 'Berichtigen Sie die Dateien, und wählen Sie sie neu.',
  firstFaults: (n: number): string => `Gezeigt werden die ersten ${zahl.format(n)}.`,
  file: 'Datei',
  line: 'Zeile',
  column: 'Spalte',
  wrong: 'Was falsch ist',
  previewTitle: 'Was sich ändern würde',
  previewHint:
    'Noch ist nichts geschehen. Wenn viele Geräte dadurch etwas verlören, wartet das auf eine eigene Bestätigung.',
  nothing: 'Nichts würde sich ändern: das Verzeichnis sagt dasselbe wie die Dateien.',
  importNow: (n: number): string => `${viele(n, 'Änderung', 'Änderungen')} importieren`,
  counts: 'Wie viel sich ändert',
  created: 'Neu',
  updated: 'Geändert',
  removed: 'Entfernt',
  unchanged: 'Wie bisher',
  changes: { created: 'Neu', updated: 'Geändert', removed: 'Entfernt' },
  memberOf: (member: string, group: string): string => `${member} in ${group}`,
  field: (field: string, before: string, after: string): string => `${field}: ${before} → ${after}`,
  firstChanges: (n: number): string => `Gezeigt werden die ersten jeder Sorte, zusammen ${zahl.format(n)}.`,
  done: 'Der Import ist fertig',
  latest: 'Der letzte Import',
  more: 'Weitere importieren',
  outcomes: {
    imported: 'Alles aus den Dateien steht im Verzeichnis.',
    planned: 'Es wurde nur nachgesehen, was sich ändern würde.',
    refused: 'Die Dateien hatten Fehler, und nichts wurde geändert.',
    'prune-refused': 'Es wäre mehr entfernt worden als erlaubt, und nichts wurde geändert.',
    failed: 'Er kam zu keinem Ende, und nichts wurde geändert.',
  },
  mistakes: (n: number): string => `${viele(n, 'Fehler', 'Fehler')}.`,
};
