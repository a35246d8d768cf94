// What sending a plan takes of the service: calls, time, share of the day.

import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { PlanSummary } from "../../backend/types";
import { Share } from "../../parts/charts/Share";
import { Facts, Figures } from "../../parts/Facts";
import { Panel } from "../../parts/Panel";
import { words } from "../../words";
import { count, duration } from "../../words/format";

const t = words.preview;

export function CostPanel({ plan }: { plan: PlanSummary }) {
  const { calls, reading_calls, seconds, quota_percent, used_today: used } = plan.cost;
  const share = quota_percent / 100;
  return (
    <Panel title={t.cost} note={t.costNote}>
      <Figures
        all={[
          [t.calls, count(calls)],
          [t.time, duration(seconds)],
        ]}
      />
      <div>
        <div className={style({ font: "body-sm", color: "neutral-subdued" })}>{t.quota}</div>
        <Share part={share} tone={quota_percent > 80 ? "bad" : quota_percent > 50 ? "notice" : "info"} />
      </div>
      <Facts
        lines={[
          [t.usedToday, t.usedBy(count(used.ours), count(used.others), count(used.left)), t.usedTodayHelp],
          [t.reading, t.readingCalls(reading_calls), t.readingHelp],
          [t.ambiguous, plan.ambiguous_keys === 0 ? null : count(plan.ambiguous_keys), t.ambiguousHelp],
          [t.drifted, plan.drifted === 0 ? null : count(plan.drifted), t.driftedHelp],
          [t.partitions, plan.partitions.join(", ")],
        ]}
      />
    </Panel>
  );
}
