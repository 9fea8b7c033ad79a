/** Answers that were asked for before the console's code was there. Each is taken once, by the call that would have asked. */
const early = new Map<string, Promise<Response>>();

/** An address exactly as `addressOf` makes it. */
export function askEarly(address: string): void {
  const response = fetch(address, { headers: { accept: 'application/json' }, credentials: 'same-origin' });
  // Who takes it hears of it.
  response.catch(() => {});
  early.set(address, response);
}

export function takeEarly(address: string): Promise<Response> | undefined {
  const response = early.get(address);
  early.delete(address);
  return response;
}

/** Somebody else may have signed in since. */
export function forgetEarly(): void {
  early.clear();
}
