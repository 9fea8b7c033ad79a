import type { waitingChanges as english } from '../en/waiting-changes.ts';
import { viele } from './counting.ts';

const operations: Readonly<Record<string, string>> = {
  'save-profile': 'Ein Profil speichern',
  'delete-profile': 'Ein Profil löschen',
  'assign-profile': 'Ändern, wer ein Profil erhält',
  'apply-profiles': 'Dokumente anwenden',
  'change-members': 'Mitglieder einer Gruppe ändern',
  'delete-group': 'Eine Gruppe löschen',
  'save-filter': 'Einen Filter ändern',
  'set-co-management': 'Co-Management ändern',
  're-issue': 'Zertifikate neu ausstellen',
  'confirm-removal': 'Eine Massenentfernung ausführen',
  'finish-rollover': 'Einen Wechsel des Ausstellers abschließen',
  'set-second-approval': 'Die zweite Zustimmung ändern',
  'set-mass-removal': 'Ändern, wann Entfernungen warten',
};

export const waitingChanges: typeof english = {
  one: 'Wartende Änderung',
  what: 'Was',
  askedBy: 'Verlangt von',
  askedAt: 'Verlangt',
  touches: 'Bereitstellungen',
  all: 'Alles',
  until: 'Wartet bis',
  decided: 'Entschieden',
  by: 'Von',
  outcome: 'Was daraus wurde',
  request: 'Genau',
  own: 'Das haben Sie selbst verlangt: ein anderer Administrator entscheidet.',
  approve: 'Zustimmen',
  reject: 'Ablehnen',
  withdraw: 'Zurückziehen',
  states: {
    waiting: 'Wartet',
    approved: 'Wird ausgeführt',
    done: 'Ausgeführt',
    failed: 'Gescheitert',
    stale: 'Überholt',
    rejected: 'Abgelehnt',
    withdrawn: 'Zurückgezogen',
    expired: 'Abgelaufen',
  },
  questions: {
    approved: 'Das ausführen lassen?',
    rejected: 'Diese Änderung ablehnen?',
    withdrawn: 'Diese Änderung zurückziehen?',
  },
  actions: { approved: 'Zustimmen', rejected: 'Ablehnen', withdrawn: 'Zurückziehen' },
  approveEffect: (name: string) =>
    `Es wird sofort ausgeführt, als Änderung von ${name}, mit Ihrem Namen daneben im Audit-Protokoll.`,
  nothingDone: 'Es geschieht nichts, und die Änderung bleibt in der Liste.',
  empty: 'Nichts wartet auf einen zweiten Administrator',
  emptyHint: 'Ab wann Änderungen einen brauchen, ist eine Einstellung; sie ist aus, solange niemand sie einschaltet.',
  notice: (n: number) => `${viele(n, 'Änderung wartet', 'Änderungen warten')} auf einen zweiten Administrator.`,
  setting: 'Zweite Zustimmung',
  settingHint:
    'Änderungen, die so viele Bereitstellungen oder mehr berühren, warten, bis ein anderer Administrator zustimmt. Leer: keine. Ist das eingeschaltet, braucht auch diese Einstellung zwei.',
  threshold: 'Bereitstellungen',
  hours: 'Stunden, die eine Änderung wartet',
  operation: (operation: string) => operations[operation] ?? operation,
};
