// All destinations, and the way to a new one.

import { Button, Cell, Column, Row, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ConnectionLine, Destination } from "../../backend/types";
import { SandboxBadge } from "../../parts/Badges";
import { Page } from "../../parts/Page";
import { RowLink } from "../../parts/RowLink";
import { Answer, Empty } from "../../parts/States";
import { nameOfRow, rowId, tableHeight } from "../../parts/tables";
import { useConnections, useDestinations } from "../../state/queries";
import { go, to } from "../../state/route";
import { words } from "../../words";

const t = words.destinations;

export function DestinationsScreen() {
  const all = useDestinations();
  const connections = useConnections();
  const connected = (connections.data?.length ?? 0) > 0;
  const add = connected ? (
    <Button variant="accent" onPress={() => go(to("new-destination"))}>
      {t.add}
    </Button>
  ) : (
    <Button variant="accent" onPress={() => go(to("connections", "new"))}>
      {t.connect}
    </Button>
  );
  return (
    <Page title={t.title} subtitle={t.subtitle} actions={(all.data?.length ?? 0) > 0 ? add : undefined}>
      <Answer of={all}>
        {(destinations) =>
          destinations.length === 0 ? (
            <Empty title={t.emptyTitle} actions={add}>
              {connected ? t.emptyText : t.needsConnection}
            </Empty>
          ) : (
            <DestinationTable destinations={destinations} connections={connections.data ?? []} />
          )
        }
      </Answer>
    </Page>
  );
}

function DestinationTable({
  destinations,
  connections,
}: {
  destinations: readonly Destination[];
  connections: readonly ConnectionLine[];
}) {
  return (
    <TableView
      aria-label={t.title}
      styles={style({ width: "full", flexShrink: 0 })}
      UNSAFE_style={tableHeight(destinations.length, 15)}
      onAction={(key) => go(to("destinations", nameOfRow(key)))}
    >
      <TableHeader>
        <Column id="name" isRowHeader minWidth={140}>
          {t.name}
        </Column>
        <Column id="connection" minWidth={180}>
          {t.connection}
        </Column>
        <Column id="type" minWidth={140}>
          {t.syncType}
        </Column>
        <Column id="action" minWidth={270}>
          {t.personAction}
        </Column>
        <Column id="dedupe" width={130}>
          {t.dedupeField}
        </Column>
      </TableHeader>
      <TableBody items={destinations.map((destination) => ({ destination, id: rowId(destination.name) }))}>
        {({ destination }) => {
          const connection = connections.find((one) => one.id === destination.connection);
          return (
            <Row id={rowId(destination.name)}>
              <Cell textValue={destination.name}>
                <RowLink path={to("destinations", destination.name)}>{destination.name}</RowLink>
              </Cell>
              <Cell textValue={connection?.name ?? ""}>
                <span className={style({ display: "flex", gap: 8, alignItems: "center" })}>
                  {connection?.munchkin_id ?? ""}
                  {connection?.sandbox ? <SandboxBadge /> : null}
                </span>
              </Cell>
              <Cell>{t.syncTypes[destination.sync_type]}</Cell>
              <Cell>{t.personActions[destination.person_action]}</Cell>
              <Cell>{destination.dedupe_field}</Cell>
            </Row>
          );
        }}
      </TableBody>
    </TableView>
  );
}
