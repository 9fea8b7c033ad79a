import { useEffect, useState } from 'react';

const typingPause = 300;

/** The value once it has stopped changing: what is asked of the server while somebody types. */
export function useSettled<Value>(value: Value, pause = typingPause): Value {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it says counts, not which object says it.
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause);
    return () => clearTimeout(timer);
  }, [key, pause]);
  return settled;
}
