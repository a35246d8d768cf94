//! What the API user's role allows. Marketo docs: endpoint reference, custom services.

use serde::{Deserialize, Serialize};

/// The "Access API" permissions that these endpoints ask for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Permissions {
    pub(crate) read_write_lead: bool,
    pub(crate) read_only_lead: bool,
    pub(crate) read_only_assets: bool,
    pub(crate) read_write_assets: bool,
    pub(crate) read_only_activity: bool,
}

impl Default for Permissions {
    fn default() -> Self {
        Self {
            read_write_lead: true,
            read_only_lead: true,
            read_only_assets: true,
            read_write_assets: true,
            read_only_activity: true,
        }
    }
}

/// What one endpoint needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    ReadLeads,
    WriteLeads,
    ReadAssets,
    WriteAssets,
    ReadActivities,
    /// Any token will do.
    Nothing,
}

impl Permissions {
    /// A permission to write includes the one to read.
    pub(crate) fn allow(&self, need: Need) -> bool {
        match need {
            Need::ReadLeads => self.read_only_lead || self.read_write_lead,
            Need::WriteLeads => self.read_write_lead,
            Need::ReadAssets => self.read_only_assets || self.read_write_assets,
            Need::WriteAssets => self.read_write_assets,
            Need::ReadActivities => self.read_only_activity,
            Need::Nothing => true,
        }
    }
}
