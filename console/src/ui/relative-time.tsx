import { useSyncExternalStore } from 'react';
import { useLanguage, useText } from '../text/text.ts';

const minute = 60_000;
const units = [
  ['year', 365 * 24 * 60 * minute],
  ['month', 30 * 24 * 60 * minute],
  ['day', 24 * 60 * minute],
  ['hour', 60 * minute],
  ['minute', minute],
] as const;

/** One clock for all of them. */
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, minute / 2);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

export function relativeText(at: number, from: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const difference = at - from;
  for (const [unit, length] of units)
    if (Math.abs(difference) >= length) return format.format(Math.trunc(difference / length), unit);
  return format.format(0, 'second');
}

export function exactText(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
}

/** “3 hours ago”, with the exact time on hover. `at`: milliseconds; null: never. */
export function RelativeTime({ at }: { readonly at: number | null }) {
  const language = useLanguage();
  const text = useText();
  const current = useNow();
  if (at === null) return <span>{text.words.never}</span>;
  // What happened just now must not lie in the future of a clock that ticks twice a minute.
  const from = at > current && at - current < minute ? at : current;
  return (
    <time dateTime={new Date(at).toISOString()} title={exactText(at, language)}>
      {relativeText(at, from, language)}
    </time>
  );
}

/** The exact time, for where it matters. */
export function ExactTime({ at }: { readonly at: number | null }) {
  const language = useLanguage();
  const text = useText();
  if (at === null) return <span>{text.words.never}</span>;
  return <time dateTime={new Date(at).toISOString()}>{exactText(at, language)}</time>;
}
