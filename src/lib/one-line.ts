/** Whether a name fits on one line: no line breaks and no other control characters, which could steer a terminal or a log. */
export function isOneLine(text: string): boolean {
  return !/[\p{Cc}\u2028\u2029]/u.test(text);
}
