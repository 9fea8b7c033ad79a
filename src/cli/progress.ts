import { progress as clackProgress, type ProgressResult } from '@clack/prompts';
import type { Terminal } from './terminal.ts';

export type Progress = {
  /** `done` of `total`, with a few words on what is happening. */
  update(done: number, total: number, message: string): void;
  end(message: string): void;
};

/** A bar on a person's terminal; elsewhere a line now and then. Always on standard error. */
export function startProgress(terminal: Terminal, title: string): Progress {
  if (!terminal.interactive) return plainProgress(terminal, title);
  const bar: ProgressResult = clackProgress({ max: 1000, output: process.stderr });
  let shown = 0;
  bar.start(title);
  return {
    update(done, total, message) {
      const next = total === 0 ? 1000 : Math.floor((1000 * done) / total);
      bar.advance(Math.max(0, next - shown), `${title}: ${message}`);
      shown = Math.max(shown, next);
    },
    end: (message) => bar.stop(message),
  };
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
