// The one catalogue of strings: everything that a person reads on the page, by the screen
// it stands on. Sentences say what happened, what it means, what to do; one word a thing.

import { alerts } from "./alerts";
import { audiences } from "./audiences";
import { common } from "./common";
import { connections } from "./connections";
import { destinations } from "./destinations";
import { overview } from "./overview";
import { people } from "./people";
import { preview } from "./preview";
import { runs } from "./runs";
import { settings } from "./settings";
import { syncs } from "./syncs";

export const words = {
  alerts,
  audiences,
  common,
  connections,
  destinations,
  overview,
  people,
  preview,
  runs,
  settings,
  syncs,
};
