import type { GuardrailName } from "../backend/types";

/** A number of a guardrail; removals have two. */
export type LimitName = Exclude<GuardrailName, "governance"> | "removals_percent";

export const settings = {
  title: "Settings",
  subtitle: "For all syncs of this data folder.",
  saved: "Saved.",
  saveDays: "Save",
  saveGuardrails: "Save guardrails",
  loginTitle: "Startup",
  login: "Start Usher when I log in to this computer",
  loginHelp: "Usher starts in the tray, and scheduled syncs run.",
  loginUnknown:
    "This computer does not say what it starts at login. Add Usher to those programs in its own settings.",
  keepingTitle: "How long people are kept",
  keepingNote: "For runs that are over and have nothing left to do. The report with its counts always stays.",
  values: "Keep values and keys for so many days after a run",
  valuesHelp: "After that a person is known by a hash of their key only, and what became of them stays.",
  limitPeople: "Also delete each person's outcome after some time",
  people: "Keep each person's outcome for so many days after a run",
  peopleHelp: "Whoever is asked about after that cannot be found in the run any more.",
  shorter: "This cannot be shorter than values are kept.",
  guardrailsTitle: "Guardrails",
  guardrailsNote:
    "A run is held back where its plan goes beyond these, until you allow it for that one run. A plan keeps the numbers that it was made with.",
  limits: {
    empty_audience: "Fewest rows of an audience",
    audience_shrunk: "Least size, in percent of what was sent last",
    unreadable_rows: "Additional unreadable rows while people leave the list",
    removals: "People who may leave the list in any case",
    removals_percent: "People who may leave the list, in percent of it",
    creations: "People who may be created",
    quota: "Calls of the day used up by the end, in percent",
    plan_expired: "Age of a plan when it is sent, in minutes",
    unseen_partitions: "Partitions that may become invisible",
  } as Record<LimitName, string>,
  limitHelp: {
    empty_audience: "Guards against a file that was cut off or is empty.",
    audience_shrunk: "Guards against a file that was cut short.",
    unreadable_rows: "Rows that cannot be read look like people who left.",
    removals: "Whichever of the two is more.",
    removals_percent: "Whichever of the two is more.",
    quota: "Others need API calls as well.",
    plan_expired: "Marketo may have changed since. Refresh the preview instead.",
    unseen_partitions: "People in them look as if they were not in Marketo, and would be created again.",
    creations: "Empty: any number. A sync can have a number of its own.",
  } as Partial<Record<LimitName, string>>,
  usual: "Reset to defaults",
  change: "Change guardrails",
};
