//! What other settings would come to, on what is known: nothing is read, kept or
//! sent, so it can be asked while somebody looks.

use crate::plan::cost::{CostMeter, Lengths};
use crate::plan::inputs::Inputs;
use crate::plan::make::Deciding;
use crate::progress::Progress;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;
use usher_matching::{MappedField, Planner, Tally};
use usher_model::{Code, Mode, OnDrift, PeopleCounts, PersonAction, Problem, Sync, SyncType};

/// Settings to be tried; what is not given stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct WhatIf {
    /// What of a person goes.
    pub sync_type: Option<SyncType>,
    /// What happens to people who are not there.
    pub person_action: Option<PersonAction>,
    /// Whether those who left leave the list.
    pub mode: Option<Mode>,
    /// What happens to fields that others changed.
    pub on_drift: Option<OnDrift>,
    /// Another dedupe field, and the column that fills it.
    pub key: Option<(String, String)>,
}

/// What a plan by those settings would come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WhatIfDocument {
    /// Verdicts; they add up to the rows.
    pub people: PeopleCounts,
    /// The effect on the list; none for profile-only.
    pub list: Option<WhatIfList>,
    /// Keys with several leads.
    pub ambiguous_keys: u64,
    /// People with something left because somebody else changed it.
    pub drifted: u64,
    /// The calls that sending it would take.
    pub calls: u64,
}

/// What would become of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WhatIfList {
    /// Leads that join.
    pub add: u64,
    /// Leads that are on it and stay.
    pub keep: u64,
    /// Leads that leave.
    pub remove: u64,
    /// Members whom Usher did not add and the audience does not name.
    pub others: u64,
}

impl Usher {
    /// Tries settings on a sync, offline.
    pub async fn what_if(
        self: &Arc<Self>,
        sync: &str,
        wish: &WhatIf,
        progress: &Progress,
    ) -> Result<WhatIfDocument, Problem> {
        let sync: Sync = self.find(sync)?;
        let inputs = self.inputs_of(sync.clone(), self.service_of(&sync)?)?;
        let (usher, wish, progress) = (self.clone(), wish.clone(), progress.clone());
        let tried = tokio::task::spawn_blocking(move || usher.try_out(inputs, &wish, &progress));
        tried.await.unwrap_or_else(|_| {
            Err(Problem::new(
                Code::Internal,
                "Trying the settings broke off.",
                "Try again.",
            ))
        })
    }

    fn try_out(
        &self,
        mut inputs: Inputs,
        wish: &WhatIf,
        progress: &Progress,
    ) -> Result<WhatIfDocument, Problem> {
        if let Some((field, column)) = &wish.key {
            let key = key(&inputs, field, column)?;
            let settings = &mut inputs.ground.settings;
            let before = std::mem::replace(&mut settings.key, key);
            // What identified people is still known of them, and sent.
            if settings
                .fields
                .iter()
                .all(|mapped| mapped.field.name != before.field.name)
            {
                settings.fields.push(before);
            }
        }
        let (known, _) = self.known_now(&inputs, self.now())?;
        let mut settings = inputs.ground.settings.clone();
        settings.sync_type = wish.sync_type.unwrap_or(settings.sync_type);
        settings.person_action = wish.person_action.unwrap_or(settings.person_action);
        settings.mode = wish.mode.unwrap_or(settings.mode);
        settings.on_drift = wish.on_drift.unwrap_or(settings.on_drift);
        let leads = &known.read.leads;
        let planner = Planner::new(&settings, leads, &known.meeting);
        let decide = Deciding {
            ground: &inputs.ground,
            known: &known,
            planner: &planner,
            progress,
        };
        let (mut tally, mut cost) = (Tally::default(), CostMeter::default());
        self.each_decided(
            &decide,
            |rows, decided| Ok(Lengths::of(&settings, rows, decided)),
            |block| {
                tally.add(&block.decided);
                cost.add(&block.made, &block.decided);
                Ok(())
            },
        )?;
        let fills_list = settings.sync_type.fills_list();
        let nobody = Default::default();
        let members = known.list.as_ref().map_or(&nobody, |list| &list.members);
        let list = fills_list.then_some((members, &known.ours));
        let (counts, leaving) = tally.finish(settings.mode, leads, list);
        cost.add_leavers(leaving.len() as u64);
        let exists = known
            .list
            .as_ref()
            .is_some_and(|list| list.list.id.is_some());
        let makes_list = fills_list && !exists && counts.list_add > 0;
        let limits = &inputs.service.connection().limits;
        let members = counts.members_afterwards();
        Ok(WhatIfDocument {
            list: fills_list.then_some(WhatIfList {
                add: counts.list_add,
                keep: counts.list_keep,
                remove: counts.list_remove,
                others: counts.list_others,
            }),
            ambiguous_keys: counts.ambiguous_keys,
            drifted: counts.drifted,
            calls: cost.finish(limits, makes_list, members, 0).calls,
            people: counts.people,
        })
    }
}

/// Another key: a field that the service has, filled by a column of the audience.
fn key(inputs: &Inputs, field: &str, column: &str) -> Result<MappedField, Problem> {
    let names = &inputs.ground.snapshot.columns;
    let at = names.iter().position(|name| name == column);
    let found = inputs.said.field(field).filter(|field| field.searchable);
    match (found, at) {
        (Some(field), Some(column)) => Ok(MappedField {
            column,
            field: field.clone(),
            clear_when_blank: false,
        }),
        (None, _) => Err(Problem::new(
            Code::UnknownField,
            format!("The destination has no field `{field}` by which people can be found."),
            "Choose another one.",
        )),
        (_, None) => Err(Problem::new(
            Code::UnknownColumn,
            format!("The audience has no column `{column}`."),
            "Choose another one.",
        )),
    }
}
