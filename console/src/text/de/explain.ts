import type * as english from '../en/explain.ts';

export const explain: typeof english.explain = {
  why: 'Gründe',
  timeline: 'Zertifikat und seine Zeitachse',
  status: {
    applies: 'Gilt',
    pending: 'Ausstehend',
    error: 'Fehler',
    'not-applicable': 'Nicht anwendbar',
    excluded: 'Ausgeschlossen',
    'not-assigned': 'Nicht zugewiesen',
    'no-device': 'Kein Gerät',
  },
};
