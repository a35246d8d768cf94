// Made from the Rust types that the commands speak; do not edit.
// `UPDATE=1 cargo test -p usher-app --test types` makes it anew.

/**
 * One subscription, with its limit where it has one. Written as one word everywhere:
 * `failed`, `skip-rate=5%`, `delay=1h`.
 */
export type Alert = string;

/**
 * What `alert set` may change; what is not given stays.
 */
export type AlertChange = { 
/**
 * The webhook's address.
 */
webhook?: string | null, 
/**
 * The mail server, `HOST` or `HOST:PORT`.
 */
smtp?: string | null, 
/**
 * Who writes.
 */
from?: string | null, 
/**
 * To whom.
 */
to?: Array<string> | null, 
/**
 * As whom it logs in; an empty text for nobody.
 */
user?: string | null, };

/**
 * The document of `alert show`.
 */
export type AlertChannels = { 
/**
 * The webhook, if one is set.
 */
webhook: WebhookChannel | null, 
/**
 * The mail server, if one is set.
 */
email: MailChannel | null, };

/**
 * What became of people, as far as somebody outside may know: how many.
 */
export type AlertCounts = { rows: number, created: number, updated: number, unchanged: number, skipped: number, invalid: number, rejected: number, unconfirmed: number, };

/**
 * What an alert is about.
 */
export type AlertKind = "started" | "succeeded" | "problems" | "failed" | "skip-rate" | "size" | "delay";

/**
 * An alert, and how far it is on each way: a line of `alert list`.
 */
export type AlertLine = { 
/**
 * Opaque.
 */
id: string, 
/**
 * What it is about.
 */
alert: AlertKind, 
/**
 * The sync's name as it was.
 */
sync: string, 
/**
 * The sync's id.
 */
sync_id: SyncId, 
/**
 * The run that it is about; none where none could begin.
 */
run_id: RunId | null, 
/**
 * The state of that run.
 */
state: RunState | null, 
/**
 * Why a run failed, where that has a code.
 */
code: Code | null, 
/**
 * What became of people, once the run is over.
 */
counts: AlertCounts | null, 
/**
 * When it was made.
 */
at: Timestamp, 
/**
 * The same in a sentence or two: names of syncs and numbers, nobody's data.
 */
message: string, 
/**
 * How far it is.
 */
channels: Array<Delivery>, };

/**
 * The document of `alert test`.
 */
export type AlertTest = { 
/**
 * Whether all of them took it.
 */
ok: boolean, 
/**
 * Each channel that is set.
 */
channels: Array<Tried>, };

/**
 * The document of `audience import` and `audience show`.
 */
export type AudienceDocument = { 
/**
 * Opaque.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Kept rows.
 */
rows: number, 
/**
 * Column names, in order.
 */
columns: Array<string>, 
/**
 * As of when.
 */
snapshot_at: Timestamp, 
/**
 * Lines that were set aside.
 */
quarantined: Quarantine, 
/**
 * Whether somebody looked at these lines in the window.
 */
looked_over?: boolean, 
/**
 * The file it was last imported from.
 */
source: string, 
/**
 * The file or folder it follows, where it follows any.
 */
watched?: Watched | null, 
/**
 * What damage on this machine left of its newest rows, which are not used
 * then: importing the file again makes up for it.
 */
lost?: LostRows | null, };

/**
 * A named set of people.
 */
export type AudienceId = string;

/**
 * An audience, summed up.
 */
export type AudienceProfile = { 
/**
 * Its rows.
 */
rows: number, 
/**
 * Its columns.
 */
columns: Array<ColumnStats>, 
/**
 * The columns that hold e-mail addresses, as keys.
 */
keys: Array<KeyCoverage>, 
/**
 * What is kept of it, newest first.
 */
snapshots: Array<SnapshotLine>, };

/**
 * A lead that has a person's key.
 */
export type Candidate = { 
/**
 * The lead.
 */
lead_id: number, 
/**
 * When it last changed, as the service spells it.
 */
updated_at: string | null, 
/**
 * The partition it is in.
 */
partition: string | null, };

/**
 * A way by which alerts go.
 */
export type Channel = "desktop" | "webhook" | "email";

/**
 * One line of a connection test.
 */
export type Check = { 
/**
 * What is tested, for programs.
 */
name: string, 
/**
 * Whether it works.
 */
ok: boolean, 
/**
 * What was found, or why it does not work.
 */
detail: string, 
/**
 * Why it does not work; none where it works.
 */
problem?: Problem, 
/**
 * The permission it stands on, in the service's own words.
 */
permission: string | null, 
/**
 * Whether a sync does its work without it too, with more calls.
 */
optional?: boolean, };

/**
 * The closed list of codes, shared by the command line and the window.
 */
export type Code = "not_found" | "name_taken" | "in_use" | "usage" | "not_available" | "already_running" | "not_running" | "plan_used" | "held_back" | "paused" | "destination_not_read" | "unknown_field" | "field_read_only" | "mapping_incomplete" | "dedupe_field" | "dedupe_field_not_unique" | "unknown_partition" | "unknown_workspace" | "list_ambiguous" | "list_not_found" | "list_refused" | "file_unreadable" | "file_empty" | "file_changed" | "file_damaged" | "file_too_large" | "sheet_ambiguous" | "duplicate_column" | "unnamed_column" | "too_many_columns" | "column_unsupported" | "unknown_column" | "unknown_encoding" | "endpoint_refused" | "secret_missing" | "credentials_refused" | "permission_missing" | "service_unreachable" | "service_reply" | "service_refused" | "service_busy" | "quota_spent" | "webhook_failed" | "mail_failed" | "keychain_locked" | "keychain_absent" | "key_missing" | "key_wrong" | "passphrase_wrong" | "passphrase_needed" | "store_newer" | "store_damaged" | "audience_lost" | "store_unwritable" | "login_refused" | "people_not_kept" | "owner_silent" | "owner_version" | "stopped" | "internal";

/**
 * A column, summed up.
 */
export type ColumnStats = { 
/**
 * Its name.
 */
name: string, 
/**
 * Cells with more than white space in them.
 */
filled: number, 
/**
 * Its first different values, shortened.
 */
examples: Array<string>, };

/**
 * What of a connection changes; what is not given stays.
 */
export type ConnectionChange = { name?: string | null, description?: string | null, base_url?: string | null, munchkin_id?: string | null, client_id?: string | null, limits?: Limits | null, hipaa_ready?: boolean | null, people_since?: Timestamp | null, };

/**
 * A way to reach one service.
 */
export type ConnectionId = string;

/**
 * A connection as it is shown. Its secret is not here, nor anywhere the page reaches.
 */
export type ConnectionLine = { 
/**
 * Whether it leads to this machine.
 */
sandbox: boolean, 
/**
 * Opaque.
 */
id: ConnectionId, 
/**
 * As the user named it; unique.
 */
name: string, 
/**
 * The user's own note.
 */
description: string, 
/**
 * Which service: `marketo`.
 */
kind: string, 
/**
 * Scheme, host and port; no path, no trailing slash.
 */
base_url: string, 
/**
 * The instance's Munchkin id, `000-AAA-000`.
 */
munchkin_id: string, 
/**
 * The custom service's client id.
 */
client_id: string, 
/**
 * What of the instance's limits this user grants Usher.
 */
limits: Limits, 
/**
 * A HIPAA-ready instance: Experience Cloud audiences may not reach it (seed 000).
 */
hipaa_ready: boolean, 
/**
 * Since when the instance has people, where the user said so: exports begin there.
 */
people_since: Timestamp | null, };

/**
 * The document of `connection test`.
 */
export type ConnectionTest = { 
/**
 * Whether every check passed.
 */
ok: boolean, 
/**
 * Which service.
 */
service: string, 
/**
 * What was checked.
 */
checks: Array<Check>, };

/**
 * The document of `connection usage`.
 */
export type ConnectionUsage = { 
/**
 * The connection's name.
 */
connection: string, 
/**
 * Calls that Usher made today on this instance, over all connections to it.
 */
ours: number, 
/**
 * Calls that other applications made today, as the service counts them.
 */
others: number, 
/**
 * Calls a day, as the connection says: the service does not tell its quota.
 */
quota: number, 
/**
 * What is left of it.
 */
left: number, 
/**
 * When the service's next day begins.
 */
resets_at: Timestamp, 
/**
 * When the service was asked.
 */
asked_at: Timestamp, 
/**
 * The service's own count by API user; empty before its first.
 */
users: Array<UserCalls>, };

/**
 * Only rows in which this column has this value may be sent.
 */
export type Consent = { 
/**
 * The audience's column.
 */
column: string, 
/**
 * The value that means yes, compared exactly after trimming.
 */
value: string, };

/**
 * What sending a plan takes.
 */
export type Cost = { 
/**
 * Calls when nobody is rejected and nothing is tried twice.
 */
calls: number, 
/**
 * Calls to read the destination again first.
 */
reading_calls: number, 
/**
 * How long the calls take at the user's share of the rate.
 */
seconds: number, 
/**
 * What they are of the day's quota.
 */
quota_percent: number, 
/**
 * The calls by what they do.
 */
calls_by_endpoint: { [key in string]: number }, 
/**
 * The day's calls before this plan, as it was made.
 */
used_today: UsedToday, };

/**
 * How a field's values are spelled and compared (Marketo: data types of the
 * lead description).
 */
export type DataType = "string" | "text" | "email" | "phone" | "url" | "integer" | "float" | "percent" | "currency" | "boolean" | "date" | "datetime" | "reference" | "unknown";

/**
 * An alert on one way.
 */
export type Delivery = { 
/**
 * By which.
 */
channel: Channel, 
/**
 * How far.
 */
state: DeliveryState, 
/**
 * How often it was tried.
 */
tries: number, 
/**
 * When it is tried next, while it is pending.
 */
next_at: Timestamp | null, 
/**
 * When it arrived, or was given up.
 */
at: Timestamp | null, 
/**
 * Why the last try failed.
 */
problem: Problem | null, };

/**
 * How far an alert is on one way.
 */
export type DeliveryState = "pending" | "delivered" | "skipped" | "given_up";

/**
 * A destination: a connection with settings and a mapping.
 */
export type Destination = { 
/**
 * Opaque.
 */
id: DestinationId, 
/**
 * As the user named it; unique.
 */
name: string, 
/**
 * The user's own note.
 */
description: string, 
/**
 * How it is reached.
 */
connection: ConnectionId, 
/**
 * What of a person goes.
 */
sync_type: SyncType, 
/**
 * What happens to people who are not there.
 */
person_action: PersonAction, 
/**
 * The destination's field that identifies a person.
 */
dedupe_field: string, 
/**
 * Where new people go; the Default partition when none is named.
 */
partition: string | null, 
/**
 * Where new lists go.
 */
workspace: string | null, 
/**
 * What fills what.
 */
mapping: Mapping, };

/**
 * What `destination edit` may change; what is not given stays.
 */
export type DestinationChange = { name?: string | null, description?: string | null, sync_type?: SyncType | null, person_action?: PersonAction | null, dedupe_field?: string | null, partition?: string | null | null, workspace?: string | null | null, mapping?: Mapping | null, };

/**
 * What is wrong with a destination that is not kept yet.
 */
export type DestinationCheck = { 
/**
 * What keeps it from being kept.
 */
faults: Array<Fault>, 
/**
 * Fields of the company that it writes: a write may reach everyone of it.
 */
company_fields: Array<string>, };

/**
 * A system people go to, with settings and mapping.
 */
export type DestinationId = string;

/**
 * How far a piece of work is. Small: it crosses a socket ten times a second.
 */
export type Event = { 
/**
 * What is being done, in a word or two.
 */
stage: string, 
/**
 * How much of it is done.
 */
done: number, 
/**
 * How much there is, where that is known.
 */
total: number | null, 
/**
 * What it waits for, while it waits.
 */
waiting_for: string | null, 
/**
 * The run it belongs to.
 */
run_id: string | null, };

/**
 * How a verdict came about.
 */
export type Explain = { 
/**
 * The key's cell, byte for byte.
 */
raw: string | null, 
/**
 * The key it became.
 */
normalized: string | null, 
/**
 * The leads that have it, the one that counts first.
 */
candidates: Array<Candidate>, 
/**
 * The rule that decided, in words.
 */
rule: string, 
/**
 * Field to `[before, after]`.
 */
changes: { [key in string]: JsonValue }, };

/**
 * One thing that is wrong.
 */
export type Fault = { 
/**
 * Where it stands.
 */
place: FaultPlace, 
/**
 * What it is.
 */
problem: Problem, };

/**
 * Where something is wrong.
 */
export type FaultPlace = "name" | "partition" | "dedupe_field" | "key_column" | { "required": string } | { "rule": string };

/**
 * One field of a lead.
 */
export type Field = { 
/**
 * The name the service's calls use.
 */
name: string, 
/**
 * The name people see in the service.
 */
display_name: string, 
/**
 * The kind of its values.
 */
data_type: DataType, 
/**
 * The most characters a value may have, where the service says.
 */
length: number | null, 
/**
 * Whether it may be written at all.
 */
writable: boolean, 
/**
 * Whether leads can be looked up by it.
 */
searchable: boolean, 
/**
 * Whether it belongs to the lead's company, so that a write may reach
 * everyone of that company.
 */
company: boolean, };

/**
 * One line of a mapping.
 */
export type FieldRule = { 
/**
 * The audience's column.
 */
source: string, 
/**
 * The destination's field.
 */
target: string, 
/**
 * Whether a blank clears the field; otherwise it says nothing.
 */
clear_when_blank: boolean, };

/**
 * What a file holds, read in a certain way.
 */
export type FileLook = { 
/**
 * What it was taken for.
 */
taken_for: TakenFor, 
/**
 * Rows that an import would keep.
 */
rows: number, 
/**
 * Where several sheets of a workbook have rows and none was named: all of these, of
 * which the first was read. An import wants to be told which.
 */
sheets: Array<string>, 
/**
 * Its columns.
 */
columns: Array<ColumnStats>, 
/**
 * Its first rows, cell by cell.
 */
first: Array<Array<string>>, 
/**
 * Lines that an import would set aside.
 */
quarantined: Quarantine, 
/**
 * Whether an audience has the wished name already, and would get its next snapshot.
 */
known_name: boolean, };

/**
 * A file as it was: another size or time is another content.
 */
export type FileMark = { 
/**
 * Where it is.
 */
file: string, 
/**
 * Its bytes.
 */
len: number, 
/**
 * When it was last written.
 */
modified: Timestamp, };

/**
 * How a file that was given is to be read.
 */
export type FileRequest = { 
/**
 * The file's handle.
 */
handle: string, 
/**
 * The audience's name.
 */
name: string, 
/**
 * The name of an encoding, if it is not what the file seems to be in.
 */
encoding?: string | null, 
/**
 * The delimiter, if it is not the one that was found.
 */
delimiter?: string | null, 
/**
 * The sheet of a workbook, if several have rows.
 */
sheet?: string | null, };

/**
 * The age of both sides of a sync.
 */
export type Freshness = { 
/**
 * The sync, by name.
 */
sync: string, 
/**
 * Its audience, by name.
 */
audience: string, 
/**
 * When the audience was last imported; none where its rows were lost.
 */
audience_at: Timestamp | null, 
/**
 * Its destination, by name.
 */
destination: string, 
/**
 * When the destination's people were last read; none where they never were.
 */
destination_at: Timestamp | null, 
/**
 * When it runs next by itself.
 */
next_run_at: Timestamp | null, };

/**
 * One thing that holds a plan back.
 */
export type Guardrail = { 
/**
 * Which.
 */
name: GuardrailName, 
/**
 * What it allows.
 */
limit: number, 
/**
 * What the plan has.
 */
found: number, };

/**
 * What guardrails allow. A plan keeps what was allowed when it was made.
 */
export type GuardrailLimits = { 
/**
 * The fewest rows of an audience.
 */
empty_audience: number, 
/**
 * The least part of the last sent snapshot that an audience may have.
 */
audience_shrunk: Percent, 
/**
 * So many more lines or keys than before may be unreadable while somebody is removed.
 */
unreadable_rows: number, 
/**
 * The part of the list that may be removed, ...
 */
removals_percent: Percent, 
/**
 * ... and how many may be in any case.
 */
removals: number, 
/**
 * How many may be created, by a sync that does not say itself.
 */
creations: number | null, 
/**
 * The part of the day's calls that may be used up when a plan is through.
 */
quota: Percent, 
/**
 * How old a plan may be when it is sent, in minutes; as old as the reading before it
 * took, where that is more.
 */
plan_expired_minutes: number, 
/**
 * So many partitions fewer than before may be seen.
 */
unseen_partitions: number, };

/**
 * The names of what can hold a plan back.
 */
export type GuardrailName = "empty_audience" | "audience_shrunk" | "unreadable_rows" | "removals" | "creations" | "quota" | "plan_expired" | "unseen_partitions" | "governance";

export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;

/**
 * How well a column identifies people. Its counts add up to the rows.
 */
export type KeyCoverage = { 
/**
 * The column.
 */
column: string, 
/**
 * Rows whose key is the first of its kind.
 */
usable: number, 
/**
 * Rows whose key an earlier row has.
 */
repeated: number, 
/**
 * Rows whose cell cannot be a key.
 */
invalid: number, 
/**
 * Rows whose cell is blank.
 */
blank: number, };

/**
 * The user's share of an instance's limits (Marketo: 100 calls in 20 s, 10 at
 * once, 50,000 a day, for all applications together).
 */
export type Limits = { 
/**
 * Calls a day.
 */
daily_quota: number, 
/**
 * Calls in any 20 seconds.
 */
calls_per_20s: number, 
/**
 * Calls at once.
 */
concurrency: number, };

/**
 * What a plan intends for one person's place on the list.
 */
export type ListAct = "add" | "keep" | "remove" | "none";

/**
 * Which static list people join.
 */
export type ListChoice = "none" | { "named": { 
/**
 * The list's name.
 */
name: string, 
/**
 * Where it is looked for and made.
 */
folder: ListRef | null, } } | { "id": number };

/**
 * What sending a plan does to the list. Counts are of leads.
 */
export type ListEffect = { 
/**
 * The list's number, once it exists.
 */
id: number | null, 
/**
 * Its name.
 */
name: string, 
/**
 * Whether it is there already.
 */
exists: boolean, 
/**
 * Who joins; campaigns that listen to the list may start for them.
 */
add: number, 
/**
 * Who is there and stays.
 */
keep: number, 
/**
 * Who leaves.
 */
remove: number, 
/**
 * Members whom Usher did not add and the audience does not name.
 */
others: number, };

/**
 * What became of a person's place on the list in a run.
 */
export type ListOutcome = "added" | "kept" | "removed" | "rejected" | "unconfirmed" | "not_sent" | "none";

/**
 * A folder or program that holds lists; the two have separate number spaces.
 */
export type ListRef = { 
/**
 * `Folder` or `Program`.
 */
kind: string, 
/**
 * Its number.
 */
id: number, };

/**
 * What became of the list.
 */
export type ListReport = { 
/**
 * The list's number, once it exists.
 */
id: number | null, 
/**
 * Its name.
 */
name: string, 
/**
 * Who joined.
 */
added: number, 
/**
 * Who was there and stays.
 */
kept: number, 
/**
 * Who left.
 */
removed: number, 
/**
 * Refused by the destination, by its code.
 */
rejected: { [key in string]: number }, 
/**
 * Sent; the answer is not known.
 */
unconfirmed: number, 
/**
 * To be done, and not sent.
 */
not_sent: number, };

/**
 * The list a user asks for; nothing asked means the audience's name.
 */
export type ListWish = { 
/**
 * By name.
 */
name?: string | null, 
/**
 * In which folder.
 */
folder?: ListRef | null, 
/**
 * By number.
 */
id?: number | null, };

/**
 * How much is read before a plan is made.
 */
export type Look = "where_stale" | "refresh" | "offline";

/**
 * Rows that were lost.
 */
export type LostRows = { 
/**
 * How many there were, where that is still known.
 */
rows: number | null, 
/**
 * How many of them still read.
 */
readable: number, };

/**
 * A mail server as it is shown.
 */
export type MailChannel = { 
/**
 * Host and port.
 */
smtp: string, 
/**
 * Who writes.
 */
from: string, 
/**
 * To whom.
 */
to: Array<string>, 
/**
 * As whom it logs in; its password is in the keychain.
 */
user: string | null, };

/**
 * Which column identifies a person, and which columns fill which fields.
 */
export type Mapping = { 
/**
 * The column mapped to `DedupeField`.
 */
key_column: string, 
/**
 * The others, in the order they were given.
 */
fields: Array<FieldRule>, };

/**
 * Some members of an audience.
 */
export type MemberPage = { 
/**
 * All members, or all that the search found.
 */
total: number, 
/**
 * Those that were asked for.
 */
members: Array<MemberRow>, };

/**
 * Which members are wanted.
 */
export type MemberQuery = { 
/**
 * Only those who have this text in any column, whatever the case.
 */
search?: string | null, 
/**
 * How many of them to pass over.
 */
offset: number, 
/**
 * The most to return.
 */
limit: number, };

/**
 * A member as a row of a table.
 */
export type MemberRow = { 
/**
 * The 1-based data row.
 */
row: number, 
/**
 * Its cells, in the audience's order of columns.
 */
cells: Array<string>, };

/**
 * What happens about times that went by while nobody could run a sync: the computer slept,
 * Usher was closed, or the run before was not over.
 */
export type Missed = "once" | "skip" | "all";

/**
 * Whether people who left the audience leave the list.
 */
export type Mode = "mirror" | "add-only";

/**
 * What a new connection is made of.
 */
export type NewConnection = { 
/**
 * Its name.
 */
name: string, 
/**
 * The user's own note.
 */
description: string, 
/**
 * Where the service is; the instance's own host when nothing is given.
 */
base_url: string | null, 
/**
 * The instance's Munchkin id.
 */
munchkin_id: string, 
/**
 * The custom service's client id.
 */
client_id: string, 
/**
 * What of the limits is granted.
 */
limits: Limits, 
/**
 * A HIPAA-ready instance.
 */
hipaa_ready: boolean, 
/**
 * Since when it has people; exports of everyone begin there.
 */
people_since: Timestamp | null, };

/**
 * What a new destination is made of.
 */
export type NewDestination = { 
/**
 * Its name.
 */
name: string, 
/**
 * The user's own note.
 */
description: string, 
/**
 * The connection's id or name.
 */
connection: string, 
/**
 * What of a person goes.
 */
sync_type: SyncType, 
/**
 * What happens to people who are not there.
 */
person_action: PersonAction, 
/**
 * The field that identifies a person.
 */
dedupe_field: string, 
/**
 * Where new people go.
 */
partition: string | null, 
/**
 * Where new lists go.
 */
workspace: string | null, 
/**
 * What fills what.
 */
mapping: Mapping, };

/**
 * What a new sync is made of.
 */
export type NewSync = { 
/**
 * Its name.
 */
name: string, 
/**
 * The audience's id or name.
 */
audience: string, 
/**
 * The destination's id or name.
 */
destination: string, 
/**
 * The list people join.
 */
list: ListWish, 
/**
 * Whether those who left are removed.
 */
mode: Mode, 
/**
 * What happens to fields that others changed.
 */
on_drift: OnDrift, 
/**
 * Who may be sent at all.
 */
consent: Consent | null, 
/**
 * The most people a run may create without being asked.
 */
max_creations: number | null, 
/**
 * When it runs by itself.
 */
schedule: Schedule | null, 
/**
 * What happens about times that went by.
 */
missed: Missed, 
/**
 * What somebody is told of it; each kind once.
 */
alerts: Array<Alert>, };

/**
 * A file that the person chose, dropped, or opened with Usher. The page knows its
 * name and a handle, never where it is.
 */
export type OfferedFile = { 
/**
 * Stands for the file.
 */
handle: string, 
/**
 * Its name, without folders.
 */
name: string, 
/**
 * Its size in bytes.
 */
bytes: number, };

/**
 * What happens to a field that somebody else changed since it was delivered.
 */
export type OnDrift = "leave" | "overwrite";

/**
 * What became of a person's profile in a run.
 */
export type Outcome = "created" | "updated" | "unchanged" | "skipped" | "invalid" | "rejected" | "unconfirmed";

/**
 * Which people of a run are wanted.
 */
export type OutcomeFilter = { 
/**
 * Only those with this outcome.
 */
outcome?: Outcome | null, 
/**
 * Only those whose place on the list came to this.
 */
list?: ListOutcome | null, 
/**
 * Only those with this reason.
 */
reason?: string | null, 
/**
 * Only those who leave by this transition.
 */
transition?: Transition | null, 
/**
 * Only those who have this text in their row of the audience, their key, their reason,
 * their lead's number or the values that were sent, whatever the case. Once values are
 * no longer kept, a whole key finds its person.
 */
search?: string | null, };

/**
 * Some people of a run.
 */
export type OutcomePage = { 
/**
 * All who are wanted, once the last of them is known.
 */
total: number | null, 
/**
 * Those of the page.
 */
people: Array<PersonOutcome>, };

/**
 * Verdicts, counted.
 */
export type PeopleCounts = { 
/**
 * All of them.
 */
rows: number, 
/**
 * New leads.
 */
create: number, 
/**
 * Leads that change.
 */
update: number, 
/**
 * Leads that stay as they are.
 */
leave: number, 
/**
 * People left out, by reason.
 */
skip: SkipCounts, };

/**
 * Which people of a plan are wanted.
 */
export type PeopleFilter = { 
/**
 * Only those with this verdict.
 */
verdict?: Verdict | null, 
/**
 * Only those with this reason.
 */
reason?: string | null, 
/**
 * Only those whose place on the list changes so.
 */
list?: ListAct | null, 
/**
 * Only those who have this text in their key, whatever the case.
 */
search?: string | null, };

/**
 * Some people of a plan.
 */
export type PeoplePage = { 
/**
 * All who are wanted.
 */
total: number, 
/**
 * Those of the page.
 */
people: Array<Person>, };

/**
 * What became of people.
 */
export type PeopleReport = { 
/**
 * New leads.
 */
created: number, 
/**
 * Leads that changed.
 */
updated: number, 
/**
 * Leads that stayed as they were.
 */
unchanged: number, 
/**
 * Left out or not sent, by reason.
 */
skipped: { [key in string]: number }, 
/**
 * Refused by Usher, by reason.
 */
invalid: { [key in string]: number }, 
/**
 * Refused by the destination, by its code.
 */
rejected: { [key in string]: number }, 
/**
 * Sent; the answer is not known.
 */
unconfirmed: number, };

/**
 * A part of a hundred, in hundredths of a percent: a limit is compared exactly.
 * Written as it is read: `5%`.
 */
export type Percent = string;

/**
 * One person of a plan. Someone who leaves the list has neither row nor verdict.
 */
export type Person = { 
/**
 * The 1-based data row.
 */
row: number | null, 
/**
 * The normalised dedupe value.
 */
key: string | null, 
/**
 * What is intended for the profile.
 */
verdict: Verdict | null, 
/**
 * What is intended for the place on the list.
 */
list: ListAct, 
/**
 * The lead whose profile is meant.
 */
lead_id: number | null, 
/**
 * The lead that holds the place on the list, where it is another one.
 */
list_lead_id: number | null, 
/**
 * Why, where there is something to say.
 */
reason: Reason | null, 
/**
 * How it came about.
 */
explain: Explain, };

/**
 * What happens to people who are not there (seed 001, "Person Action").
 */
export type PersonAction = "update-existing" | "update-and-create";

/**
 * One person of a run: the plan's line and what became of it.
 */
export type PersonOutcome = { 
/**
 * The 1-based data row.
 */
row: number | null, 
/**
 * The normalised dedupe value.
 */
key: string | null, 
/**
 * What was intended.
 */
verdict: Verdict | null, 
/**
 * What became of the profile.
 */
outcome: Outcome | null, 
/**
 * What became of the place on the list.
 */
list: ListOutcome, 
/**
 * The lead, known for a creation once it was confirmed.
 */
lead_id: number | null, 
/**
 * The lead on the list, where it is another one.
 */
list_lead_id: number | null, 
/**
 * Why.
 */
reason: Reason | null, 
/**
 * How it came about.
 */
explain: Explain, 
/**
 * When the values were taken out, of which `explain` names only the fields;
 * `key` is a SHA-256 since.
 */
values_purged_at?: Timestamp | null, };

/**
 * The audience of a plan.
 */
export type PlanAudience = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its rows.
 */
rows: number, 
/**
 * As of when.
 */
snapshot_at: Timestamp, };

/**
 * The document of `sync preview`.
 */
export type PlanSummary = { 
/**
 * The sync's name.
 */
sync: string, 
/**
 * Names the plan; what was approved under it is all that may be sent.
 */
digest: string, 
/**
 * Who was planned for.
 */
audience: PlanAudience, 
/**
 * When the destination was read; `None` when nobody had to be looked up.
 */
destination_as_of: Timestamp | null, 
/**
 * Until when it may be sent without being asked; what it was made from is old then.
 */
fresh_until: Timestamp | null, 
/**
 * The partitions that were searched.
 */
partitions: Array<string>, 
/**
 * Verdicts, counted; they add up to the rows.
 */
people: PeopleCounts, 
/**
 * The effect on the list; `None` for profile-only.
 */
list: ListEffect | null, 
/**
 * Keys with several leads.
 */
ambiguous_keys: number, 
/**
 * People with a field or membership left because somebody else changed it.
 */
drifted: number, 
/**
 * What sending it takes.
 */
cost: Cost, 
/**
 * What holds it back.
 */
guardrails: Array<Guardrail>, 
/**
 * By which ways; plans of earlier versions do not say.
 */
routes: Routes | null, };

/**
 * What a run was to do with the list.
 */
export type PlannedList = { 
/**
 * Who was to join.
 */
add: number, 
/**
 * Who was there and was to stay.
 */
keep: number, 
/**
 * Who was to leave.
 */
remove: number, };

/**
 * One thing that could not be done, in words a marketer can act on.
 */
export type Problem = { 
/**
 * What it is, for programs.
 */
code: Code, 
/**
 * What happened and what it means.
 */
message: string, 
/**
 * What to do.
 */
hint: string, 
/**
 * Whether the same call can succeed later without a change.
 */
retryable: boolean, };

/**
 * The lines of a file that are not rows, counted, the first hundred named.
 */
export type Quarantine = { 
/**
 * How many there are.
 */
count: number, 
/**
 * The first hundred.
 */
first: Array<QuarantinedLine>, };

/**
 * One line that was set aside.
 */
export type QuarantinedLine = { 
/**
 * The 1-based physical line on which the record starts.
 */
line: number, 
/**
 * Why, in words; never a value of the line.
 */
problem: string, };

/**
 * How the destination's people are read.
 */
export type ReadRoute = "lookup" | "extract" | "changes";

/**
 * A reason in words: what happened and what would change it.
 */
export type Reason = { 
/**
 * For programs: a [`ReasonCode`], or the destination's own code.
 */
code: string, 
/**
 * What happened.
 */
message: string, 
/**
 * What to do about it.
 */
fix: string, };

/**
 * What `run retry` is asked for.
 */
export type RetryRequest = { 
/**
 * The run whose people are tried again.
 */
run: string, 
/**
 * Only those with this reason.
 */
reason?: string | null, 
/**
 * Only the person with this key.
 */
key?: string | null, };

/**
 * The route that was taken, and what there was to choose from.
 */
export type RouteChoice<R> = { 
/**
 * Which.
 */
route: R, 
/**
 * Why.
 */
why: RouteReason, 
/**
 * All that were possible, this one among them.
 */
options: Array<RouteCost<R>>, };

/**
 * What a route would take.
 */
export type RouteCost<R> = { 
/**
 * Which.
 */
route: R, 
/**
 * Calls.
 */
calls: number, 
/**
 * How long it takes at the user's share of the rate, and with what the service is
 * waited for; at least.
 */
seconds: number, 
/**
 * The calls' part of the day's quota.
 */
quota_percent: number, 
/**
 * Whether it takes that much at the least: how much more is not known before.
 */
at_least: boolean, };

/**
 * Why a route was taken.
 */
export type RouteReason = "wished" | "only_one" | "soonest" | "fewest_calls" | "activities_denied";

/**
 * The ways of the service that somebody wishes for; what is not said is chosen.
 */
export type RouteWish = { 
/**
 * How the destination's people are read.
 */
read: ReadRoute | null, 
/**
 * How the plan is sent.
 */
write: WriteRoute | null, };

/**
 * The routes of a plan.
 */
export type Routes = { 
/**
 * By which a run reads the destination's people again.
 */
read: RouteChoice<ReadRoute>, 
/**
 * By which the plan is sent.
 */
write: RouteChoice<WriteRoute>, };

/**
 * A run with what was planned for it.
 */
export type RunDetail = { 
/**
 * What became of everyone.
 */
report: RunReport, 
/**
 * The sync's id.
 */
sync_id: SyncId, 
/**
 * What was intended for people.
 */
planned: PeopleCounts, 
/**
 * What was intended for the list; none for profile-only.
 */
planned_list: PlannedList | null, 
/**
 * The first so many rows that were to be sent.
 */
limit: number | null, 
/**
 * Why it ended early, if it did.
 */
problem: Problem | null, 
/**
 * Whether it can be gone on with.
 */
resumable: boolean, 
/**
 * Whether anybody who was refused or is unconfirmed can be tried again.
 */
retryable: boolean, 
/**
 * Whether its plan was taken over to be sent, so that its people are its own.
 */
was_sent: boolean, };

/**
 * One execution of a sync.
 */
export type RunId = string;

/**
 * Runs, newest first, and how many there are in all.
 */
export type RunPage = { 
/**
 * The newest of them.
 */
runs: Array<RunReport>, 
/**
 * How many there are.
 */
total: number, };

/**
 * The document of `sync run`, `run show` and `run list`.
 */
export type RunReport = { 
/**
 * Opaque.
 */
run_id: RunId, 
/**
 * The sync's name.
 */
sync: string, 
/**
 * Where it is.
 */
state: RunState, 
/**
 * The plan it sends, once there is one.
 */
digest: string | null, 
/**
 * Rows of the audience.
 */
rows: number, 
/**
 * The run whose people this one tries again.
 */
retry_of: RunId | null, 
/**
 * What became of people; adds up to `rows`.
 */
people: PeopleReport, 
/**
 * What became of the list; `None` for profile-only.
 */
list: ListReport | null, 
/**
 * What of it was read back at its end; nothing before that, or where it changed
 * nothing.
 */
verification: Verification | null, 
/**
 * Who was taken by the destination with a warning; in `people` by what became of them.
 */
warned: number, 
/**
 * Guardrails that it was allowed to override.
 */
allowed: Array<GuardrailName>, 
/**
 * Those of them that would have held it back, with their numbers.
 */
overridden: Array<Guardrail>, 
/**
 * Calls made, token calls left out.
 */
calls: number, 
/**
 * Calls of these that tried something again or settled a doubt.
 */
retries: number, 
/**
 * When it began.
 */
started_at: Timestamp, 
/**
 * When it ended.
 */
finished_at: Timestamp | null, 
/**
 * When its people's values were taken out of it; their keys are given as
 * SHA-256 since.
 */
values_purged_at?: Timestamp | null, 
/**
 * When its people were taken out of it; only its counts are left since.
 */
people_purged_at?: Timestamp | null, };

/**
 * What `sync run` is asked for.
 */
export type RunRequest = { 
/**
 * The sync's id or name.
 */
sync: string, 
/**
 * Exactly this stored plan.
 */
plan?: string | null, 
/**
 * The first so many rows that have something to do.
 */
limit?: number | null, 
/**
 * Guardrails that are overridden for this run.
 */
allow: Array<GuardrailName>, 
/**
 * Whether to end when the day's quota is spent.
 */
no_wait: boolean, 
/**
 * Whether nobody watches: it goes on by itself after a crash.
 */
unattended: boolean, 
/**
 * The time of the sync's schedule that it is of.
 */
due_at?: Timestamp | null, 
/**
 * By which ways; chosen where nothing is said.
 */
routes: RouteWish, };

/**
 * Where a run is.
 */
export type RunState = "queued" | "refreshing" | "planning" | "held" | "sending" | "waiting_for_quota" | "paused" | "verifying" | "completed" | "completed_with_problems" | "stopped" | "interrupted" | "failed";

/**
 * When a sync runs by itself, as its user wrote it; times are local ones.
 */
export type Schedule = { "every": string } | { "daily_at": string } | { "cron": string };

/**
 * Where secrets of connections are kept.
 */
export type SecretPlace = "keychain" | "folder" | "nowhere";

/**
 * What one service user can see of its instance, as of a time.
 */
export type ServiceDescription = { 
/**
 * When it was read.
 */
read_at: Timestamp, 
/**
 * The lead's fields.
 */
fields: Array<Field>, 
/**
 * Partitions that this user can see: id and name.
 */
partitions: Array<[number, string]>, 
/**
 * Workspaces that this user's folders name.
 */
workspaces: Array<string>, 
/**
 * When the service last refused to tell what changed, for want of Read-Only Activity.
 */
activities_denied_at: Timestamp | null, };

/**
 * What `settings set` may change; what is not given stays.
 */
export type SettingsChange = { 
/**
 * For how many days after its end a run keeps its people's values.
 */
keep_values_days?: number | null, 
/**
 * For how many days it keeps what became of each person; `null`: without an end.
 */
keep_people_days?: number | null | null, 
/**
 * What guardrails allow, in the words of [`GuardrailLimits::set`].
 */
guardrails: Array<string>, 
/**
 * Whether Usher is started as this computer's user logs in.
 */
start_at_login?: boolean | null, };

/**
 * The document of `settings show`.
 */
export type SettingsDocument = { 
/**
 * Whether Usher is started as this computer's user logs in; none where the computer
 * does not say.
 */
starts_at_login: boolean | null, 
/**
 * For how many days after its end a run keeps its people's values.
 */
keep_values_days: number, 
/**
 * For how many days it keeps what became of each person; none: as long as its sync is
 * there. Its counts stay.
 */
keep_people_days: number | null, 
/**
 * What guardrails allow.
 */
guardrails: GuardrailLimits, };

/**
 * People left out, by reason; every reason is always there.
 */
export type SkipCounts = { no_key: number, invalid_key: number, case_differs: number, duplicate_in_audience: number, suppressed: number, no_consent: number, not_in_destination: number, missing_required: number, invalid_value: number, };

/**
 * A snapshot that is kept.
 */
export type SnapshotLine = { 
/**
 * As of when.
 */
taken_at: Timestamp, 
/**
 * Its rows.
 */
rows: number, 
/**
 * Lines that were set aside.
 */
quarantined: number, };

/**
 * Whether there is a data folder to work in.
 */
export type StartState = { "state": "opening" } | { "state": "needs_passphrase", 
/**
 * Whether the folder is yet to be made, so that it is chosen now.
 */
is_new: boolean, 
/**
 * What was wrong with the one that was given.
 */
problem: Problem | null, } | { "state": "failed", 
/**
 * Why.
 */
problem: Problem, 
/**
 * Whether a passphrase would do, for want of a keychain.
 */
or_passphrase: boolean, } | { "state": "open", 
/**
 * Where it is.
 */
folder: string, 
/**
 * Whether this process is its owner; another one is, else, and has what is
 * wanted done.
 */
owner: boolean, 
/**
 * Whether the sample is in it.
 */
sample: boolean, 
/**
 * Why the sample's stand-in does not run, if it should.
 */
sample_problem: Problem | null, 
/**
 * Where a new secret goes.
 */
secrets: SecretPlace, };

/**
 * A column that seems to fill a field.
 */
export type Suggestion = { 
/**
 * The column.
 */
source: string, 
/**
 * The field.
 */
target: string, };

/**
 * A saved definition.
 */
export type Sync = { 
/**
 * Opaque.
 */
id: SyncId, 
/**
 * As the user named it; unique.
 */
name: string, 
/**
 * Who goes.
 */
audience: AudienceId, 
/**
 * Where to.
 */
destination: DestinationId, 
/**
 * The list they join.
 */
list: ListChoice, 
/**
 * Whether those who left are removed.
 */
mode: Mode, 
/**
 * What happens to fields that others changed.
 */
on_drift: OnDrift, 
/**
 * Who may be sent at all.
 */
consent: Consent | null, 
/**
 * The most people a run may create without being asked.
 */
max_creations: number | null, 
/**
 * Whether it is held until resumed.
 */
paused: boolean, 
/**
 * When it runs by itself.
 */
schedule: Schedule | null, 
/**
 * What happens about times that went by.
 */
missed: Missed, 
/**
 * What somebody is told of it, in the order of the kinds; each kind once.
 */
alerts: Array<Alert>, };

/**
 * What `sync edit` may change; what is not given stays.
 */
export type SyncChange = { name?: string | null, mode?: Mode | null, on_drift?: OnDrift | null, consent?: Consent | null | null, max_creations?: number | null | null, list?: ListWish | null, paused?: boolean | null, schedule?: Schedule | null | null, missed?: Missed | null, alerts?: Array<Alert> | null, };

/**
 * A saved definition: this audience to that destination.
 */
export type SyncId = string;

/**
 * What of a person goes (seed 001, "Sync Type").
 */
export type SyncType = "profile-only" | "audience-only" | "audience-and-profile";

/**
 * What a file was taken for, said by somebody or found out.
 */
export type TakenFor = { 
/**
 * `csv`, `parquet` or `xlsx`.
 */
format: string, 
/**
 * Of text alone: the encoding's name in the WHATWG standard.
 */
encoding: string | null, 
/**
 * Of text alone: what separates its fields.
 */
delimiter: string | null, };

/**
 * How far a task is.
 */
export type TaskEvent = { 
/**
 * As the page named it.
 */
task: string, 
/**
 * How far.
 */
event: Event, };

/**
 * A moment in milliseconds since 1970-01-01T00:00:00Z. The clock that makes
 * one belongs to whoever starts the work; this crate never reads a clock.
 */
export type Timestamp = string;

/**
 * The two ways out of a run: everybody leaves by one of them.
 */
export type Transition = "delivered" | "not_deliverable";

/**
 * One channel of a test.
 */
export type Tried = { 
/**
 * Which.
 */
channel: Channel, 
/**
 * Whether it took it.
 */
ok: boolean, 
/**
 * Why not.
 */
problem: Problem | null, };

/**
 * How much of a day's calls is used.
 */
export type UsedToday = { 
/**
 * Calls of Usher on this instance.
 */
ours: number, 
/**
 * Calls of other applications, as the service said when it was last asked.
 */
others: number, 
/**
 * What is left of the connection's quota.
 */
left: number, };

/**
 * The calls of one API user today.
 */
export type UserCalls = { 
/**
 * As the service names it.
 */
user: string, 
/**
 * Its calls.
 */
calls: number, };

/**
 * What a plan intends for one person's profile.
 */
export type Verdict = "create" | "update" | "leave" | "skip";

/**
 * What was read back of what the service had confirmed.
 */
export type Verification = { 
/**
 * People whose fields were read: all who had been in doubt, and a sample of the rest.
 */
people: number, 
/**
 * Places on the list that were read: all that were changed.
 */
places: number, 
/**
 * Everybody on the list, where all of it was read.
 */
list_members: number | null, 
/**
 * Who would be on it if nobody else changed it since it was planned, where all of it
 * was read.
 */
list_expected: number | null, 
/**
 * People and places that were not as confirmed, and were sent again.
 */
reopened: number, 
/**
 * People whom somebody else changed meanwhile; they are left so.
 */
changed_meanwhile: number, 
/**
 * Why it could not be read back, by the error's code.
 */
given_up: Code | null, };

/**
 * A file, or a folder whose newest file counts, that an audience follows.
 */
export type Watched = { 
/**
 * Where it is.
 */
path: string, 
/**
 * The file that was last imported, or tried.
 */
taken: FileMark | null, 
/**
 * Why that could not be imported.
 */
problem: Problem | null, 
/**
 * The content for which syncs were last to run; nothing where an earlier version noted
 * it.
 */
content?: string | null, };

/**
 * A webhook as it is shown.
 */
export type WebhookChannel = { 
/**
 * Its host; the path behind it is kept and not shown.
 */
address: string, };

/**
 * Settings to be tried; what is not given stays as it is.
 */
export type WhatIf = { 
/**
 * What of a person goes.
 */
sync_type?: SyncType | null, 
/**
 * What happens to people who are not there.
 */
person_action?: PersonAction | null, 
/**
 * Whether those who left leave the list.
 */
mode?: Mode | null, 
/**
 * What happens to fields that others changed.
 */
on_drift?: OnDrift | null, 
/**
 * Another dedupe field, and the column that fills it.
 */
key?: [string, string] | null, };

/**
 * What a plan by those settings would come to.
 */
export type WhatIfDocument = { 
/**
 * Verdicts; they add up to the rows.
 */
people: PeopleCounts, 
/**
 * The effect on the list; none for profile-only.
 */
list: WhatIfList | null, 
/**
 * Keys with several leads.
 */
ambiguous_keys: number, 
/**
 * People with something left because somebody else changed it.
 */
drifted: number, 
/**
 * The calls that sending it would take.
 */
calls: number, };

/**
 * What would become of the list.
 */
export type WhatIfList = { 
/**
 * Leads that join.
 */
add: number, 
/**
 * Leads that are on it and stay.
 */
keep: number, 
/**
 * Leads that leave.
 */
remove: number, 
/**
 * Members whom Usher did not add and the audience does not name.
 */
others: number, };

/**
 * How people are sent.
 */
export type WriteRoute = "batch" | "bulk";

/**
 * Where something was written.
 */
export type Written = { 
/**
 * The file.
 */
file: string, 
/**
 * Lines in it, the headings left out.
 */
rows: number, };
