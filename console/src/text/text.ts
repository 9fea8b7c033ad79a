/** The words of the language that the reader chose. English comes with the shell, others are fetched when they are chosen. */
import { createStore, useStore } from '../api/store.ts';
import { readPreference, writePreference } from '../app/preferences.ts';
import { type Catalogue, en } from './en.ts';

export type Language = 'en' | 'de';

export const languages: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

const catalogues: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: async () => en,
  de: async () => (await import('./de.ts')).de,
};

type Chosen = { readonly language: Language; readonly catalogue: Catalogue };

const chosen = createStore<Chosen>({ language: 'en', catalogue: en });

export function useText(): Catalogue {
  return useStore(chosen).catalogue;
}

export function useLanguage(): Language {
  return useStore(chosen).language;
}

/** For what is not a component. */
export function textNow(): Catalogue {
  return chosen.get().catalogue;
}

export async function setLanguage(language: Language): Promise<void> {
  const catalogue = await catalogues[language]();
  chosen.set({ language, catalogue });
  document.documentElement.lang = language;
  writePreference('language', language);
}

/** Before the first page is drawn: what was chosen before, else what the browser asks for, else English. */
export async function startLanguage(): Promise<void> {
  const wanted = [readPreference('language'), ...navigator.languages].map((tag) => tag?.slice(0, 2));
  const known = wanted.find((tag): tag is Language => tag !== undefined && Object.hasOwn(languages, tag));
  if (known !== undefined && known !== 'en') await setLanguage(known).catch(() => {});
}
