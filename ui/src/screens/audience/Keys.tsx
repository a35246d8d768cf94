// Whom an audience can find, and the snapshots that are kept of it.

import { Badge, Cell, Column, Row, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { AudienceProfile, KeyCoverage } from "../../backend/types";
import { Parts } from "../../parts/charts/Parts";
import { Panel } from "../../parts/Panel";
import { compactHeight } from "../../parts/tables";
import { words } from "../../words";
import { count, dateTime } from "../../words/format";
import { reasonName as reason } from "../../words/reasons";

const t = words.audiences;

export function Keys({ profile }: { profile: AudienceProfile }) {
  return (
    <>
      <Panel title={t.keys} note={profile.keys.length === 0 ? t.noKeys : t.keysNote}>
        {profile.keys.map((key) => (
          <Coverage key={key.column} coverage={key} />
        ))}
      </Panel>
      <Panel title={t.snapshots} note={t.snapshotsNote}>
        <TableView
          aria-label={t.snapshots}
          density="compact"
          styles={style({ width: "full" })}
          UNSAFE_style={compactHeight(profile.snapshots.length, 4)}
        >
          <TableHeader>
            <Column id="at" isRowHeader>
              {t.asOf}
            </Column>
            <Column id="rows" align="end">
              {t.members}
            </Column>
            <Column id="quarantined" align="end">
              {t.quarantined}
            </Column>
            <Column id="use">{t.use}</Column>
          </TableHeader>
          <TableBody items={profile.snapshots.map((snapshot, at) => ({ ...snapshot, id: at }))}>
            {(snapshot) => (
              <Row id={snapshot.id}>
                <Cell>{dateTime(snapshot.taken_at)}</Cell>
                <Cell align="end">{count(snapshot.rows)}</Cell>
                <Cell align="end">{count(snapshot.quarantined)}</Cell>
                <Cell textValue={snapshot.id === 0 ? t.newest : ""}>
                  {snapshot.id === 0 ? (
                    <span className={style({ display: "flex" })}>
                      <Badge variant="positive" fillStyle="subtle">
                        {t.newest}
                      </Badge>
                    </span>
                  ) : null}
                </Cell>
              </Row>
            )}
          </TableBody>
        </TableView>
      </Panel>
    </>
  );
}

/** What a preview would leave somebody out for is called and coloured as it is there. */
function Coverage({ coverage }: { coverage: KeyCoverage }) {
  return (
    <Parts
      isTitled
      label={coverage.column}
      parts={[
        { id: "usable", name: t.usable, value: coverage.usable, tone: "good" },
        { id: "invalid", name: reason("invalid_key"), value: coverage.invalid, tone: "bad" },
        { id: "repeated", name: reason("duplicate_in_audience"), value: coverage.repeated, tone: "notice" },
        { id: "blank", name: reason("no_key"), value: coverage.blank, tone: "bad" },
      ]}
    />
  );
}
