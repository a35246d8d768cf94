"""The job in Polars: python polars_job.py DATA WORK THREADS"""
import os
import sys

os.environ["POLARS_MAX_THREADS"] = sys.argv[3]
import polars as pl
from job import ADDRESS, DATA, MAPPED, WORK, Job

KEY = pl.col("email").fill_null("").str.strip_chars().str.to_lowercase()
DIFFERS = pl.any_horizontal(
    (pl.col(column).fill_null("").str.strip_chars() != "")
    & pl.col(column).str.strip_chars().ne_missing(pl.col(f"l_{field}").str.strip_chars())
    for column, field in MAPPED
)
COMPARED = pl.when(DIFFERS).then(pl.lit("update")).otherwise(pl.lit("leave"))
TEXT = [column for column, _ in MAPPED]


def stored(table):
    return f"{WORK}/{table}.parquet"


def load(table, csv):
    """Streamed from file to file, which is faster here than by way of memory."""
    rows = pl.scan_csv(f"{DATA}/{csv}", infer_schema=False).with_row_index("rid").with_columns(k=KEY)
    rows = rows.with_columns(ok=pl.col("k").str.contains(f"^{ADDRESS}$"))
    rows.sink_parquet(stored(table), compression="lz4")


def plan(people, table, matched, fields):
    leads = pl.scan_parquet(stored("leads")).filter("ok")
    leads = leads.sort(["updatedAt", pl.col("id").cast(pl.Int64)]).group_by("k")
    leads = leads.agg(lead=pl.col("id").last(), n=pl.len(), **{f"l_{f}": pl.col(f).last() for f in fields})
    rows = pl.scan_parquet(stored(people)).select("rid", "crm_id", "k", "ok", *TEXT)
    rows = rows.with_columns(first=pl.col("k").is_first_distinct()).join(leads, on="k", how="left")
    verdict = pl.when(pl.col("k") == "").then(pl.lit("no_key")).when(~pl.col("ok")).then(pl.lit("invalid_key"))
    verdict = verdict.when(~pl.col("first")).then(pl.lit("duplicate_in_audience"))
    verdict = verdict.when(pl.col("lead").is_null()).then(pl.lit("create")).otherwise(matched)
    rows = rows.with_columns(verdict=verdict, several=pl.col("n").fill_null(0) > 1)
    planned = rows.select("rid", "crm_id", "k", "lead", "verdict", "several").collect()
    planned.write_parquet(stored(table), compression="lz4")
    return planned, planned.group_by("verdict").agg(pl.len(), pl.col("several").sum()).rows()


FIELDS = [field for _, field in MAPPED]
job = Job(f"Polars {pl.__version__}")
load("p1", "profiles_v1.csv")
job.lap("import_profiles")
load("leads", "leads.csv")
job.lap("import_leads")
first, counts = plan("p1", "plan1", COMPARED, FIELDS)
job.verdicts("plan", counts)
job.lap("plan")
first, counts = plan("p1", "plan1", COMPARED, FIELDS)
job.verdicts("plan_again", counts)
job.lap("plan_again")
load("p2", "profiles_v2.csv")
job.lap("import_next")
second, counts = plan("p2", "plan2", COMPARED, FIELDS)
job.verdicts("plan_next", counts)
job.lap("plan_next")
valid = ~pl.col("verdict").is_in(["no_key", "invalid_key", "duplicate_in_audience"])
before, after = first.filter(valid).select("k"), second.filter(valid).select("k")
stayed = before.join(after, on="k", how="semi").height
job.told["counts"]["diff"] = {"joined": after.height - stayed, "left": before.height - stayed, "stayed": stayed}
job.lap("diff")
job.measure(sum(os.path.getsize(stored(table)) for table in ("p1", "leads", "p2", "plan1", "plan2")))
_, counts = plan("p2", "plan_keys", pl.lit("leave"), [])
job.verdicts("plan_keys", counts)
job.lap("plan_keys")
there = second.filter(pl.col("verdict").is_in(["update", "leave"]))
job.chosen(there.select(pl.col("lead").cast(pl.Int64).sum()).item())
job.tell()
