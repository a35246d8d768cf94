import { counted } from "./format";

export const overview = {
  title: "Overview",
  running: "Running now",
  nothingRuns: "Nothing is running.",
  previewing: (sync: string) => `Preview of ${sync}`,
  needsYou: "Needs you",
  nothingNeedsYou: "Nothing needs your attention.",
  freshness: "Freshness",
  freshnessNote: "How fresh each sync's data is, the oldest first.",
  noSyncs: "No sync has been made yet.",
  sync: "Sync",
  audience: "Audience",
  imported: "Imported",
  destination: "Destination",
  marketoRead: "Marketo read",
  neverRead: "never",
  lastRuns: "Last runs",
  lastRunsNote: "People by outcome, the newest run at the right.",
  noRuns: "No sync has run yet.",
  noneEnded: "No run has ended yet.",
  chartLabel: (runs: string) => `People by outcome in the last ${runs}`,
  open: "Open",
  needs: {
    held: (sync: string) => `“${sync}” is held back by a guardrail. Nothing was sent.`,
    completed_with_problems: (sync: string, what: string) => `“${sync}” completed, but ${what}.`,
    failed: (sync: string) => `“${sync}” ended early because something failed.`,
    interrupted: (sync: string) => `“${sync}” was interrupted. It can be resumed.`,
    stopped: (sync: string) => `“${sync}” was stopped. It can be resumed.`,
    lost: (audience: string) => `Rows of “${audience}” were lost on this computer. Import its file again.`,
    quarantined: (audience: string, lines: string) => `“${audience}” has ${lines} that could not be read.`,
    secret: (connection: string) => `The secret of “${connection}” is missing. Enter it again.`,
    notTaken: (audience: string, problem: string) =>
      `The newest file of “${audience}” was not imported: ${problem}`,
    paused: (sync: string) => `“${sync}” is paused.`,
    pausedRun: (sync: string) => `The run of “${sync}” is paused. It goes on once you resume it.`,
    secretUnknown: (connection: string) =>
      `Whether the secret of “${connection}” is stored could not be checked. Open Connections to see why.`,
  },
  /** Why a run that completed needs somebody. */
  problems: {
    rejected: (people: number) => `${counted(people, "person was", "people were")} rejected`,
    unconfirmed: (people: number) => `${counted(people, "person is", "people are")} unconfirmed`,
    notSent: (people: number) => `${counted(people, "person was", "people were")} not sent`,
    nobodyOnList: "nobody could be put on the static list",
    listJoining: (people: number) =>
      `${counted(people, "person", "people")} could not be put on the static list`,
    listEither: (people: number) =>
      `${counted(people, "person", "people")} could not be put on the static list or taken off it`,
    listUnconfirmed: (places: number) =>
      `${counted(places, "place on the static list is", "places on the static list are")} unconfirmed`,
    listNotSent: (places: number) =>
      `${counted(places, "place on the static list was", "places on the static list were")} not changed`,
    some: "some people were not delivered",
  },
  sample: {
    title: "You are working with sample data",
    text: "The Sample audience is made up and goes to a sandbox on this computer. Nothing leaves it. Removing it takes its runs with it, and your own data stays.",
    preview: "Preview the sample",
    remove: "Remove sample",
    own: "Use your own accounts",
    removed: "The sample is gone.",
  },
  first: {
    title: "Welcome to Usher",
    subtitle: "Preview, send and explain every person of an audience, from your own computer.",
    tryTitle: "Look around with sample data",
    tryText:
      "20,000 made-up people and a stand-in for Marketo on this computer. One click takes it all away again.",
    trySteps: [
      ["Preview", "Everybody has a verdict: created, updated or left out, with the reason."],
      ["Try other settings", "The counts move at once. Nothing is saved or sent."],
      ["Run", "Watch it go. Stop it and resume it as you like."],
      ["Read the report", "Everybody has an outcome, and the numbers add up."],
    ],
    tryButton: "Create the sample workspace",
    making: "Creating the sample workspace",
    ownTitle: "Use your own accounts",
    ownText: "Four steps to the first report. Nothing is sent before you have seen the preview.",
    steps: [
      [
        "Connect Marketo",
        "Client ID and secret of a custom service. The secret is kept safe, and never shown.",
      ],
      ["Import an audience", "A CSV, TSV, Parquet or Excel file of people. Drop it anywhere on this window."],
      [
        "Choose the destination",
        "What is synced, which field identifies people, which column fills which field.",
      ],
      ["Preview and run", "See offline what would happen to each person, then send it with one click."],
    ],
    ownButton: "Connect Marketo",
    goOn: "Your first report",
    done: "Done",
    toDo: "To do",
  },
};
