// Which screen a path shows.

import type { StartState } from "../backend/types";
import { NotFound } from "../parts/NotFound";
import { AudienceScreen } from "../screens/audience/AudienceScreen";
import { AudiencesScreen } from "../screens/audiences/AudiencesScreen";
import { ConnectionsScreen } from "../screens/connections/ConnectionsScreen";
import { DestinationScreen } from "../screens/destinations/DestinationScreen";
import { DestinationsScreen } from "../screens/destinations/DestinationsScreen";
import { OverviewScreen } from "../screens/overview/OverviewScreen";
import { RunScreen } from "../screens/runs/RunScreen";
import { RunsScreen } from "../screens/runs/RunsScreen";
import { SettingsScreen } from "../screens/settings/SettingsScreen";
import { SyncScreen } from "../screens/syncs/SyncScreen";
import { SyncsScreen } from "../screens/syncs/SyncsScreen";
import { useRoute } from "../state/route";

/** What of a screen comes after its name: the thing it shows, and the part of it. */
export function Screens({ start }: { start: StartState & { state: "open" } }) {
  const { parts } = useRoute();
  const [screen, thing, part] = parts;
  switch (screen) {
    case undefined:
      return <OverviewScreen start={start} />;
    case "connections":
      return <ConnectionsScreen adding={thing === "new"} />;
    case "audiences":
      return thing === undefined ? (
        <AudiencesScreen />
      ) : (
        <AudienceScreen key={thing} audience={thing} part={part} />
      );
    case "destinations":
      return thing === undefined ? (
        <DestinationsScreen />
      ) : (
        <DestinationScreen key={thing} destination={thing} />
      );
    case "new-destination":
      return <DestinationScreen destination={null} />;
    case "new-sync":
      return (
        <SyncsScreen
          adding={{
            audience: thing === "of" ? part : undefined,
            destination: thing === "to" ? part : undefined,
          }}
        />
      );
    case "syncs":
      return thing === undefined ? (
        <SyncsScreen adding={null} />
      ) : (
        <SyncScreen key={thing} sync={thing} part={part} />
      );
    case "runs":
      return thing === undefined ? <RunsScreen /> : <RunScreen key={thing} run={thing} />;
    case "settings":
      return <SettingsScreen />;
    default:
      return <NotFound />;
  }
}
