// The day by which Marketo counts API calls: it begins at midnight in the central time zone
// of the United States, wherever the instance is.

const HOUR = 3_600_000;

const clock = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/Chicago",
  hourCycle: "h23",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
});

/** Milliseconds since midnight there, by the clock on the wall. */
function sinceMidnight(at: number): number {
  const of = (type: string) => Number(clock.formatToParts(at).find((part) => part.type === type)?.value ?? 0);
  return of("hour") * HOUR + of("minute") * 60_000 + of("second") * 1000 + (at % 1000);
}

/** When new calls are granted, as RFC 3339. */
export function nextCalls(now: number): string {
  const midnight = now - sinceMidnight(now) + 24 * HOUR;
  // A day on which the clocks change is an hour longer or shorter.
  const past = sinceMidnight(midnight);
  const begins = past === 0 ? midnight : midnight + (past > 12 * HOUR ? 24 * HOUR - past : -past);
  return new Date(begins).toISOString();
}
