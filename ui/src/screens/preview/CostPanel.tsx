// What sending a plan takes of the service: calls, time, share of the day.

import { Meter } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { PlanSummary } from "../../backend/types";
import { Facts, Figures } from "../../parts/Facts";
import { Panel } from "../../parts/Panel";
import { words } from "../../words";
import { count, duration, percent } from "../../words/format";

const t = words.preview;

export function CostPanel({ plan }: { plan: PlanSummary }) {
  const { calls, seconds, quota_percent } = plan.cost;
  const share = quota_percent / 100;
  return (
    <Panel title={t.cost} note={t.costNote}>
      <Figures
        all={[
          [t.calls, count(calls)],
          [t.time, duration(seconds)],
        ]}
      />
      <Meter
        label={t.quota}
        value={Math.min(quota_percent, 100)}
        valueLabel={percent(share)}
        variant={quota_percent > 80 ? "negative" : quota_percent > 50 ? "notice" : "informative"}
        styles={style({ width: "full" })}
      />
      <Facts
        lines={[
          [t.ambiguous, plan.ambiguous_keys === 0 ? null : count(plan.ambiguous_keys)],
          [t.drifted, plan.drifted === 0 ? null : count(plan.drifted)],
          [t.partitions, plan.partitions.join(", ")],
        ]}
      />
    </Panel>
  );
}
