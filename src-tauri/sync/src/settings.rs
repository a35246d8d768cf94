//! What is set for the data folder as a whole.

use crate::change::given;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use usher_model::{GuardrailLimits, Problem, Settings};
use usher_store::table::settings;

/// The document of `settings show`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SettingsDocument {
    /// What is kept in the data folder.
    #[serde(flatten)]
    pub settings: Settings,
    /// Whether Usher is started as this computer's user logs in; none where the computer
    /// does not say.
    pub starts_at_login: Option<bool>,
}

/// What `settings set` may change; what is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct SettingsChange {
    /// For how many days after its end a run keeps its people's values.
    pub keep_values_days: Option<u32>,
    /// For how many days it keeps what became of each person; `null`: without an end.
    #[serde(deserialize_with = "given")]
    pub keep_people_days: Option<Option<u32>>,
    /// What guardrails allow, in the words of [`GuardrailLimits::set`].
    pub guardrails: Vec<String>,
    /// Whether Usher is started as this computer's user logs in.
    pub start_at_login: Option<bool>,
}

impl Usher {
    /// What is set.
    pub fn settings(&self) -> Result<SettingsDocument, Problem> {
        Ok(SettingsDocument {
            settings: self.kept_settings()?,
            starts_at_login: self.world.login.is_on(self.folder()).ok(),
        })
    }

    pub(crate) fn kept_settings(&self) -> Result<Settings, Problem> {
        Ok(settings::get(&*self.journal.reader()?)?)
    }

    /// What guardrails allow.
    pub(crate) fn guardrail_limits(&self) -> Result<GuardrailLimits, Problem> {
        Ok(self.kept_settings()?.guardrails)
    }

    /// Sets what is given, all of it or nothing.
    pub(crate) async fn set_settings(
        &self,
        change: SettingsChange,
    ) -> Result<SettingsDocument, Problem> {
        let before = self.kept_settings()?;
        let mut after = before.clone();
        if let Some(days) = change.keep_values_days {
            after.keep_values_days = days;
        }
        if let Some(days) = change.keep_people_days {
            after.keep_people_days = days;
        }
        for word in &change.guardrails {
            after.guardrails.set(word).map_err(Problem::usage)?;
        }
        check_days(&after)?;
        if let Some(on) = change.start_at_login {
            self.world.login.set(self.folder(), on)?;
        }
        if after != before {
            tracing::warn!(before = ?before, after = ?after, "settings changed");
            self.journal
                .write(move |tx| settings::put(tx, &after))
                .await?;
            self.keeps_less.notify_one();
        }
        self.settings()
    }
}

fn check_days(settings: &Settings) -> Result<(), Problem> {
    let is_short = |days: u32| (1..=Settings::MOST_DAYS).contains(&days);
    let people = settings.keep_people_days;
    if !is_short(settings.keep_values_days) || !people.is_none_or(is_short) {
        return Err(Problem::usage(format!(
            "People are kept for 1 to {} days.",
            Settings::MOST_DAYS
        )));
    }
    if people.is_some_and(|days| days < settings.keep_values_days) {
        return Err(Problem::usage(
            "What became of people cannot be kept for a shorter time than their values.",
        ));
    }
    Ok(())
}
