// What was told of syncs, and whether it arrived.

import { Cell, Column, Row, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { AlertLine, Delivery } from "../../backend/types";
import { Panel, Quiet } from "../../parts/Panel";
import { RowLink } from "../../parts/RowLink";
import { tableHeight } from "../../parts/tables";
import { useAlerts } from "../../state/queries";
import { to } from "../../state/route";
import { words } from "../../words";
import { dateTime } from "../../words/format";
import { quoted } from "../../words/problems";

const t = words.alerts;
/** An alert takes two or three lines: as tall as so many rows of one. */
const ROWS_OF_TEXT = 2;
/** The command line lists them all. */
const SHOWN = 20;

/** Nothing where no sync has an alert and none was ever told. */
export function LastAlerts({ subscribed }: { subscribed: boolean }) {
  const all = useAlerts(null).data ?? [];
  if (all.length === 0 && !subscribed) {
    return null;
  }
  return (
    <Panel title={t.last} note={t.lastNote}>
      {all.length === 0 ? <Quiet>{t.none}</Quiet> : <AlertTable alerts={all.slice(0, SHOWN)} />}
    </Panel>
  );
}

function AlertTable({ alerts }: { alerts: readonly AlertLine[] }) {
  return (
    <TableView
      aria-label={t.last}
      overflowMode="wrap"
      styles={style({ width: "full", flexShrink: 0 })}
      UNSAFE_style={tableHeight(alerts.length * ROWS_OF_TEXT, 8)}
    >
      <TableHeader>
        <Column id="at" isRowHeader width={180}>
          {t.at}
        </Column>
        <Column id="sync" width={140}>
          {t.sync}
        </Column>
        <Column id="message" minWidth={260}>
          {t.message}
        </Column>
        <Column id="told" width={210}>
          {t.told}
        </Column>
      </TableHeader>
      <TableBody items={alerts}>
        {(alert) => (
          <Row id={alert.id}>
            <Cell textValue={dateTime(alert.at)}>
              {alert.run_id === null ? (
                dateTime(alert.at)
              ) : (
                <RowLink path={to("runs", alert.run_id)}>{dateTime(alert.at)}</RowLink>
              )}
            </Cell>
            <Cell>{alert.sync}</Cell>
            <Cell>{quoted(alert.message)}</Cell>
            <Cell>{alert.channels.map(wayText).join("; ")}</Cell>
          </Row>
        )}
      </TableBody>
    </TableView>
  );
}

function wayText({ channel, state, problem }: Delivery): string {
  const text = `${t.channels[channel]}: ${t.states[state]}`;
  return problem === null ? text : `${text}. ${quoted(problem.message)}`;
}
