import * as english from '../en/overview.ts';
import { viele, zahl } from './counting.ts';

export const overview: typeof english.overview = {
  ...english.overview,
  title: 'Übersicht',
  certificates: 'Zertifikate nach Zustand',
  activity: 'Ausgestellt und gescheitert je Tag, 30 Tage',
  issued: 'Ausgestellt',
  renewed: 'Erneuert',
  failed: 'Gescheitert',
  expiring: 'Zertifikate, die bald enden',
  withinDays: (days: number) => `In ${days} Tagen`,
  failures: 'Fehler nach Grund, 30 Tage',
  profiles: 'Profile, die meisten Fehler zuerst',
  noProfiles: 'Noch ist kein Profil zugewiesen.',
  errors: (n: number) => viele(n, 'Fehler', 'Fehler'),
  noErrors: 'Keine Fehler',
  statuses: {
    succeeded: 'Gelungen',
    pending: 'Ausstehend',
    error: 'Fehler',
    conflict: 'Konflikt',
    notApplicable: 'Nicht anwendbar',
  },
  scep: 'SCEP-Adressen, 24 Stunden',
  scepQuiet: 'Noch hat niemand gefragt',
  scepAnswered: (asked: number, bad: number, capped: boolean) =>
    `${zahl.format(asked)}${capped ? '+' : ''} Anfragen, ${zahl.format(bad)} abgelehnt oder gescheitert`,
  scepLoopback:
    'Geräte erreichen diese Adresse nicht: sie führt nur zu dieser Maschine. Setzen Sie SCEPWARD_PUBLIC_URL.',
  scepAddress: 'Adresse',
  scepLast: 'Zuletzt gefragt',
  scepLastSuccess: 'Letzter Erfolg',
  firstSteps: 'Erste Schritte',
  firstStepsHint: 'Was fehlt, bevor ein Gerät sein erstes Zertifikat hat.',
  stepDone: 'Erledigt',
  stepOpen: 'Zu tun',
  steps: {
    authority: 'Zertifizierungsstelle',
    trusted: 'Profil für vertrauenswürdige Zertifikate: wem Geräte trauen',
    scep: 'SCEP-Profil: welches Zertifikat sie haben',
    assigned: 'Zuweisung: wer es bekommt',
    device: 'Erstes Gerät',
  },
  sample: {
    title: 'Beispielorganisation',
    hint: 'Zum Umsehen: 44 Benutzer, 135 simulierte Geräte aller Plattformen, Profile und Zuweisungen. Die Geräte beantragen über echtes SCEP, und einige scheitern, jedes aus einem Grund, der einen Blick lohnt. Für eine Installation, die nur ausprobiert wird.',
    load: 'Beispielorganisation laden',
    directory: 'Benutzer, Gruppen, Geräte und Profile werden geladen',
    devices: (done: number, all: number, enrolled: number): string =>
      `${zahl.format(done)} von ${zahl.format(all)} Geräten haben sich gemeldet; ${viele(enrolled, 'Zertifikat', 'Zertifikate')} ausgestellt`,
    failed: (detail: string): string =>
      `Sie wurde nicht geladen: ${detail}. Sie kann neu begonnen werden und geht weiter, wo sie war.`,
  },
};
