// By which ways of the service people are read and sent, and what each of them takes.

import { Picker, PickerItem, Text } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReadRoute, RouteChoice, Routes, RouteWish, WriteRoute } from "../../backend/types";
import { Panel } from "../../parts/Panel";
import { words } from "../../words";
import { count, duration, percent } from "../../words/format";

const t = words.preview.routes;

export interface RoutesPanelProps {
  routes: Routes;
  wish: RouteWish;
  wishFor: (wish: RouteWish) => void;
}

export function RoutesPanel({ routes, wish, wishFor }: RoutesPanelProps) {
  return (
    <Panel title={t.title} note={t.note}>
      <RoutePicker
        label={t.read}
        choice={routes.read}
        names={t.readNames}
        wished={wish.read}
        wishFor={(read) => wishFor({ ...wish, read })}
        note={wish.read === null ? null : t.atRefresh}
      />
      <RoutePicker
        label={t.write}
        choice={routes.write}
        names={t.writeNames}
        wished={wish.write}
        wishFor={(write) => wishFor({ ...wish, write })}
        note={routes.write.route === "bulk" ? t.bulkNote : null}
      />
    </Panel>
  );
}

interface RoutePickerProps<R extends ReadRoute | WriteRoute> {
  label: string;
  choice: RouteChoice<R>;
  names: Record<R, string>;
  wished: R | null;
  wishFor: (route: R | null) => void;
  note: string | null;
}

function RoutePicker<R extends ReadRoute | WriteRoute>(props: RoutePickerProps<R>) {
  const { label, choice, names, wished, wishFor, note } = props;
  const why = `${names[choice.route]}${t.why[choice.why]}`;
  return (
    <Picker
      label={label}
      description={note === null ? why : `${why}. ${note}`}
      value={wished ?? "choose"}
      onChange={(key) => wishFor(choice.options.find((one) => one.route === key)?.route ?? null)}
      styles={style({ width: "full", maxWidth: 480 })}
    >
      {[
        <PickerItem key="choose" id="choose" textValue={t.choose}>
          <Text slot="label">{t.choose}</Text>
        </PickerItem>,
        ...choice.options.map((one) => (
          <PickerItem key={one.route} id={one.route} textValue={names[one.route]}>
            <Text slot="label">{names[one.route]}</Text>
            <Text slot="description">
              {(one.at_least ? t.takesAtLeast : t.takes)(
                count(one.calls),
                duration(one.seconds),
                percent(one.quota_percent / 100),
              )}
            </Text>
          </PickerItem>
        )),
      ]}
    </Picker>
  );
}
