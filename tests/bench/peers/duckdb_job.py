"""The job in DuckDB: python duckdb_job.py DATA WORK THREADS"""
import os
import duckdb
from job import ADDRESS, DATA, MAPPED, THREADS, WORK, Job

file = f"{WORK}/peer.duckdb"
connection = duckdb.connect(file)
run = connection.execute
run(f"set threads={THREADS}")
KEY, PATTERN = "lower(trim(email))", ADDRESS.replace("'", "''")
SET_FIELDS = " or ".join(
    f"(trim(coalesce(f.{column}, '')) <> '' and trim(f.{column}) is distinct from trim(l.{field}))"
    for column, field in MAPPED
)


def load(table, csv):
    run(f"""create table {table} as
        select row_number() over () rid, *, {KEY} k, unhex(sha256({KEY})) h,
            regexp_full_match({KEY}, '{PATTERN}') ok
        from read_csv('{DATA}/{csv}', all_varchar=true, header=true)""")
    run("checkpoint")


def plan(people, table, matched):
    """`matched` is what becomes of a person who is there: a SQL expression. The
    newest lead is looked up by row after the grouping, which was the fastest of
    four ways to write this."""
    run(f"""create or replace table {table} as
        with best as (
            select k, arg_max(rid, (updatedAt, cast(id as bigint))) lead_rid, count(*) n
            from leads where ok group by k),
        l as (
            select best.k, best.n, x.id lead, x.firstName, x.lastName, x.company
            from best join leads x on x.rid = best.lead_rid),
        firsts as (select k, min(rid) rid from {people} group by k)
        select f.rid, f.crm_id, f.k, f.h, l.lead,
            case when f.k is null or f.k = '' then 'no_key' when not f.ok then 'invalid_key'
                when f.rid <> firsts.rid then 'duplicate_in_audience'
                when l.lead is null then 'create' else {matched} end verdict,
            coalesce(l.n, 0) > 1 several
        from {people} f left join l using (k) left join firsts using (k)""")
    return run(f"select verdict, count(*), count(*) filter (several) from {table} group by 1").fetchall()


COMPARED = f"case when {SET_FIELDS} then 'update' else 'leave' end"
job = Job(f"DuckDB {duckdb.__version__}")
load("p1", "profiles_v1.csv")
job.lap("import_profiles")
load("leads", "leads.csv")
job.lap("import_leads")
job.verdicts("plan", plan("p1", "plan1", COMPARED))
job.lap("plan")
job.verdicts("plan_again", plan("p1", "plan1", COMPARED))
job.lap("plan_again")
load("p2", "profiles_v2.csv")
job.lap("import_next")
valid = "(select k from {} where verdict not in ('no_key', 'invalid_key', 'duplicate_in_audience'))"
job.verdicts("plan_next", plan("p2", "plan2", COMPARED))
job.lap("plan_next")
joined, left, stayed = run(f"""
    select count(*) filter (a.k is null), count(*) filter (b.k is null),
        count(*) filter (a.k is not null and b.k is not null)
    from {valid.format("plan1")} a full join {valid.format("plan2")} b using (k)""").fetchone()
job.told["counts"]["diff"] = {"joined": joined, "left": left, "stayed": stayed}
job.lap("diff")
run("checkpoint")
job.measure(os.path.getsize(file))
job.verdicts("plan_keys", plan("p2", "plan_keys", "'leave'"))
job.lap("plan_keys")
job.chosen(run("select sum(cast(lead as bigint)) from plan2 where verdict in ('update', 'leave')").fetchone()[0])
job.tell()
