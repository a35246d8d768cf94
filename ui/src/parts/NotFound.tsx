// That there is nothing at an address, and the way back.

import { Button } from "@react-spectrum/s2";
import { go } from "../state/route";
import { words } from "../words";
import { Page } from "./Page";

export function NotFound() {
  return (
    <Page title={words.common.notFound}>
      <div>
        <Button variant="accent" onPress={() => go("/")}>
          {words.common.backToOverview}
        </Button>
      </div>
    </Page>
  );
}
