import { printable } from './table.ts';
import type { Terminal } from './terminal.ts';

export type Progress = {
  /** `done` of `total`, with a few words on what is happening. */
  update(done: number, total: number, message: string): void;
  end(message: string): void;
};

/**
 * A bar on a person's terminal; elsewhere a line now and then. Always on standard error. It leaves the keyboard alone, so
 * that Ctrl-C is a signal like any other.
 */
export function startProgress(terminal: Terminal, title: string): Progress {
  return terminal.interactive ? barProgress(process.stderr, title) : plainProgress(terminal, title);
}

/** Looks how far it is, now and then, until the answer is there. What does not come is not shown: the answer is what counts. */
export async function whileAsking<T>(asked: Promise<T>, look: () => Promise<void>): Promise<T> {
  const timer = setInterval(() => look().catch(() => undefined), 500);
  try {
    return await asked;
  } finally {
    clearInterval(timer);
  }
}

/** As far as a terminal matters here. */
export type Screen = { readonly columns?: number; write(text: string): unknown };

const barWidth = 24;
const clearLine = '\r\u001b[K';

export function barProgress(screen: Screen, title: string): Progress {
  let shown = '';
  const draw = (line: string) => {
    if (line === shown) return;
    shown = line;
    // One column less than there are: a full line would wrap, and could not be drawn over.
    screen.write(`${clearLine}${line.slice(0, Math.max(20, (screen.columns ?? 80) - 1))}`);
  };
  return {
    update: (done, total, message) => draw(`${bar(done, total)} ${title}: ${printable(message)}`),
    end: (message) => screen.write(`${clearLine}${printable(message)}\n`),
  };
}

function bar(done: number, total: number): string {
  const full = total === 0 ? barWidth : Math.min(barWidth, Math.floor((barWidth * done) / total));
  return `${'━'.repeat(full)}${'┈'.repeat(barWidth - full)}`;
}

function plainProgress(terminal: Terminal, title: string): Progress {
  let tenth = -1;
  return {
    update(done, total, message) {
      const now = total === 0 ? 10 : Math.floor((10 * done) / total);
      if (now <= tenth) return;
      tenth = now;
      terminal.say(`${title}: ${message}`);
    },
    end: (message) => terminal.say(message),
  };
}
