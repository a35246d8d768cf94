//! How much of a day's calls is used, by us and by others.

use crate::limiter::next_day;
use crate::progress::Progress;
use crate::service::Patience;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use usher_model::{Connection, Problem, Timestamp};

/// The document of `connection usage`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConnectionUsage {
    /// The connection's name.
    pub connection: String,
    /// Calls that Usher made today on this instance, over all connections to it.
    pub ours: u64,
    /// Calls that other applications made today, as the service counts them.
    pub others: u64,
    /// Calls a day, as the connection says: the service does not tell its quota.
    pub quota: u64,
    /// What is left of it.
    pub left: u64,
    /// When the service's next day begins.
    pub resets_at: Timestamp,
    /// When the service was asked.
    pub asked_at: Timestamp,
    /// The service's own count by API user; empty before its first.
    pub users: Vec<UserCalls>,
}

/// The calls of one API user today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UserCalls {
    /// As the service names it.
    pub user: String,
    /// Its calls.
    pub calls: u64,
}

impl Usher {
    /// Asks a connection's service for the calls of today (one call).
    pub async fn connection_usage(
        &self,
        id_or_name: &str,
        progress: &Progress,
    ) -> Result<ConnectionUsage, Problem> {
        let connection: Connection = self.find(id_or_name)?;
        let service = self.service(&connection)?;
        // Asking is free to go beyond what we believe to be used up.
        service.ask_about_quota();
        let asked = service.ask_usage(Patience::READ, progress).await?;
        let used = service.used_today()?;
        let quota = u64::from(connection.limits.daily_quota);
        let users = asked.map(|day| day.users).unwrap_or_default();
        Ok(ConnectionUsage {
            connection: connection.name,
            ours: used.ours,
            others: used.others,
            quota,
            left: quota.saturating_sub(used.all()),
            resets_at: next_day(self.now()),
            asked_at: self.now(),
            users: users
                .into_iter()
                .map(|(user, calls)| UserCalls { user, calls })
                .collect(),
        })
    }
}
