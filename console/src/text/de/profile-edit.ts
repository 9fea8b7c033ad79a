import type * as english from '../en/profile-edit.ts';
import { viele } from './counting.ts';

export const profileEdit: typeof english.profileEdit = {
  title: (name) => `${name} bearbeiten`,
  edit: (part) => `${part} bearbeiten`,
  review: 'Prüfen',
  goneTitle: 'Dieses Profil wurde inzwischen gelöscht.',
  gone: 'Was Sie eingegeben haben, steht noch da.',
  saveAsNew: 'Ein neues Profil daraus machen',
  confirmTitle: (name) => `${name} speichern?`,
  confirmEffect: (n) =>
    `${viele(n, 'Gerät verliert es oder bekommt', 'Geräte verlieren es oder bekommen')} ein neues Zertifikat, wie die Prüfung sagt.`,
  exportYaml: 'YAML exportieren',
  duplicate: 'Duplizieren',
  duplicateExplain: 'Macht ein weiteres Profil mit denselben Einstellungen. Es ist niemandem zugewiesen.',
  copyOf: (name) => `Kopie von ${name}`,
};
