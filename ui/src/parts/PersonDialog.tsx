// One person explained: what was in the file, what it became, whom it met, which rule
// decided, and which fields change.

import {
  Button,
  ButtonGroup,
  Cell,
  Column,
  Content,
  Dialog,
  Heading,
  Row,
  TableBody,
  TableHeader,
  TableView,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";
import type { JsonValue, Person, PersonOutcome } from "../backend/types";
import { words } from "../words";
import { count, dateTime } from "../words/format";
import { outcomeOf } from "../words/outcomes";
import { OutcomeLight, VerdictLight } from "./Badges";
import { Facts } from "./Facts";
import { compactHeight, rowId } from "./tables";

const t = words.people;

const column = style({ display: "flex", flexDirection: "column", gap: 16 });
const heading = style({ font: "title-sm", margin: 0 });
const text = style({ font: "body", margin: 0 });

export interface PersonDialogProps {
  person: Person | PersonOutcome;
  close: () => void;
  /** What can be done for them. */
  action?: ReactNode;
}

export function PersonDialog({ person, close, action }: PersonDialogProps) {
  const { explain } = person;
  const changes = Object.entries(explain.changes).map(([field, pair]) => {
    const [before, after] = Array.isArray(pair) ? pair : [null, null];
    return { id: rowId(field), field, before: shown(before), after: shown(after) };
  });
  const isNew = person.verdict === "create" && changes.every(({ before }) => before === t.explain.blank);
  const outcome =
    "outcome" in person ? outcomeOf({ outcome: person.outcome, reason: person.reason?.code ?? null }) : null;
  const place = "outcome" in person ? t.listOutcomes[person.list] : t.acts[person.list];
  const purged = "values_purged_at" in person && person.values_purged_at != null;
  return (
    <Dialog size="L">
      <Heading slot="title">
        {person.key ?? t.explain.noKey(person.row === null ? "" : count(person.row))}
      </Heading>
      <Content>
        <div className={column}>
          <Facts
            lines={[
              [t.row, person.row === null ? null : count(person.row)],
              [
                t.verdict,
                person.verdict === null ? t.leaves : <VerdictLight key="v" verdict={person.verdict} />,
              ],
              [t.outcome, outcome === null ? null : <OutcomeLight key="o" outcome={outcome} />],
              [t.list, place],
              [
                t.explain.raw,
                explain.raw === null ? null : explain.raw === "" ? t.explain.blank : explain.raw,
              ],
              [t.explain.normalized, explain.normalized],
              [t.explain.rule, explain.rule === "" ? null : explain.rule],
              [t.explain.why, person.reason?.message ?? null],
              [t.explain.fix, person.reason?.fix ?? null],
            ]}
          />
          {purged ? <p className={text}>{t.explain.purged}</p> : null}
          <h3 className={heading}>{t.explain.candidates}</h3>
          {explain.candidates.length === 0 ? (
            <p className={text}>{withoutCandidates(person)}</p>
          ) : (
            <TableView
              aria-label={t.explain.candidates}
              density="compact"
              styles={style({ width: "full" })}
              UNSAFE_style={compactHeight(explain.candidates.length, 4)}
            >
              <TableHeader>
                <Column id="lead" isRowHeader>
                  {t.explain.candidate}
                </Column>
                <Column id="updated">{t.explain.updated}</Column>
                <Column id="partition">{t.explain.partition}</Column>
                <Column id="counts">{t.explain.counts}</Column>
              </TableHeader>
              <TableBody items={explain.candidates.map((one) => ({ ...one, id: one.lead_id }))}>
                {(one) => (
                  <Row id={one.id}>
                    <Cell>{String(one.lead_id)}</Cell>
                    <Cell>{one.updated_at === null ? "" : dateTime(one.updated_at)}</Cell>
                    <Cell>{one.partition ?? ""}</Cell>
                    <Cell>{one.lead_id === person.lead_id ? t.explain.counts : ""}</Cell>
                  </Row>
                )}
              </TableBody>
            </TableView>
          )}
          <h3 className={heading}>{t.explain.changes}</h3>
          {isNew ? <p className={text}>{t.explain.newPerson}</p> : null}
          {changes.length === 0 ? (
            <p className={text}>{t.explain.noChanges}</p>
          ) : (
            <TableView
              aria-label={t.explain.changes}
              density="compact"
              overflowMode="wrap"
              styles={style({ width: "full", maxHeight: 320 })}
            >
              <TableHeader>
                <Column id="field" isRowHeader width={150}>
                  {t.explain.field}
                </Column>
                {isNew
                  ? []
                  : [
                      <Column key="before" id="before">
                        {t.explain.before}
                      </Column>,
                    ]}
                <Column id="after">{t.explain.after}</Column>
              </TableHeader>
              <TableBody items={changes}>
                {(change) => (
                  <Row id={change.id}>
                    <Cell>{change.field}</Cell>
                    {isNew ? [] : [<Cell key="before">{change.before}</Cell>]}
                    <Cell>{change.after}</Cell>
                  </Row>
                )}
              </TableBody>
            </TableView>
          )}
        </div>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={close}>
          {words.common.close}
        </Button>
        {action}
      </ButtonGroup>
    </Dialog>
  );
}

/** Why nobody is listed: Marketo has nobody of the key, or was not asked for this row. */
function withoutCandidates(person: Person | PersonOutcome): string {
  switch (person.reason?.code) {
    case "no_key":
    case "invalid_key":
      return t.explain.notLookedUp;
    case "duplicate_in_audience":
      return t.explain.lookedUpBefore;
    default:
      return t.explain.noCandidates;
  }
}

function shown(value: JsonValue | undefined): string {
  if (value === null || value === undefined || value === "") {
    return t.explain.blank;
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
