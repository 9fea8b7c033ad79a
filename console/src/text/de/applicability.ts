import * as english from '../en/applicability.ts';

export const applicability: typeof english.applicability = {
  title: 'Anwendbarkeitsregeln',
  hint: 'Grenzen die Zuweisung nach Edition und Version von Windows ein. Beide Regeln müssen gelten.',
  none: 'Keine Regeln: jedes zugewiesene Gerät.',
  osEdition: 'Edition',
  osVersion: 'Version',
  editionsLabel: 'Editionen',
  minimum: 'Kleinste Version',
  maximum: 'Größte Version',
  versionHint: 'Vier Zahlen, etwa 10.0.19045.0',
  range: (minimum, maximum) => `${minimum} bis ${maximum}`,
  rules: {
    none: 'Keine Regel',
    assignIf: 'Profil zuweisen, wenn',
    dontAssignIf: 'Profil nicht zuweisen, wenn',
  },
  // Namen von Produkten.
  editions: english.applicability.editions,
};
