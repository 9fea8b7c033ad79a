import type * as english from '../en/jobs.ts';
import { zahl } from './counting.ts';

export const jobs: typeof english.jobs = {
  title: 'Aufträge',
  description:
    'Lange Arbeit. Sie geht weiter, ob diese Seite offen ist oder nicht, auch nach einem Neustart des Servers.',
  one: 'Auftrag',
  what: 'Was',
  progress: 'Fortschritt',
  of: (n: number, all: number) => `${zahl.format(n)} von ${zahl.format(all)}`,
  by: 'Durch',
  started: 'Begonnen',
  finished: 'Geendet',
  done: 'Erledigt',
  skipped: 'Übersprungen',
  failed: 'Gescheitert',
  rate: 'Höchstens',
  perMinute: (n: number) => `${zahl.format(n)} je Minute`,
  number: (n: number) => zahl.format(n),
  pause: 'Anhalten',
  resume: 'Weiter',
  cancel: 'Beenden',
  states: { running: 'Läuft', paused: 'Angehalten', done: 'Erledigt', cancelled: 'Vorzeitig beendet' },
  empty: 'Noch ist kein Auftrag gelaufen',
  emptyHint: 'Viele Zertifikate neu auszustellen oder zu widerrufen und bestätigte Massenentzüge laufen als Aufträge.',
};
