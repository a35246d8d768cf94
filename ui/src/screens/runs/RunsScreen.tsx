// All runs, newest first.

import { Button } from "@react-spectrum/s2";
import { Page } from "../../parts/Page";
import { useSettings } from "../../state/queries";
import { go } from "../../state/route";
import { words } from "../../words";
import { RunList } from "./RunList";

const t = words.runs;

export function RunsScreen() {
  const days = useSettings().data?.keep_values_days;
  const first = (
    <Button variant="accent" onPress={() => go("/syncs")}>
      {words.common.goTo(words.syncs.title)}
    </Button>
  );
  return (
    <Page title={t.title} subtitle={days === undefined ? undefined : t.subtitle(days)}>
      <RunList sync={null} first={first} />
    </Page>
  );
}
