//! The lists themselves.
//!
//! Invariants: a name stands once in a folder; members exist as leads; ids are never
//! given out twice.

use std::collections::BTreeMap;

use crate::assets::folders::{self, Place};
use crate::envelope::Failure;

/// The first list id given out.
pub(crate) const FIRST_LIST: u32 = 1_001;

/// One static list.
#[derive(Debug, Clone)]
pub(crate) struct List {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) place: Place,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    /// Lead id, and when it joined.
    pub(crate) members: BTreeMap<u32, i64>,
}

impl List {
    /// A list belongs to the workspace of its folder.
    pub(crate) fn workspace(&self) -> &'static str {
        folders::find(self.place).map_or("Default", |folder| folder.workspace)
    }
}

/// All static lists by id.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    by_id: BTreeMap<u32, List>,
    highest: u32,
}

impl Lists {
    pub(crate) fn get(&self, id: u32) -> Option<&List> {
        self.by_id.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: u32) -> Option<&mut List> {
        self.by_id.get_mut(&id)
    }

    /// By rising id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &List)> {
        self.by_id.iter().map(|(&id, list)| (id, list))
    }

    /// The id of the next list, whoever creates it.
    pub(crate) fn next_id(&self) -> u32 {
        FIRST_LIST.max(self.highest + 1)
    }

    /// For state files.
    pub(crate) fn put(&mut self, id: u32, list: List) {
        self.highest = self.highest.max(id);
        self.by_id.insert(id, list);
    }

    pub(crate) fn skip_to(&mut self, id: u32) {
        self.highest = self.highest.max(id.saturating_sub(1));
    }

    /// A new, empty list; the folder has been checked before.
    pub(crate) fn create(
        &mut self,
        name: &str,
        description: &str,
        place: Place,
        now: i64,
    ) -> Result<u32, Failure> {
        self.check_name(name, place, None)?;
        let id = self.next_id();
        self.put(
            id,
            List {
                name: name.trim().to_owned(),
                description: description.to_owned(),
                place,
                created: now,
                updated: now,
                members: BTreeMap::new(),
            },
        );
        Ok(id)
    }

    /// 701 for a blank name, 709 for one that the folder has already. Names compare
    /// without case, which the documentation leaves open.
    pub(crate) fn check_name(
        &self,
        name: &str,
        place: Place,
        except: Option<u32>,
    ) -> Result<(), Failure> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Failure::new(701, "name cannot be blank"));
        }
        if name.chars().count() > 255 {
            return Err(Failure::new(
                701,
                "name cannot be longer than 255 characters",
            ));
        }
        let taken = self.by_id.iter().any(|(&id, list)| {
            Some(id) != except
                && list.place == place
                && list.name.to_lowercase() == name.to_lowercase()
        });
        if taken {
            return Err(Failure::new(
                709,
                "Static List with the same name already exists",
            ));
        }
        Ok(())
    }

    pub(crate) fn remove(&mut self, id: u32) -> bool {
        self.by_id.remove(&id).is_some()
    }

    /// Takes a lead that no longer exists off every list.
    pub(crate) fn forget(&mut self, lead: u32) {
        for list in self.by_id.values_mut() {
            list.members.remove(&lead);
        }
    }

    /// Puts the winner of a merge wherever a loser was.
    pub(crate) fn replace(&mut self, loser: u32, winner: u32) {
        for list in self.by_id.values_mut() {
            if let Some(joined) = list.members.remove(&loser) {
                list.members.entry(winner).or_insert(joined);
            }
        }
    }
}
