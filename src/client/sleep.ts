/** Resolves after `delay` ms, or as soon as `signal` aborts; never rejects. */
export function sleep(delay: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    // Longer delays than a timer can hold would fire at once.
    const timer = setTimeout(end, Math.min(delay, 2 ** 31 - 1));
    signal?.addEventListener('abort', end);
  });
}
