//! One story: a few days of a marketer's computer, drawn from a seed.

use crate::desk::Desk;
use crate::end;
use crate::machine::Machine;
use crate::network::{Network, Weather};
use crate::others::Others;
use crate::people::People;
use crate::say;
use crate::witness::{Rules, Witness};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use support::Random;
use tokio::time::{Instant, sleep};
use usher_model::{
    Consent, Limits, Mapping, Missed, Mode, OnDrift, PersonAction, Schedule, Secret, SyncType,
};
use usher_sandbox::{Config, Stepped};
use usher_store::keychain::Fault;
use usher_sync::owner::Command;
use usher_sync::{
    ImportRequest, ListWish, NewConnection, NewDestination, NewSync, RetryRequest, RouteWish,
    RunRequest, SyncChange,
};

/// What everything is called.
pub(crate) const CONNECTION: &str = "M";
pub(crate) const AUDIENCE: &str = "People";
pub(crate) const DESTINATION: &str = "D";
pub(crate) const SYNC: &str = "S";

/// One story.
pub(crate) struct Story {
    seed: u64,
    talks: bool,
    random: Random,
    pub(crate) setup: Setup,
}

/// What is settled at its beginning.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) people: u64,
    pub(crate) limits: Limits,
    pub(crate) quota: u32,
    /// How long the service thinks about each call.
    pub(crate) latency_ms: u64,
    pub(crate) sync_type: SyncType,
    pub(crate) person_action: PersonAction,
    pub(crate) mode: Mode,
    pub(crate) on_drift: OnDrift,
    pub(crate) schedule: Schedule,
    pub(crate) missed: Missed,
    pub(crate) zone: &'static str,
    pub(crate) began_ms: i64,
    pub(crate) days: u64,
}

impl Setup {
    /// What most have, and a service that answers soon.
    pub(crate) fn usual(people: u64) -> Self {
        let limits = Limits::default();
        Self {
            people,
            limits,
            quota: limits.daily_quota,
            latency_ms: 150,
            sync_type: SyncType::AudienceAndProfile,
            person_action: PersonAction::UpdateAndCreate,
            mode: Mode::Mirror,
            on_drift: OnDrift::Leave,
            schedule: Schedule::Every("1d".into()),
            missed: Missed::Once,
            zone: "UTC",
            began_ms: 1_790_000_000_000,
            days: 1,
        }
    }
}

/// What came of one that holds.
pub(crate) struct Told {
    pub(crate) hours: u64,
    pub(crate) runs: u64,
    pub(crate) lives: u64,
    pub(crate) calls: u64,
    pub(crate) writes: u64,
    pub(crate) trace: u64,
}

/// A story while it is told.
pub(crate) struct Scene {
    pub(crate) desk: Desk,
    pub(crate) others: Others,
    pub(crate) people: People,
    pub(crate) setup: Setup,
    random: Random,
    began: Instant,
    files: u64,
    talks: bool,
    seed: u64,
    /// The writes before it was last looked whether anybody is there twice.
    looked_after: Cell<Option<u64>>,
}

impl Story {
    /// The story of a seed.
    pub(crate) fn of(seed: u64, talks: bool) -> Self {
        let mut random = Random::new(seed, 1);
        let every = ["20m", "1h", "2h", "5h"];
        let schedule = match random.below(4) {
            0 => Schedule::DailyAt("02:30".into()),
            1 => Schedule::Cron("15 */3 * * *".into()),
            _ => Schedule::Every(random.pick(&every).into()),
        };
        let setup = Setup {
            people: 20 + random.below(1_400),
            limits: Limits {
                daily_quota: 50_000,
                calls_per_20s: 10 + random.below(40) as u32,
                concurrency: random.to(5) as u32,
            },
            quota: if random.percent(15) { 150 } else { 50_000 },
            latency_ms: random.below(900),
            sync_type: random.pick(&[
                SyncType::AudienceAndProfile,
                SyncType::AudienceAndProfile,
                SyncType::AudienceAndProfile,
                SyncType::AudienceOnly,
                SyncType::ProfileOnly,
            ]),
            person_action: match random.percent(80) {
                true => PersonAction::UpdateAndCreate,
                false => PersonAction::UpdateExisting,
            },
            mode: random.pick(&[Mode::Mirror, Mode::AddOnly]),
            on_drift: random.pick(&[OnDrift::Leave, OnDrift::Overwrite]),
            schedule,
            missed: random.pick(&[Missed::Once, Missed::Once, Missed::Skip, Missed::All]),
            zone: random.pick(&["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
            // Around the days on which clocks change, and others.
            began_ms: random.pick(&[1_792_720_800_000, 1_774_569_600_000, 1_790_000_000_000]),
            days: random.to(4),
        };
        Self {
            seed,
            talks,
            random,
            setup,
        }
    }

    /// Lives it through; an error is what was broken.
    pub(crate) async fn play(mut self) -> Result<Told, String> {
        let mut scene = Scene::begin(self.setup.clone(), self.seed, self.talks).await;
        scene.tell(&format!("{:?}", scene.setup));
        let ends = Duration::from_secs(self.setup.days * 24 * 3600);
        while scene.began.elapsed() < ends {
            let wait = 60 + self.random.below(2 * 3600);
            sleep(Duration::from_secs(wait)).await;
            scene.hold()?;
            scene.happen().await;
            scene.hold()?;
        }
        end::come_to(&mut scene).await?;
        let runs = scene.desk.usher().run_reports(None).unwrap().len() as u64;
        let (calls, writes, _) = scene.desk.network.witness.counted();
        scene.desk.close().await;
        Ok(Told {
            hours: scene.began.elapsed().as_secs() / 3600,
            runs,
            lives: scene.desk.lives,
            calls,
            writes,
            trace: scene.desk.network.witness.trace(),
        })
    }
}

impl Scene {
    /// Sets everything up, up to the first run.
    pub(crate) async fn begin(setup: Setup, seed: u64, talks: bool) -> Self {
        let began = Instant::now();
        let service = Arc::new(Stepped::new(Config {
            people: 0,
            seed,
            daily_quota: setup.quota,
            starts_at_ms: Some(setup.began_ms),
            ..Config::default()
        }));
        let mut people = People::new(Random::new(seed, 2), setup.people);
        let others = Others::new(service.clone());
        others.private("POST", "leads", &people.there());
        let config = json!({ "latency_ms": setup.latency_ms });
        others.private("POST", "config", &config);
        let fields = ["email", "firstName", "lastName", "company"];
        let rules = Rules {
            calls_per_20s: setup.limits.calls_per_20s as usize,
            fields: fields.into_iter().map(str::to_owned).collect(),
        };
        let witness = Witness::new(service.clone(), rules);
        let network = Network::new(service, witness, Random::new(seed, 3));
        let machine = Machine::new(setup.began_ms);
        let zone = TimeZone::get(setup.zone).unwrap();
        let mut scene = Self {
            desk: Desk::new(seed, machine, network, zone),
            others,
            people,
            setup,
            random: Random::new(seed, 4),
            began,
            files: 0,
            talks,
            seed,
            looked_after: Cell::new(None),
        };
        scene.set_up().await;
        scene
    }

    /// Prints what happens, where that is wished for.
    pub(crate) fn tell(&self, what: &str) {
        if self.talks {
            let at = self.began.elapsed().as_secs();
            let (h, m, s) = (at / 3600, at / 60 % 60, at % 60);
            say(&format!("seed {} {h:03}:{m:02}:{s:02} {what}", self.seed));
        }
    }

    /// What must be true of everything so far.
    pub(crate) fn hold(&self) -> Result<(), String> {
        let mut broken = self.desk.network.witness.broken();
        // Nobody but Usher makes anybody.
        let (_, writes, _) = self.desk.network.witness.counted();
        if self.looked_after.replace(Some(writes)) != Some(writes) {
            let mut seen = BTreeSet::new();
            for lead in self.others.leads() {
                if !lead.email.is_empty() && !seen.insert(lead.email.clone()) {
                    broken.push(format!("I2: {} is there twice", lead.email));
                }
            }
        }
        let first = broken.first().cloned();
        first.map_or(Ok(()), |first| {
            let at = self.began.elapsed().as_secs();
            Err(format!("after {at} s: {first} ({} in all)", broken.len()))
        })
    }

    async fn set_up(&mut self) {
        let munchkin = self.others.service.munchkin_id();
        let (client_id, secret) = self.others.service.credentials();
        let connection = NewConnection {
            name: CONNECTION.into(),
            description: String::new(),
            base_url: None,
            munchkin_id: munchkin,
            client_id,
            limits: self.setup.limits,
            hipaa_ready: false,
            people_since: Some("2026-01-01T00:00:00Z".parse_timestamp()),
        };
        self.must(
            Command::AddConnection(connection),
            Some(Secret::new(secret)),
        )
        .await;
        self.import().await.expect("nothing happens yet").unwrap();
        let suppressed = self.people.suppressed.iter().cloned().collect();
        let suppress = Command::Suppress {
            namespace: "email".into(),
            values: suppressed,
        };
        self.must(suppress, None).await;
        let suppressed = self.people.suppressed.clone();
        self.desk.network.witness.suppress(suppressed);
        let rules = [
            "email=DedupeField",
            "first=firstName",
            "last=lastName",
            "company=company",
        ];
        let rules: Vec<String> = rules.into_iter().map(str::to_owned).collect();
        let destination = NewDestination {
            name: DESTINATION.into(),
            description: String::new(),
            connection: CONNECTION.into(),
            sync_type: self.setup.sync_type,
            person_action: self.setup.person_action,
            dedupe_field: "email".into(),
            partition: None,
            workspace: None,
            mapping: Mapping::parse(&rules).unwrap(),
        };
        self.must(Command::CreateDestination(destination), None)
            .await;
        let sync = NewSync {
            name: SYNC.into(),
            audience: AUDIENCE.into(),
            destination: DESTINATION.into(),
            list: ListWish::default(),
            mode: self.setup.mode,
            on_drift: self.setup.on_drift,
            consent: Some(Consent {
                column: "consent".into(),
                value: "y".into(),
            }),
            max_creations: None,
            schedule: Some(self.setup.schedule.clone()),
            missed: self.setup.missed,
            alerts: Vec::new(),
        };
        self.must(Command::CreateSync(sync), None).await;
    }

    /// Has something done that nothing comes between.
    pub(crate) async fn must(&mut self, command: Command, secret: Option<Secret>) -> Value {
        let done = self.desk.ask(command, secret).await;
        done.expect("nobody kills it").unwrap()
    }

    pub(crate) async fn import(&mut self) -> Option<Result<Value, usher_model::Problem>> {
        self.files += 1;
        let file = self.desk.path(&format!("people{}.csv", self.files));
        std::fs::write(&file, self.people.file()).unwrap();
        let request = ImportRequest::of_file(AUDIENCE, &file.display().to_string());
        self.desk.ask(Command::Import(request), None).await
    }

    /// A run that somebody asks for, with every guardrail lifted.
    pub(crate) fn run(&self) -> Command {
        Command::Run(self.run_request())
    }

    pub(crate) fn run_request(&self) -> RunRequest {
        RunRequest {
            sync: SYNC.into(),
            allow: usher_model::GuardrailName::ALL.to_vec(),
            ..RunRequest::default()
        }
    }

    /// Something happens.
    async fn happen(&mut self) {
        match self.random.below(25) {
            0..3 => self.next_snapshot().await,
            3..6 => {
                let said = self.others.act(&mut self.random, AUDIENCE);
                self.tell(&said);
            }
            6..10 => self.bad_weather(),
            10 => self.trouble_at_the_service(),
            11..15 => {
                let steps = self.random.to(120);
                self.tell(&format!("is killed in {steps} steps"));
                self.desk.machine.kill_in(steps);
                if self.random.percent(60) {
                    self.desk.ask_aside(self.run()).await;
                }
            }
            15 => {
                let hours = self.random.to(10);
                self.tell(&format!("the lid is closed for {hours} hours"));
                self.desk.machine.close_lid();
                sleep(Duration::from_secs(hours * 3600)).await;
                self.desk.machine.open_lid();
            }
            16 => {
                let far = self.random.percent(30);
                let by = self.random.to(if far { 172_800_000 } else { 90_000 }) as i64;
                let by = if self.random.percent(50) { by } else { -by };
                self.tell(&format!("the clock is set by {} s", by / 1000));
                self.desk.machine.set_clock(by);
            }
            17 => {
                self.tell("the keychain is locked, or the disk full, for a while");
                match self.random.percent(50) {
                    true => self.desk.keychain.set_fault(Some(Fault::Locked)),
                    false => self.desk.machine.fill_disk(true),
                }
                self.go_on_for(1_200).await;
                self.desk.keychain.set_fault(None);
                self.desk.machine.fill_disk(false);
            }
            18 => {
                let calls = self.random.below(90);
                self.tell(&format!("other applications make {calls} calls a window"));
                let config = json!({ "other_apps_calls_per_window": calls });
                self.others.private("POST", "config", &config);
            }
            19 | 20 => self.hand_on_it().await,
            21 => self.suppress_some().await,
            22 => self.cut_off().await,
            _ => {
                self.tell("somebody runs it");
                self.desk.ask_aside(self.run()).await;
            }
        }
        if self.desk.session().is_none() {
            self.desk.ensure().await;
        }
    }

    async fn go_on_for(&mut self, most: u64) {
        sleep(Duration::from_secs(self.random.to(most))).await;
    }

    async fn next_snapshot(&mut self) {
        self.tell("the next snapshot comes");
        self.people.pass_time();
        drop(self.import().await);
    }

    /// Some are suppressed, most often while a run is at it.
    async fn suppress_some(&mut self) {
        if self.random.percent(70) {
            self.next_snapshot().await;
            self.desk.ask_aside(self.run()).await;
            self.go_on_for(20).await;
        }
        let values = self.people.suppress(&mut self.random);
        self.tell(&format!("{} are suppressed", values.len()));
        let suppress = Command::Suppress {
            namespace: "email".into(),
            values: values.clone(),
        };
        if let Some(Ok(_)) = self.desk.ask(suppress, None).await {
            self.desk.network.witness.suppress(values);
        }
    }

    /// What a run writes never arrives, and it is cut off meanwhile: nobody resumes it.
    async fn cut_off(&mut self) {
        self.next_snapshot().await;
        self.tell("nothing that is written arrives, and it is killed");
        let lost =
            json!({ "on": { "write_only": true }, "at": "before_receipt", "do": { "drop": true } });
        self.others.private("DELETE", "faults", &Value::Null);
        self.others
            .private("POST", "faults", &json!({ "faults": [lost] }));
        self.desk.ask_aside(self.run()).await;
        self.go_on_for(90).await;
        self.desk.machine.kill_in(1);
        self.go_on_for(10).await;
        self.others.private("DELETE", "faults", &Value::Null);
    }

    fn bad_weather(&mut self) {
        let random = &mut self.random;
        let weather = match random.below(7) {
            0 => Weather {
                not_sent: 100,
                ..Weather::default()
            },
            1 => Weather {
                lost_after: 40,
                ..Weather::default()
            },
            2 => Weather {
                not_sent: 10,
                lost_before: 10,
                lost_after: 15,
                slow: 5,
            },
            3 => Weather {
                slow: 20,
                ..Weather::default()
            },
            _ => Weather::default(),
        };
        self.tell(&format!("{weather:?}"));
        self.desk.network.set(weather);
    }

    fn trouble_at_the_service(&mut self) {
        let random = &mut self.random;
        let probability = random.pick(&[0.05, 0.2, 0.45]);
        let some = json!({ "probability": probability });
        let writes = json!({ "write_only": true, "probability": probability });
        let fault = match random.below(12) {
            0 => json!({ "on": some, "do": { "code": 606, "message": "Max rate" } }),
            1 => json!({ "on": some, "do": { "code": 615, "message": "Concurrent" } }),
            2 => json!({ "on": some, "do": { "html": true, "status": 502 } }),
            3 => json!({ "on": some, "do": { "code": 601, "message": "Token" } }),
            4 => {
                json!({ "on": writes, "at": "after_commit", "do": { "code": 611, "message": "System error" } })
            }
            5 => json!({ "on": writes, "at": "after_commit", "do": { "drop": true } }),
            6 => json!({ "on": writes, "at": "after_receipt", "do": { "hang": true } }),
            7 => json!({ "on": some, "at": "after_receipt", "do": { "delay_ms": 100_000 } }),
            8 => json!({ "on": writes, "at": "after_commit", "do": { "short_result": 1 } }),
            9 => json!({ "on": some, "at": "after_commit", "do": { "truncate_bytes": 20 } }),
            10 => {
                json!({ "on": some, "at": "before_receipt", "do": { "code": 608, "message": "Busy" } })
            }
            _ => Value::Null,
        };
        self.tell(&format!("the service: {fault}"));
        self.others.private("DELETE", "faults", &Value::Null);
        match fault {
            Value::Null => drop(self.others.private("POST", "expire-tokens", &json!({}))),
            fault => {
                let faults = json!({ "faults": [fault] });
                self.others.private("POST", "faults", &faults);
            }
        }
    }

    /// Somebody holds, stops, resumes or repeats what there is.
    async fn hand_on_it(&mut self) {
        self.desk.ensure().await;
        let Ok(newest) = self.desk.usher().run_page(None, 1) else {
            return;
        };
        let Some(run) = newest.runs.first().map(|run| run.run_id.to_string()) else {
            return;
        };
        let command = match self.random.below(5) {
            0 => Command::StopRun { run },
            1 => Command::Resume { run },
            2 => Command::Retry(RetryRequest {
                run,
                reason: None,
                key: None,
            }),
            3 => Command::HoldRun { run, holds: true },
            _ => Command::Preview {
                sync: SYNC.into(),
                look: usher_sync::Look::Refresh,
                routes: RouteWish::default(),
            },
        };
        self.tell(&format!("by hand: {command:?}"));
        let pauses = matches!(command, Command::HoldRun { .. });
        self.desk.ask_aside(command).await;
        if pauses {
            self.pause_sync(true).await;
            self.go_on_for(7_200).await;
            self.pause_sync(false).await;
        }
    }

    async fn pause_sync(&mut self, paused: bool) {
        self.edit_sync(SyncChange {
            paused: Some(paused),
            ..SyncChange::default()
        })
        .await;
    }

    /// From here on nothing runs by itself.
    pub(crate) async fn hold_schedule(&mut self) {
        self.edit_sync(SyncChange {
            schedule: Some(None),
            ..SyncChange::default()
        })
        .await;
    }

    pub(crate) async fn edit_sync(&mut self, change: SyncChange) {
        let edit = Command::EditSync {
            sync: SYNC.into(),
            change,
        };
        drop(self.desk.ask(edit, None).await);
    }
}

/// Times of a story are written, not counted.
trait ParseTimestamp {
    fn parse_timestamp(&self) -> usher_model::Timestamp;
}

impl ParseTimestamp for str {
    fn parse_timestamp(&self) -> usher_model::Timestamp {
        usher_model::Timestamp::parse(self).unwrap()
    }
}
