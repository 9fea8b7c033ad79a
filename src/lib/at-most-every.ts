/**
 * Calls `work` at once, and for all that is asked within `interval` ms after that once more, at its end. The timer keeps no
 * process alive.
 */
export function atMostEvery(interval: number, work: () => void): () => void {
  let resting = false;
  let asked = false;
  const ask = () => {
    if (resting) {
      asked = true;
      return;
    }
    resting = true;
    setTimeout(() => {
      resting = false;
      if (!asked) return;
      asked = false;
      ask();
    }, interval).unref();
    work();
  };
  return ask;
}
