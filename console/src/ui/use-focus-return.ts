import { useEffect, useRef } from 'react';

/** Where the focus was when something opened over the page, it is again when that closes. */
export function useFocusReturn(open: boolean): void {
  const was = useRef(false);
  const before = useRef<Element | null>(null);
  // While it is drawn: what opens takes the focus before any effect of ours.
  if (open && !was.current) before.current = document.activeElement;
  was.current = open;
  useEffect(() => {
    if (!open) return;
    return () => {
      const place = before.current;
      setTimeout(() => {
        const isTaken = document.activeElement?.closest('[role="dialog"], [role="alertdialog"]') != null;
        if (!isTaken && place instanceof HTMLElement && place.isConnected) place.focus();
      });
    };
  }, [open]);
}
