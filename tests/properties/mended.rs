//! Worlds in which the engine once did not do what the contract says.

use crate::world::{Delivery, World, field};
use crate::{draw, engine, slow};
use serde_json::json;
use usher_matching::MappedField;
use usher_model::{DataType, Mode, OnDrift, PersonAction, SyncType};

/// "Values compare by the field's type", in the ledger too: where only an
/// address's case changes in the audience, somebody else's change at the
/// destination is drift.
#[test]
fn another_case_of_an_address_is_no_change_in_the_audience() {
    let mut settings = draw::plain_settings(SyncType::ProfileOnly, PersonAction::UpdateExisting);
    (settings.mode, settings.on_drift) = (Mode::Mirror, OnDrift::Leave);
    let second = field("secondEmail", DataType::Email);
    settings.fields = vec![MappedField {
        column: 1,
        field: second,
        clear_when_blank: false,
    }];
    let mut lead = draw::plain_lead(1, "ada1@x.example");
    lead.set("secondEmail", json!("other@x.example"));
    let delivered = Delivery {
        lead: 1,
        field: "secondEmail".to_owned(),
        cell: "ada2@x.example".to_owned(),
    };
    let world = World {
        settings,
        rows: vec![vec![
            "ada1@x.example".to_owned(),
            "ADA2@x.example".to_owned(),
        ]],
        leads: vec![lead],
        suppressions: Vec::new(),
        delivered: vec![delivered],
        remembered: Vec::new(),
        added: Vec::new(),
        list: None,
    };
    assert!(slow::plan(&world).lines[0].drifted);
    assert!(engine::plan(&world).decisions[0].drifted());
}
