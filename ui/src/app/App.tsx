// The page as a whole: the data folder has to be open before there is anything to see.

import { Provider, ToastContainer } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { backend } from "../backend/call";
import { Broken } from "../parts/Broken";
import { ImportFile } from "../screens/audiences/ImportFile";
import { useNews } from "../state/live";
import { newQueryClient, useFollow, useStart } from "../state/queries";
import { go, useRoute } from "../state/route";
import { locale } from "../words/format";
import { Closed } from "./Closed";
import { Frame } from "./Frame";
import { Screens } from "./Screens";

export function App() {
  const [client] = useState(newQueryClient);
  // The window is hidden until there is something to look at. Frames are not drawn while
  // it is, so none can be waited for.
  useEffect(() => void backend.painted(), []);
  return (
    <QueryClientProvider client={client}>
      <Provider
        background="base"
        locale={locale}
        router={{ navigate: go, useHref: (href) => `#${href}` }}
        styles={style({ height: "full" })}
      >
        <Opened />
        <ToastContainer placement="bottom end" />
      </Provider>
    </QueryClientProvider>
  );
}

function Opened() {
  const { parts } = useRoute();
  useNews();
  const client = useQueryClient();
  const start = useStart();
  const isOwner = start.data?.state !== "open" || start.data.owner;
  useFollow(client, isOwner);
  if (start.data?.state !== "open") {
    return <Closed start={start.data} />;
  }
  return (
    <Frame start={start.data}>
      <Broken key={parts.slice(0, 2).join("/")}>
        <Screens start={start.data} />
      </Broken>
      <Broken>
        <ImportFile />
      </Broken>
    </Frame>
  );
}
