import { writeSync } from 'node:fs';

export type LineSink = {
  /** `urgent`: on its way at once, with all that waits. */
  put(line: string, urgent: boolean): void;
};

/** Milliseconds that a line may wait for others; a write to the system costs more than the line. */
const patience = 50;
/** Characters. */
const most = 16_384;

/** Standard error, many lines to a write. What a process wrote before it ends is written, unless it is killed. */
export function standardError(write: (text: string) => void = toStandardError): LineSink {
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const text = waiting;
    waiting = '';
    if (text !== '') write(text);
  };
  process.once('exit', () => {
    // Streams may be gone by now.
    if (waiting !== '') writeSync(2, waiting);
    waiting = '';
  });
  return {
    put(line, urgent) {
      waiting += line;
      if (urgent || waiting.length > most) flush();
      else timer ??= setTimeout(flush, patience).unref();
    },
  };
}

function toStandardError(text: string): void {
  process.stderr.write(text);
}
