/** What the reader of this browser likes; never anything secret. A browser that keeps nothing is asked anew each time. */
const prefix = 'scepward.';

export function readPreference(name: string): string | undefined {
  try {
    return localStorage.getItem(`${prefix}${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function writePreference(name: string, value: string): void {
  try {
    localStorage.setItem(`${prefix}${name}`, value);
  } catch {
    // Then it holds until the page is closed.
  }
}
