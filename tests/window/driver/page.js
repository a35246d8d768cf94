// Finds things in the page by what a person would call them: a role and a name. Sent to
// the window before each look; `arguments` are the role, the name, and how many to skip.
const [role, name, skip] = arguments;
const SELECTORS = {
  button: "button, [role=button]",
  link: "a[href], [role=link]",
  field: "input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea",
  radio: "input[type=radio]",
  checkbox: "input[type=checkbox]",
  tab: "[role=tab]",
  option: "[role=option], [role=menuitem]",
  row: "[role=row], tr",
  heading: "h1, h2, h3, [role=heading]",
  dialog: "[role=dialog], [role=alertdialog]",
  alert: "[role=alert]",
  grid: "[role=grid]",
  any: "*",
};
const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const textOf = (ids) =>
  ids
    .split(/\s+/)
    .map((id) => document.getElementById(id)?.textContent ?? "")
    .join(" ");
const nameOf = (element) => {
  const label = element.getAttribute("aria-label");
  if (label) return squeeze(label);
  const by = element.getAttribute("aria-labelledby");
  const named = by ? squeeze(textOf(by)) : "";
  if (named) return named;
  if (element.labels?.length) return squeeze([...element.labels].map((one) => one.textContent).join(" "));
  return squeeze(element.textContent);
};
const isSeen = (element) => {
  const box = element.getBoundingClientRect();
  const hidden = element.closest("[inert], [aria-hidden=true]") !== null;
  return !hidden && (box.width > 0 || box.height > 0 || ["radio", "checkbox"].includes(role));
};
const isIt = (found) => {
  if (name === null || !name.endsWith("…")) return name === null || found === name;
  const part = name.slice(0, -1);
  // A picker's button reads its value first, then its label.
  return found.startsWith(part) || (role === "button" && found.endsWith(` ${part}`));
};
const all = [...document.querySelectorAll(SELECTORS[role])].filter(
  (element) => isSeen(element) && isIt(nameOf(element)),
);
const found = all[skip] ?? null;
// What is pressed of a choice is its words: the control itself is not to be seen.
return found !== null && ["radio", "checkbox"].includes(role) ? (found.closest("label") ?? found) : found;
