// Numbers, times and plurals as the person's system writes them.

/** English as it is written where the person is: words are English, numbers and dates are
    theirs. Some systems name a language that is none, such as "C". */
export const locale = regional(navigator.language);

function regional(language: string): string {
  try {
    const { region } = new Intl.Locale(language);
    return region === undefined ? "en-US" : `en-${region}`;
  } catch {
    return "en-US";
  }
}

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const share = new Intl.NumberFormat(locale, {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const dayAndTime = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "short",
  hour: "numeric",
  minute: "2-digit",
});
const conjunction = new Intl.ListFormat("en-US", { type: "conjunction" });
const plurals = new Intl.PluralRules("en");

export function count(value: number): string {
  return whole.format(value);
}

/** A part of a whole: 0.3 is 30 %. */
export function percent(part: number): string {
  return share.format(part);
}

/** `1 person`, `2 people`. */
export function counted(value: number, one: string, many: string): string {
  return `${count(value)} ${plurals.select(value) === "one" ? one : many}`;
}

/** `this`, `this and that`, `this, that, and more`. */
export function listed(all: readonly string[]): string {
  return conjunction.format(all);
}

/** A time as RFC 3339, in the person's own zone. */
export function dateTime(at: string): string {
  return moment.format(new Date(at));
}

/** The same as short as it can be told apart from others of this month. */
export function day(at: string): string {
  return dayAndTime.format(new Date(at));
}

/** How long ago something was. */
export function ago(at: string, now: number = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  if (seconds < 60) {
    return "just now";
  }
  if (seconds < 3600) {
    return counted(Math.floor(seconds / 60), "minute ago", "minutes ago");
  }
  if (seconds < 86_400) {
    return counted(Math.floor(seconds / 3600), "hour ago", "hours ago");
  }
  return counted(Math.floor(seconds / 86_400), "day ago", "days ago");
}

/** A span in seconds, in the two units that matter. */
export function duration(seconds: number): string {
  const rounded = Math.max(0, Math.ceil(seconds));
  if (rounded < 60) {
    return `${rounded} s`;
  }
  if (rounded < 3600) {
    return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
  }
  return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`;
}

/** A size in bytes, in the unit that fits. */
export function bytes(size: number): string {
  if (size < 1000) {
    return counted(size, "byte", "bytes");
  }
  const units = ["kilobyte", "megabyte", "gigabyte"];
  const at = Math.min(Math.floor(Math.log10(size) / 3), units.length) - 1;
  const value = size / 1000 ** (at + 1);
  const unit = units[at] ?? "gigabyte";
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

/** A text of no more than `most` characters; the rest is told by an ellipsis. */
export function shortened(text: string, most: number): string {
  const all = [...text];
  return all.length <= most ? text : `${all.slice(0, most - 1).join("")}…`;
}

/** All of some counts together. */
export function sum(counts: { [key in string]?: number } | undefined): number {
  return Object.values(counts ?? {}).reduce<number>((all, value) => all + (value ?? 0), 0);
}
