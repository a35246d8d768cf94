// The members of an audience: millions of rows, of which only those in view are fetched.

import { SearchField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { backend } from "../../backend/call";
import type { AudienceDocument, MemberRow } from "../../backend/types";
import { BigGrid, type GridColumn } from "../../parts/grid/BigGrid";
import { Answer, Empty } from "../../parts/States";
import { PEOPLE_LIFE, useProfile } from "../../state/queries";
import { useSettled } from "../../state/settled";
import { words } from "../../words";
import { count, counted } from "../../words/format";

const t = words.audiences;

export function Members({ document }: { document: AudienceDocument }) {
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(useSettled(typed, 200));
  const key = ["members", document.name, document.snapshot_at, search] as const;
  const query = { search: search === "" ? null : search };
  const total = useQuery({
    queryKey: [...key, "total"],
    gcTime: PEOPLE_LIFE,
    placeholderData: keepPreviousData,
    queryFn: async () => (await backend.members(document.name, { ...query, offset: 0, limit: 1 })).total,
  });
  const profile = useProfile(document.name, document.snapshot_at);
  const columns = useMemo(
    () => columnsOf(document.columns, profile.data?.columns ?? []),
    [document.columns, profile.data],
  );
  return (
    <>
      <div className={style({ display: "flex", gap: 16, alignItems: "center" })}>
        <SearchField
          label={t.searchMembers}
          labelPosition="side"
          value={typed}
          onChange={setTyped}
          styles={style({ width: 400 })}
        />
        <output className={style({ font: "body", color: "neutral-subdued" })}>
          {total.data === undefined
            ? words.common.loading
            : search === ""
              ? counted(total.data, "member", "members")
              : t.found(count(total.data), counted(document.rows, "member", "members"))}
        </output>
      </div>
      <Answer of={total}>
        {(found) =>
          found === 0 ? (
            <Empty title={search === "" ? t.noMembersTitle : t.nobodyTitle}>
              {search === "" ? t.noMembersText : t.nobodyText}
            </Empty>
          ) : (
            <div className={style({ flexGrow: 1, minHeight: 240, flexBasis: 0 })}>
              <BigGrid
                key={search}
                label={t.members}
                count={found}
                columns={columns}
                of={key}
                page={async (first, length) =>
                  (await backend.members(document.name, { ...query, offset: first, limit: length })).members
                }
              />
            </div>
          )
        }
      </Answer>
    </>
  );
}

/** As wide as what is in them, within reason; in pixels. */
const NARROW_PX = 120;
const WIDE_PX = 320;
const CHARACTER_PX = 8;
const PADDING_PX = 32;

function columnsOf(
  names: readonly string[],
  profiles: readonly { name: string; examples: readonly string[] }[],
): GridColumn<MemberRow>[] {
  const widthOf = (name: string) => {
    const examples = profiles.find((one) => one.name === name)?.examples ?? [];
    const longest = Math.max(name.length, ...examples.map((example) => example.length));
    return Math.min(Math.max(longest * CHARACTER_PX + PADDING_PX, NARROW_PX), WIDE_PX);
  };
  const row: GridColumn<MemberRow> = {
    id: "row",
    name: t.row,
    width: 110,
    align: "end",
    cell: (member) => count(member.row),
  };
  const cells = names.map(
    (name, at): GridColumn<MemberRow> => ({
      id: `c${at}`,
      name,
      width: widthOf(name),
      grows: true,
      cell: (member) => member.cells[at] ?? "",
    }),
  );
  return [row, ...cells];
}
