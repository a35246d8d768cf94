import type { Mode, OnDrift } from "../backend/types";

export const syncs = {
  title: "Syncs",
  subtitle: "This audience goes to that destination. Preview one to see what would happen.",
  add: "New sync",
  emptyTitle: "No sync yet",
  emptyText:
    "A sync sends one audience to one destination. Nothing is sent before you have seen the preview.",
  needsBoth: "You need an audience and a destination first.",
  name: "Name",
  audience: "Audience",
  destination: "Destination",
  list: "Static list",
  listHelp: "Found by its exact name, or made by the first run that adds somebody.",
  listNone: "No list: the destination is Profile only.",
  mode: "When somebody leaves the audience",
  modes: { mirror: "Remove them from the list", "add-only": "Keep them on the list" } as Record<Mode, string>,
  modeHelp: "Only people whom Usher added are ever removed.",
  onDrift: "When somebody changed a field in Marketo",
  onDrifts: { leave: "Leave it as it is there", overwrite: "Write the audience's value" } as Record<
    OnDrift,
    string
  >,
  consent: "Send only rows with consent",
  consentColumn: "Consent column",
  consentValue: "Value that means yes",
  consentNone: "All rows",
  maxCreations: "Most people to create in a run",
  maxCreationsHelp: "A run that would create more is held back until you allow it.",
  create: "Create sync",
  lastRun: "Last run",
  never: "Never",
  paused: "Paused",
  pause: "Pause",
  resume: "Resume",
  tabs: { preview: "Preview", runs: "Runs", settings: "Settings" },
  changed: (name: string) => `${name} is changed.`,
  removeTitle: (name: string) => `Remove ${name}?`,
  removeText:
    "Its runs and what Usher knows of its deliveries are removed from this computer. Nothing changes in Marketo.",
};
