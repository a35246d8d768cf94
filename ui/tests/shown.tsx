// What tests of parts share: a part as it stands in the page, in a language of choice.

import { Provider } from "@react-spectrum/s2";
import { QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { render } from "vitest-browser-react";
import { newQueryClient } from "../src/state/queries";

export function show(part: ReactNode, locale = "en-US") {
  return render(
    <QueryClientProvider client={newQueryClient()}>
      <Provider background="base" locale={locale}>
        <div style={{ height: 600 }}>{part}</div>
      </Provider>
    </QueryClientProvider>,
  );
}
