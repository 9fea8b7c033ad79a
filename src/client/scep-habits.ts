import type { PlatformFamily } from '../formats/agent/platform-family.ts';

/** What tells SCEP clients apart on the wire. */
export type ScepHabits = {
  readonly userAgent: string;
  /** Appended to the address. */
  readonly suffix: '' | '/pkiclient.exe';
  /** The `message` of GetCACaps and GetCACert; null: none. */
  readonly message: string | null;
  readonly firstCall: 'GetCACaps' | 'GetCACert';
  readonly post: 'when-advertised' | 'never';
};

/** intune-domain 5.9: call order, arguments and User-Agents of the real clients. */
const habits: Readonly<Record<PlatformFamily, ScepHabits>> = {
  apple: {
    userAgent: 'profiled/1.0 CFNetwork/1494.0.7 Darwin/23.4.0',
    suffix: '',
    message: 'SCEP Authority',
    firstCall: 'GetCACert',
    post: 'when-advertised',
  },
  windows: {
    userAgent: 'Mozilla/4.0 (compatible; Win32; NDES client)',
    suffix: '/pkiclient.exe',
    message: 'default',
    firstCall: 'GetCACaps',
    post: 'when-advertised',
  },
  android: {
    userAgent: 'Dalvik/2.1.0 (Linux; U; Android 14)',
    suffix: '',
    message: 'ca',
    firstCall: 'GetCACaps',
    post: 'when-advertised',
  },
  linux: { userAgent: 'scepward-agent/1', suffix: '', message: null, firstCall: 'GetCACaps', post: 'when-advertised' },
};

export const agentHabits: ScepHabits = habits.linux;

export function scepHabits(family: PlatformFamily): ScepHabits {
  return habits[family];
}
