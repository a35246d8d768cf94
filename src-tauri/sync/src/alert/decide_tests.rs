//! A sync's days as tables: what happens, and what is told of it.

use super::{Seen, SeenRun, Told, Word, decide, look_again};
use std::collections::BTreeMap;
use std::time::Duration;
use usher_model::{
    Alert, AlertKind, Code, PeopleReport, Percent, Problem, RunId, RunReport, RunState, Timestamp,
};

const MINUTE: i64 = 60_000;
const HOUR: Duration = Duration::from_secs(3_600);

fn every_alert() -> Vec<Alert> {
    AlertKind::ALL
        .into_iter()
        .map(|kind| Alert::parse(kind.as_str()).unwrap())
        .collect()
}

fn at(minutes: i64) -> Timestamp {
    Timestamp(minutes * MINUTE)
}

/// A sync that somebody subscribed to, its runs one after another.
struct Story {
    alerts: Vec<Alert>,
    told: Told,
    minutes: i64,
    sent_before: Option<(RunId, u64)>,
    run: Option<(RunReport, Option<Problem>)>,
    unattended: bool,
}

impl Story {
    fn of(alerts: Vec<Alert>) -> Self {
        Self {
            alerts,
            told: Told::default(),
            minutes: 10,
            sent_before: None,
            run: None,
            unattended: false,
        }
    }

    fn decided(&mut self, not_begun: Option<&Problem>, due_at: Option<Timestamp>) -> Vec<Word> {
        let run = self.run.as_ref().map(|(report, problem)| SeenRun {
            report,
            problem: problem.as_ref(),
            due_at: report.started_at,
            planned: report.digest.is_some(),
            unattended: self.unattended,
        });
        let seen = Seen {
            alerts: &self.alerts,
            paused: false,
            now: at(self.minutes),
            run,
            sent_before: self.sent_before.clone(),
            not_begun,
            due_at,
        };
        let words = decide(&seen, &mut self.told);
        let again = decide(&seen, &mut self.told);
        assert_eq!(again, [], "looking twice tells nothing twice");
        words
    }

    fn look(&mut self) -> Vec<AlertKind> {
        self.decided(None, None).iter().map(Word::kind).collect()
    }

    /// A run begins, and is planned.
    fn begins(&mut self, rows: u64) -> Vec<AlertKind> {
        self.minutes += 10;
        let report = RunReport {
            run_id: RunId(format!("run_{}", self.minutes)),
            sync: "Go".into(),
            state: RunState::Sending,
            digest: Some("d".into()),
            rows,
            retry_of: None,
            people: PeopleReport {
                created: rows,
                ..PeopleReport::default()
            },
            list: None,
            verification: None,
            allowed: Vec::new(),
            overridden: Vec::new(),
            calls: 0,
            retries: 0,
            started_at: at(self.minutes),
            finished_at: None,
            values_purged_at: None,
            people_purged_at: None,
            warned: 0,
        };
        self.run = Some((report, None));
        self.look()
    }

    /// It ends in this state, for this reason.
    fn ends(&mut self, state: RunState, code: Option<Code>) -> Vec<AlertKind> {
        self.minutes += 1;
        let problem = code.map(|code| Problem::new(code, "It did not go.", "Look."));
        if let Some((report, why)) = &mut self.run {
            report.state = state;
            report.finished_at = (state != RunState::Interrupted).then(|| at(self.minutes));
            *why = problem;
        }
        let words = self.look();
        if let (Some((report, _)), true) = (&self.run, state != RunState::Held) {
            self.sent_before = Some((report.run_id.clone(), report.rows));
        }
        words
    }

    /// It ends with these people refused.
    fn ends_refused(&mut self, code: &str, people: u64) -> Vec<AlertKind> {
        if let Some((report, _)) = &mut self.run {
            report.people.created -= people;
            report.people.rejected = BTreeMap::from([(code.to_owned(), people)]);
        }
        self.ends(RunState::CompletedWithProblems, None)
    }

    /// A whole run, its beginning left out of what is told.
    fn runs(&mut self, rows: u64, state: RunState, code: Option<Code>) -> Vec<AlertKind> {
        self.begins(rows);
        self.ends(state, code)
    }

    fn is_due_and_cannot_begin(&mut self, code: Code) -> Vec<AlertKind> {
        let problem = Problem::new(code, "It cannot begin.", "Look.");
        let words = self.decided(Some(&problem), None);
        words.iter().map(Word::kind).collect()
    }
}

use AlertKind::{Delay, Failed, Problems, Size, SkipRate, Started, Succeeded};
use RunState::{Completed, Held, Interrupted, Stopped};

#[test]
fn beginnings_and_good_ends_are_told_once_for_each_run() {
    let mut story = Story::of(every_alert());
    for _ in 0..3 {
        assert_eq!(story.begins(100), [Started]);
        assert_eq!(story.look(), [], "while it is under way");
        assert_eq!(story.ends(Completed, None), [Succeeded]);
        assert_eq!(story.look(), []);
    }
}

#[test]
fn a_failure_is_told_once_while_it_lasts_and_anew_after_a_good_run() {
    let mut story = Story::of(every_alert());
    let failed = RunState::Failed;
    let gone = Some(Code::ServiceUnreachable);
    let days: [(RunState, Option<Code>, &[AlertKind]); 12] = [
        (failed, gone, &[Failed]),
        (failed, gone, &[]),
        (failed, Some(Code::CredentialsRefused), &[Failed]),
        (failed, Some(Code::CredentialsRefused), &[]),
        (Completed, None, &[Succeeded]),
        (failed, gone, &[Failed]),
        (Held, Some(Code::HeldBack), &[Failed]),
        (Held, Some(Code::HeldBack), &[]),
        // Who stops a run knows, and learns nothing of what it would have come to.
        (Stopped, Some(Code::Stopped), &[]),
        (Held, Some(Code::HeldBack), &[]),
        (Stopped, Some(Code::QuotaSpent), &[Failed]),
        (Interrupted, None, &[Failed]),
    ];
    for (day, (state, code, told)) in days.into_iter().enumerate() {
        assert_eq!(story.runs(100, state, code), told, "day {day}");
    }
}

#[test]
fn a_run_that_cannot_begin_fails_like_one_that_has_begun() {
    let mut story = Story::of(every_alert());
    assert_eq!(
        story.is_due_and_cannot_begin(Code::KeychainLocked),
        [Failed]
    );
    assert_eq!(story.is_due_and_cannot_begin(Code::KeychainLocked), []);
    assert_eq!(
        story.is_due_and_cannot_begin(Code::ServiceUnreachable),
        [Failed]
    );
    let gone = Some(Code::ServiceUnreachable);
    assert_eq!(story.runs(100, RunState::Failed, gone), []);
    for busy in [Code::AlreadyRunning, Code::Paused, Code::Stopped] {
        assert_eq!(story.is_due_and_cannot_begin(busy), [], "{busy:?}");
    }
    assert_eq!(story.runs(100, Completed, None), [Succeeded]);
    assert_eq!(
        story.is_due_and_cannot_begin(Code::ServiceUnreachable),
        [Failed]
    );
}

#[test]
fn what_goes_on_by_itself_has_not_failed() {
    let mut story = Story::of(every_alert());
    story.unattended = true;
    assert_eq!(story.runs(100, Interrupted, None), []);
    assert_eq!(story.ends(Completed, None), [Succeeded]);
}

#[test]
fn problems_are_told_once_for_the_same_refusals() {
    let mut story = Story::of(every_alert());
    let days: [(&str, &[AlertKind]); 4] = [
        ("1003", &[Problems]),
        ("1003", &[]),
        ("1007", &[Problems]),
        ("1007", &[]),
    ];
    for (code, told) in days {
        story.begins(100);
        assert_eq!(story.ends_refused(code, 1), told, "{code}");
    }
    assert_eq!(story.runs(100, Completed, None), [Succeeded]);
    story.begins(100);
    assert_eq!(story.ends_refused("1007", 1), [Problems]);
}

#[test]
fn a_run_that_is_gone_on_with_ends_again() {
    let mut story = Story::of(every_alert());
    let gone = Some(Code::ServiceUnreachable);
    assert_eq!(story.runs(100, RunState::Failed, gone), [Failed]);
    assert_eq!(story.ends(RunState::Failed, gone), []);
    assert_eq!(story.ends(Completed, None), [Succeeded]);
}

#[test]
fn an_older_run_that_ends_behind_a_newer_one_tells_nothing_anew() {
    let mut story = Story::of(every_alert());
    let gone = Some(Code::ServiceUnreachable);
    story.runs(100, RunState::Failed, gone);
    let older = story.run.clone();
    assert_eq!(story.runs(100, RunState::Failed, gone), []);
    let newest = std::mem::replace(&mut story.run, older);
    assert_eq!(story.ends(Completed, None), [Succeeded]);
    story.run = newest;
    assert_eq!(story.look(), [], "its end was told before");
}

#[test]
fn what_was_told_by_an_earlier_version_stays_told() {
    for (kept, ends) in [
        (r#"{"ended":"run_1 Failed 5"}"#, 1),
        (r#"{"ended":null}"#, 0),
        (r#"{"ended":["run_1 Failed 5","run_2 Completed 6"]}"#, 2),
    ] {
        let told: Told = serde_json::from_str(kept).unwrap();
        assert_eq!(told.ended.len(), ends, "{kept}");
    }
}

#[test]
fn people_left_out_are_told_when_they_become_too_many() {
    let mut story = Story::of(vec![Alert::parse("skip-rate=5%").unwrap()]);
    let days: [(u64, &[AlertKind]); 6] = [
        (5, &[]),
        (6, &[SkipRate]),
        (50, &[]),
        (5, &[]),
        (6, &[SkipRate]),
        (6, &[]),
    ];
    for (refused, told) in days {
        story.begins(100);
        assert_eq!(story.ends_refused("1003", refused), told, "{refused}");
    }
}

#[test]
fn who_is_left_out_by_a_rule_does_not_count() {
    let mut story = Story::of(vec![Alert::parse("skip-rate=5%").unwrap()]);
    let by_rule = [
        "suppressed",
        "no_consent",
        "duplicate_in_audience",
        "not_in_destination",
        "not_sent",
    ];
    story.begins(100);
    if let Some((report, _)) = &mut story.run {
        report.people.created = 0;
        report.people.skipped = by_rule.map(|reason| (reason.to_owned(), 20)).into();
    }
    assert_eq!(story.ends(Completed, None), []);
    story.begins(100);
    if let Some((report, _)) = &mut story.run {
        report.people.created = 94;
        report.people.invalid = BTreeMap::from([("no_key".to_owned(), 3)]);
        report.people.skipped = BTreeMap::from([("changed_since_plan".to_owned(), 3)]);
    }
    assert_eq!(story.ends(Completed, None), [SkipRate]);
}

#[test]
fn an_audience_that_swings_is_told_once_against_what_was_sent() {
    let mut story = Story::of(vec![Alert::parse("size=20%").unwrap()]);
    let days: [(u64, RunState, &[AlertKind]); 9] = [
        (100, Completed, &[]),
        (120, Completed, &[]),
        (145, Completed, &[Size]),
        (145, Completed, &[]),
        // Held back again and again: the same swing against the same run.
        (40, Held, &[Size]),
        (39, Held, &[]),
        (140, Held, &[]),
        (40, Held, &[Size]),
        (145, Completed, &[]),
    ];
    for (rows, state, told) in days {
        assert_eq!(story.begins(rows), told, "{rows}");
        assert_eq!(story.ends(state, Some(Code::HeldBack)), [], "{rows}");
    }
}

#[test]
fn a_run_that_is_late_is_told_once_for_its_time() {
    let mut story = Story::of(vec![Alert::parse("delay=1h").unwrap()]);
    assert_eq!(story.begins(100), []);
    story.minutes += 59;
    assert_eq!(story.look(), []);
    story.minutes += 1;
    assert_eq!(story.look(), [Delay]);
    story.minutes += 600;
    assert_eq!(story.look(), []);
    assert_eq!(story.ends(Completed, None), []);
    // Due, and nobody has begun it.
    let due = at(story.minutes);
    story.minutes += 60;
    let late = story.decided(None, Some(due));
    let word = Word::Delay {
        limit: HOUR,
        due_at: due,
        begun: false,
    };
    assert_eq!(late, [word]);
    assert_eq!(story.decided(None, Some(at(story.minutes + 5))), []);
}

#[test]
fn it_is_looked_at_again_when_it_would_be_late() {
    let alerts = [Alert::Delay(HOUR)];
    let mut seen = Seen {
        alerts: &alerts,
        paused: false,
        now: at(10),
        run: None,
        sent_before: None,
        not_begun: None,
        due_at: Some(at(20)),
    };
    let told = Told::default();
    assert_eq!(look_again(&seen, &told), Some(at(80)));
    seen.paused = true;
    assert_eq!(look_again(&seen, &told), None);
    seen.paused = false;
    seen.alerts = &[Alert::Failed];
    assert_eq!(look_again(&seen, &told), None);
}

#[test]
fn nothing_is_told_that_nobody_wants_to_hear_or_that_was_before() {
    let mut story = Story::of(vec![Alert::Failed]);
    assert_eq!(story.begins(100), []);
    assert_eq!(story.ends(Completed, None), []);
    let gone = Some(Code::ServiceUnreachable);
    assert_eq!(story.runs(100, RunState::Failed, gone), [Failed]);
    // Another subscription beside it: what lasts is not told again.
    let after = vec![Alert::Succeeded, Alert::Failed];
    story.told.change(&story.alerts, &after);
    story.alerts = after;
    assert_eq!(story.runs(100, RunState::Failed, gone), []);
    // Another limit is another state.
    let limit = |text: &str| Alert::SkipRate(Percent::parse(text).unwrap());
    let mut told = Told::default();
    told.is_news(AlertKind::SkipRate, "above");
    told.change(&[limit("5%")], &[limit("1%")]);
    assert_eq!(told, Told::default());
}

#[test]
fn a_subscription_begins_with_what_comes() {
    let mut story = Story::of(every_alert());
    story.runs(100, RunState::Failed, Some(Code::ServiceUnreachable));
    let (report, problem) = story.run.clone().unwrap();
    story.told = Told::from_now_on(Some(SeenRun {
        report: &report,
        problem: problem.as_ref(),
        due_at: report.started_at,
        planned: true,
        unattended: false,
    }));
    assert_eq!(story.look(), []);
    assert_eq!(
        story.runs(100, RunState::Failed, Some(Code::ServiceUnreachable)),
        [Failed]
    );
}
