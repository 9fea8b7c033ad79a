import { type RefObject, useEffect, useState } from 'react';

export type Window = { readonly top: number; readonly height: number; readonly width: number };

/** Which part of a scrolling element can be seen, in pixels; once per frame at most. */
export function useWindow(element: RefObject<HTMLElement | null>): Window {
  const [seen, setSeen] = useState<Window>({ top: 0, height: 600, width: 0 });
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    let due = 0;
    const measure = () => {
      due = 0;
      const next = { top: current.scrollTop, height: current.clientHeight, width: current.clientWidth };
      setSeen((before) =>
        before.top === next.top && before.height === next.height && before.width === next.width ? before : next,
      );
    };
    const soon = () => {
      due ||= requestAnimationFrame(measure);
    };
    measure();
    current.addEventListener('scroll', soon, { passive: true });
    const sizes = new ResizeObserver(soon);
    sizes.observe(current);
    return () => {
      cancelAnimationFrame(due);
      sizes.disconnect();
      current.removeEventListener('scroll', soon);
    };
  }, [element]);
  return seen;
}
