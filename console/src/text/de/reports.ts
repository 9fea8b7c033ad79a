import type * as english from '../en/reports.ts';
import { zahl } from './counting.ts';

export const reports: typeof english.reports = {
  title: 'Berichte',
  description: 'Was ausgestellt, erneuert, widerrufen wurde und was scheiterte.',
  span: 'Zeitraum',
  lastDays: (n: number) => `Letzte ${zahl.format(n)} Tage`,
  platform: 'Plattform',
  allPlatforms: 'Alle Plattformen',
  activity: 'Ausgestellt, erneuert, widerrufen und gescheitert je Tag',
  revoked: 'Widerrufen',
  failures: 'Fehler nach Grund',
  more: 'Listen dahinter',
  expiring: 'Zertifikate, die nächsten endenden zuerst',
  revokedList: 'Widerrufene Zertifikate',
  failureList: 'Fehler einzeln',
  when: 'Wann',
  reason: 'Grund',
  device: 'Gerät',
  profile: 'Profil',
  code: 'Prüfungscode',
  whatToDo: 'Was zu tun ist',
  requestId: 'Anfrage-ID',
  ofReason: 'Eines Grundes',
  ofDevice: 'Eines Geräts',
  ofProfile: 'Eines Profils',
  noFailures: 'Nichts ist gescheitert',
};
