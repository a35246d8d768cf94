// What a test of a connection found, check by check, and the way to mend what failed.

import { Button, ButtonGroup, StatusLight } from "@react-spectrum/s2";
import AlertTriangle from "@react-spectrum/s2/icons/AlertTriangle";
import CheckmarkCircle from "@react-spectrum/s2/icons/CheckmarkCircle";
import CloseCircle from "@react-spectrum/s2/icons/CloseCircle";
import { iconStyle, style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Check, ConnectionTest } from "../../backend/types";
import { Ago } from "../../parts/Ago";
import { words } from "../../words";
import { told } from "../../words/problems";

const t = words.connections;

const checkLine = style({
  display: "grid",
  gridTemplateColumns: "20px minmax(0, 1fr)",
  gap: 12,
  alignItems: "start",
});
const checkName = style({ font: "ui", fontWeight: "bold" });
const checkDetail = style({ font: "body-sm", color: "neutral-subdued" });

interface TestResultProps {
  test: ConnectionTest;
  /** When it ended, as RFC 3339. */
  at: string;
  again: () => void;
  replaceSecret: () => void;
  edit: () => void;
}

export function TestResult({ test, at, again, replaceSecret, edit }: TestResultProps) {
  const codes = test.checks.flatMap((check) => check.problem?.code ?? []);
  const refused = codes.some((code) => code === "credentials_refused" || code === "secret_missing");
  const unreachable = codes.includes("service_unreachable");
  return (
    <div className={style({ display: "flex", flexDirection: "column", gap: 8 })}>
      <div className={style({ display: "flex", flexWrap: "wrap", gap: 8, alignItems: "center" })}>
        <div role="status">
          <StatusLight variant={test.ok ? "positive" : "negative"}>
            {test.ok ? t.testOk : t.testFailed}
          </StatusLight>
        </div>
        <span className={checkDetail}>
          {t.tested} <Ago at={at} />
        </span>
      </div>
      <ul
        className={style({
          display: "flex",
          flexDirection: "column",
          gap: 8,
          margin: 0,
          padding: 0,
          listStyleType: "none",
        })}
      >
        {test.checks.map((check) => (
          <CheckLine key={check.name} check={check} />
        ))}
      </ul>
      {refused || unreachable ? (
        <ButtonGroup>
          {refused ? (
            <Button variant="accent" onPress={replaceSecret}>
              {t.replaceSecret}
            </Button>
          ) : null}
          <Button variant={refused ? "secondary" : "accent"} onPress={edit}>
            {t.editConnection}
          </Button>
        </ButtonGroup>
      ) : test.ok ? null : (
        <ButtonGroup>
          <Button variant="secondary" onPress={again}>
            {t.testAgain}
          </Button>
        </ButtonGroup>
      )}
    </div>
  );
}

function CheckLine({ check }: { check: Check }) {
  const isReached = check.problem?.code !== "service_unreachable";
  return (
    <li className={checkLine} data-check={check.name} data-ok={check.ok}>
      <CheckIcon check={check} />
      <div>
        <div className={checkName}>{t.checks[isReached ? check.name : "reach"] ?? check.name}</div>
        <div className={checkDetail}>{check.problem === undefined ? check.detail : told(check.problem)}</div>
        {check.problem?.code !== "permission_missing" || check.permission === null ? null : (
          <div className={checkDetail}>{t.missingPermission(check.permission)}</div>
        )}
        {check.optional === true && !check.ok ? (
          <div className={checkDetail}>{t.withoutActivities}</div>
        ) : null}
      </div>
    </li>
  );
}

function CheckIcon({ check }: { check: Check }) {
  if (check.ok) {
    return <CheckmarkCircle aria-label={t.checkOk} styles={iconStyle({ color: "positive" })} />;
  }
  return check.optional === true ? (
    <AlertTriangle aria-label={t.checkMissing} styles={iconStyle({ color: "notice" })} />
  ) : (
    <CloseCircle aria-label={t.checkFailed} styles={iconStyle({ color: "negative" })} />
  );
}
