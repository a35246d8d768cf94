// How long ago something was, as time goes by; the time itself is in its title.

import { useEffect, useState } from "react";
import { ago, dateTime } from "../words/format";

/** Nobody sees it change more often, in milliseconds. */
const EVERY = 30_000;

export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), EVERY);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export function Ago({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={dateTime(at)}>
      {ago(at, now)}
    </time>
  );
}
