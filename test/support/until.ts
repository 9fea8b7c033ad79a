/**
 * Waits for what a program outside of this process brings about, asking every 20 ms. Throws after `milliseconds`
 * (default 20 s). Not for our own work: that is awaited.
 */
export async function until<T>(
  what: string,
  found: () => Promise<T | undefined> | T | undefined,
  milliseconds = 20_000,
): Promise<T> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const result = await found();
    if (result !== undefined) return result;
    if (performance.now() > end) throw new Error(`waited ${milliseconds} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
