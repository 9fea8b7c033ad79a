/**
 * What may be a password: NIST SP 800-63B §3.1.1.2. Long enough, and none of those that everybody tries first; no rule on
 * which characters it has, and no date on which it ends.
 */
import { Failure } from '../lib/failure.ts';
import { commonPasswords } from './common-passwords.ts';

/** Characters. */
export const shortestPassword = 12;
export const longestPassword = 256;

/** The same for passwords that look the same, whatever keyboard they were typed on. */
export function normalizedPassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * The password as it is hashed. `words`: what an attacker would try for this person first. Failures `password-too-short`,
 * `password-too-long`, `password-common` (with `params.reason`).
 */
export function parseNewPassword(text: string, words: readonly string[]): string {
  const password = normalizedPassword(text);
  const length = [...password].length;
  if (length < shortestPassword) {
    const message = `A password has at least ${shortestPassword} characters; several words with spaces are fine.`;
    throw new Failure('invalid', 'password-too-short', message, { field: 'password', least: shortestPassword });
  }
  if (length > longestPassword)
    throw new Failure('invalid', 'password-too-long', `A password has at most ${longestPassword} characters.`, {
      field: 'password',
      most: longestPassword,
    });
  const reason = weakness(password, words);
  if (reason !== null)
    throw new Failure(
      'invalid',
      'password-common',
      `This password is one of the first to be tried: ${reasons[reason]}.`,
      {
        field: 'password',
        reason,
      },
    );
  return password;
}

const reasons = {
  common: 'it is on the lists of the commonest ones',
  repeated: 'it repeats a few characters',
  sequence: 'it follows the alphabet, the digits or the keyboard',
  name: 'it is little more than a name that belongs to you or to this product',
} as const;

const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '1234567890',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  '1q2w3e4r5t6y7u8i9o0p',
];
const runs = rows.flatMap((row) => [row, [...row].reverse().join('')]);

function weakness(password: string, words: readonly string[]): keyof typeof reasons | null {
  const text = password.toLowerCase();
  const bare = text.replace(/[^\p{L}\p{N}]/gu, '');
  if (commonPasswords.has(text) || commonPasswords.has(bare)) return 'common';
  // What is appended to a common one to make it long enough.
  const stem = bare.replace(/^\d+|\d+$/g, '');
  if (stem.length > 3 && commonPasswords.has(stem)) return 'common';
  if (new Set(text).size <= 4 || /^(.{1,5})\1+.{0,4}$/su.test(text)) return 'repeated';
  if (withoutRuns(bare).length < 5) return 'sequence';
  const rest = names(words).reduce((left, name) => left.replaceAll(name, ''), text);
  return rest.length < 8 && rest !== text ? 'name' : null;
}

/** What is left when all stretches of four or more that lie side by side on a keyboard or in the alphabet are taken out. */
function withoutRuns(text: string): string {
  let left = '';
  for (let at = 0; at < text.length; ) {
    let length = 4;
    if (!runs.some((run) => run.includes(text.slice(at, at + length))) || at + length > text.length) {
      left += text[at++];
      continue;
    }
    while (at + length < text.length && runs.some((run) => run.includes(text.slice(at, at + length + 1)))) length++;
    at += length;
  }
  return left;
}

function names(words: readonly string[]): readonly string[] {
  const parts = [...words, 'scepward'].flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}]+/u)]);
  return [...new Set(parts.map((part) => part.toLowerCase()))]
    .filter((part) => part.length > 3)
    .sort((a, b) => b.length - a.length);
}
