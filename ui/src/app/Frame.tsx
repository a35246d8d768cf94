// What stands around every screen: where one can go, and that another Usher does the work.

import {
  Content,
  Heading,
  InlineAlert,
  SideNav,
  SideNavHeader,
  SideNavItem,
  SideNavItemContent,
  SideNavItemLink,
  SideNavSection,
  Text,
} from "@react-spectrum/s2";
import DataUpload from "@react-spectrum/s2/icons/DataUpload";
import History from "@react-spectrum/s2/icons/History";
import Home from "@react-spectrum/s2/icons/Home";
import LinkIcon from "@react-spectrum/s2/icons/Link";
import PeopleGroup from "@react-spectrum/s2/icons/PeopleGroup";
import Settings from "@react-spectrum/s2/icons/Settings";
import Target from "@react-spectrum/s2/icons/Target";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";
import type { StartState } from "../backend/types";
import { useRoute } from "../state/route";
import { words } from "../words";

const layout = style({
  display: "grid",
  // In a narrow window, or one that is zoomed in on, the navigation stands above.
  gridTemplateColumns: { default: ["minmax(0, 1fr)"], sm: [232, "minmax(0, 1fr)"] },
  gridTemplateRows: { default: ["max-content", "max-content"], sm: ["minmax(0, 1fr)"] },
  overflow: { default: "auto", sm: "visible" },
  height: "full",
  boxSizing: "border-box",
});
const side = style({
  display: "flex",
  flexDirection: "column",
  gap: 16,
  backgroundColor: "layer-1",
  padding: 16,
  minHeight: { default: "max", sm: 0 },
  overflow: { default: "visible", sm: "auto" },
  borderWidth: 0,
  borderEndWidth: { default: 0, sm: 1 },
  borderStyle: "solid",
  borderColor: "gray-200",
});
const brand = style({
  font: "title-lg",
  paddingX: 12,
  paddingTop: 8,
  color: "heading",
});
const main = style({
  display: "flex",
  flexDirection: "column",
  minWidth: 0,
  minHeight: 0,
  height: { default: "auto", sm: "full" },
});

export type Screen = keyof typeof words.common.screens;

/** Screens that are reached from another one and have no place of their own in the navigation. */
const LEADS_TO: Record<string, string> = { "new-sync": "syncs", "new-destination": "destinations" };

/** A screen's path; the first part says which one it is. */
export function pathOf(screen: Screen): string {
  return screen === "overview" ? "/" : `/${screen}`;
}

function Item({ screen, icon }: { screen: Screen; icon: ReactNode }) {
  const name = words.common.screens[screen];
  return (
    <SideNavItem id={pathOf(screen)} href={pathOf(screen)} textValue={name}>
      <SideNavItemContent>
        <SideNavItemLink>
          {icon}
          <Text>{name}</Text>
        </SideNavItemLink>
      </SideNavItemContent>
    </SideNavItem>
  );
}

export function Frame({ start, children }: { start: StartState & { state: "open" }; children: ReactNode }) {
  const { parts } = useRoute();
  return (
    <div className={layout}>
      <nav className={side} aria-label={words.common.navigation}>
        <div className={brand}>{words.common.product}</div>
        <SideNav
          aria-label={words.common.navigation}
          selectedRoute={`/${LEADS_TO[parts[0] ?? ""] ?? parts[0] ?? ""}`}
        >
          <Item screen="overview" icon={<Home />} />
          <SideNavSection>
            <SideNavHeader>{words.common.groups.work}</SideNavHeader>
            <Item screen="audiences" icon={<PeopleGroup />} />
            <Item screen="syncs" icon={<DataUpload />} />
            <Item screen="runs" icon={<History />} />
          </SideNavSection>
          <SideNavSection>
            <SideNavHeader>{words.common.groups.setUp}</SideNavHeader>
            <Item screen="destinations" icon={<Target />} />
            <Item screen="connections" icon={<LinkIcon />} />
            <Item screen="settings" icon={<Settings />} />
          </SideNavSection>
        </SideNav>
      </nav>
      <main className={main}>
        {start.owner ? null : (
          <InlineAlert variant="informative" styles={style({ margin: 16 })}>
            <Heading level={2}>{words.common.followerTitle}</Heading>
            <Content>{words.common.follower}</Content>
          </InlineAlert>
        )}
        {children}
      </main>
    </div>
  );
}
