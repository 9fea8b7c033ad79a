/** The words by which a directory says who minds the certificates of a Windows device that Configuration Manager knows too. */
import { Failure } from '../lib/failure.ts';
import { nearest } from '../lib/nearest.ts';

export type CoManagementWorkload = 'configurationManager' | 'pilot' | 'intune';

const spellings: Readonly<Record<string, CoManagementWorkload>> = {
  configurationManager: 'configurationManager',
  configMgr: 'configurationManager',
  pilot: 'pilot',
  pilotIntune: 'pilot',
  intune: 'intune',
};

const known = new Map(Object.entries(spellings).map(([word, meant]) => [word.toLowerCase(), meant]));

/** Only letters and digits count, and not their case; null: a word that nobody knows. */
export function readWorkload(text: string): CoManagementWorkload | null {
  return known.get(text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')) ?? null;
}

const mostShown = 60;

/** A slip of the pen must not take a device away from its other manager. */
export function unknownWorkload(text: string): Failure {
  const words = Object.keys(spellings);
  const meant = nearest(text, words);
  const hint = meant === null ? '' : ` Did you mean "${meant}"?`;
  const shown = text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
  const message = `"${shown}" is not a co-management workload.${hint} Known are ${words.join(', ')}.`;
  return new Failure('invalid', 'unknown-workload', message, { known: words, meant });
}
