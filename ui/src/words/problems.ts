// What to do about a problem, in the window's own terms. The backend's messages name what
// is concerned; its hints speak of the command line, so those that do are replaced here.

import type { Code, Problem } from "../backend/types";
import type { common as words } from "./common";

const HAPPENED: Partial<Record<Code, string>> = {
  not_found: "It is not there",
  name_taken: "That name is taken",
  in_use: "It is in use",
  already_running: "This sync is running already",
  not_running: "This run is not under way",
  plan_used: "This plan was sent before",
  held_back: "Held back",
  paused: "This sync is paused",
  destination_not_read: "The destination has not been read yet",
  mapping_incomplete: "The mapping is not complete",
  unknown_field: "The destination does not have that field",
  field_read_only: "That field cannot be written",
  dedupe_field: "That field cannot identify people",
  dedupe_field_not_unique: "The dedupe field is not unique enough",
  unknown_partition: "That partition cannot be seen",
  unknown_workspace: "That workspace cannot be seen",
  unknown_column: "The audience does not have that column",
  file_unreadable: "The file cannot be read",
  file_empty: "The file is empty",
  file_changed: "The file changed while it was read",
  file_damaged: "The file is damaged",
  file_too_large: "The file is too large",
  sheet_ambiguous: "Several sheets have rows",
  duplicate_column: "Two columns have the same name",
  unnamed_column: "A column has no name",
  too_many_columns: "There are too many columns",
  unknown_encoding: "That encoding is not known",
  endpoint_refused: "That address is refused",
  secret_missing: "The client secret is missing",
  credentials_refused: "The client ID or secret is not accepted",
  permission_missing: "A permission is missing",
  service_unreachable: "The service cannot be reached",
  service_reply: "The service gave an answer that makes no sense",
  service_refused: "The service refuses",
  service_busy: "The service is busy",
  quota_spent: "Today's API calls are used up",
  webhook_failed: "The webhook does not take alerts",
  mail_failed: "The mail server does not take alerts",
  keychain_locked: "The keychain is locked",
  keychain_absent: "This computer has no keychain",
  key_missing: "The key of this data folder is not in the keychain",
  key_wrong: "The key does not open this data folder",
  passphrase_wrong: "That passphrase is wrong",
  store_newer: "The data is from a newer Usher",
  store_damaged: "The data on this computer is damaged",
  audience_lost: "Rows of this audience were lost",
  store_unwritable: "The disk does not take any more",
  login_refused: "Usher cannot be started at login",
  people_not_kept: "The people of this run are no longer kept",
  owner_silent: "Another Usher does not answer",
  owner_version: "Another version of Usher is open",
  list_ambiguous: "Several lists have that name",
  list_not_found: "The list does not exist",
  list_refused: "The list cannot be changed",
};

const TO_DO: Partial<Record<Code, string>> = {
  not_found: "Somebody may have removed or renamed it. Go back to the list.",
  name_taken: "Choose another name.",
  already_running: "Open its run to follow it or to stop it.",
  paused: "Resume the sync first.",
  destination_not_read: "Refresh the preview: it reads who is there.",
  mapping_incomplete: "Map a column to each field that is named, or choose to update existing people only.",
  unknown_field: "Choose another field.",
  unknown_encoding: "Choose one from the list.",
  secret_missing: "Enter the client secret again.",
  endpoint_refused:
    "Paste the Endpoint from Admin > Web Services in Marketo: https://000-AAA-000.mktorest.com/rest. Plain http is accepted for this computer only.",
  sheet_ambiguous: "Choose the sheet to import.",
  keychain_locked: "Unlock the keychain of this computer, then try again.",
  key_missing: "Usher cannot read this folder without its key. Restore the keychain from a backup.",
  passphrase_needed: "Enter the passphrase of this folder.",
  passphrase_wrong: "Check the keyboard layout and Caps Lock, and try again.",
  internal: "Try again. If it happens again, restart Usher: nothing that was sent is lost.",
  held_back: "Review the guardrail in the preview, and allow it there if it is as it should be.",
  list_ambiguous: "Rename one of them in Marketo, or give the sync another list.",
  list_not_found: "Give the sync another list, or make that one in Marketo.",
  permission_missing: "Give the API user's role the permission in Marketo, then test the connection.",
  too_many_columns: "Check the delimiter of the file.",
  store_damaged: "Close and open Usher again: it keeps what still reads, and names what is lost.",
  key_wrong: "Restore the keychain, or the data folder, from a backup of the same day.",
  store_newer: "Use the newer Usher, or start this one with another data folder.",
  keychain_absent: "Start this computer's keychain (on Linux: gnome-keyring or KWallet), then try again.",
  owner_silent: "Wait a moment and try again. If it stays so, end the other Usher.",
  owner_version: "Close the other one, or use its version.",
  quota_spent: "Marketo grants new API calls at midnight, Central time. The run can be resumed then.",
  plan_used: "Refresh the preview: what is left to do is a plan of its own.",
  in_use: "Remove what uses it first.",
  usage: "",
};

/** The screen on which it is mended. */
const WHERE: Partial<Record<Code, "audiences" | "connections" | "destinations" | "syncs" | "runs">> = {
  secret_missing: "connections",
  credentials_refused: "connections",
  permission_missing: "connections",
  service_unreachable: "connections",
  endpoint_refused: "connections",
  mapping_incomplete: "destinations",
  unknown_field: "destinations",
  field_read_only: "destinations",
  dedupe_field: "destinations",
  dedupe_field_not_unique: "destinations",
  unknown_partition: "destinations",
  unknown_workspace: "destinations",
  unknown_column: "destinations",
  audience_lost: "audiences",
  list_ambiguous: "syncs",
  list_not_found: "syncs",
  list_refused: "syncs",
  paused: "syncs",
  plan_used: "syncs",
  destination_not_read: "syncs",
  already_running: "runs",
  quota_spent: "runs",
};

/** Where it is mended, for somebody who is on another screen. */
export function whereToMend(
  problem: Problem,
  here: string | undefined,
): keyof (typeof words)["screens"] | null {
  const screen = WHERE[problem.code];
  return screen === undefined || screen === here ? null : screen;
}

export function whatHappened(problem: Pick<Problem, "code">): string {
  return HAPPENED[problem.code] ?? "That did not work";
}

export function toDo(problem: Problem): string {
  return TO_DO[problem.code] ?? (speaksOfTheTerminal(problem.hint) ? "" : quoted(problem.hint));
}

/** What happened and what to do, in one text. */
export function told(problem: Problem): string {
  return `${quoted(problem.message)} ${toDo(problem)}`;
}

/** Names as people quote them; the backend marks them as a terminal does. */
export function quoted(text: string): string {
  return text.replaceAll(/`([^`]*)`/g, "“$1”");
}

/** Hints of the command line are of no use in the window. */
function speaksOfTheTerminal(hint: string): boolean {
  return hint.includes("`usher ") || /(^|[\s`])--[a-z]/.test(hint);
}
