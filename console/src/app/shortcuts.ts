/** Ctrl+K or ⌘K: the palette. “/”: search in the list. “g”, then a letter: a page. “?”: the palette's list of them. */
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { navigation } from './pages.ts';

const patience = 1200;

export function useShortcuts({ openPalette }: { readonly openPalette: () => void }): void {
  const router = useRouter();
  useEffect(() => {
    let goUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        return openPalette();
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[role="dialog"], [role="alertdialog"]') !== null) return;
      if (event.timeStamp < goUntil) {
        goUntil = 0;
        const entry = navigation.find(({ shortcut }) => shortcut === event.key);
        if (entry === undefined) return;
        event.preventDefault();
        return void router.navigate({ to: entry.to });
      }
      if (event.key === 'g') goUntil = event.timeStamp + patience;
      else if (event.key === '?') openPalette();
      else if (event.key === '/') {
        const box = document.querySelector<HTMLElement>('[data-shortcut="search"]');
        const input = box instanceof HTMLInputElement ? box : box?.querySelector('input');
        if (!input) return;
        event.preventDefault();
        input.focus();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [router, openPalette]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input, textarea, select, [role="textbox"], [role="combobox"]') !== null)
  );
}
