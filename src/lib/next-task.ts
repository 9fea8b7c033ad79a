/** Lets others have the event loop: for work that never waits by itself. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
