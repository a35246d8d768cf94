// The way to the first report, ticked as far as somebody has come; it goes with the first run.

import { Link } from "@react-spectrum/s2";
import CheckmarkCircle from "@react-spectrum/s2/icons/CheckmarkCircle";
import Circle from "@react-spectrum/s2/icons/Circle";
import { iconStyle, style } from "@react-spectrum/s2/style" with { type: "macro" };
import { Panel } from "../../parts/Panel";
import { to } from "../../state/route";
import { words } from "../../words";

const t = words.overview.first;

const list = style({
  display: "flex",
  flexDirection: "column",
  gap: 12,
  margin: 0,
  padding: 0,
  listStyleType: "none",
});
const line = style({ display: "grid", gridTemplateColumns: "20px minmax(0, 1fr)", gap: 12, font: "body" });

export interface GetStartedProps {
  hasConnection: boolean;
  hasAudience: boolean;
  hasDestination: boolean;
  hasSync: boolean;
}

export function GetStarted({ hasConnection, hasAudience, hasDestination, hasSync }: GetStartedProps) {
  const done = [hasConnection, hasAudience, hasDestination, false];
  const paths = [
    to("connections", "new"),
    to("audiences"),
    hasConnection ? to("new-destination") : to("connections", "new"),
    hasSync ? to("syncs") : hasAudience && hasDestination ? to("new-sync") : to("destinations"),
  ];
  return (
    <Panel title={t.goOn} note={t.ownText}>
      <ol className={list}>
        {t.steps.map(([name, what], at) => (
          <li key={name} className={line}>
            {done[at] ? (
              <CheckmarkCircle aria-label={t.done} styles={iconStyle({ color: "positive" })} />
            ) : (
              <Circle aria-label={t.toDo} />
            )}
            <div>
              {done[at] ? <strong>{name}</strong> : <Link href={paths[at] ?? "/"}>{name}</Link>}
              <div className={style({ font: "body-sm", color: "neutral-subdued" })}>{what}</div>
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
