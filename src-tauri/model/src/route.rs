//! The ways of a service by which people are read and written, and what each costs.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the destination's people are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReadRoute {
    /// The keys of the audience are looked up, 300 in a call.
    Lookup,
    /// Everyone is exported, a month of the service's people in a file.
    Extract,
    /// What changed since they were last read is asked for, and laid over that.
    Changes,
}

/// How people are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WriteRoute {
    /// 300 in a call, each with an answer of its own.
    Batch,
    /// Files that the service works on by itself; what became of people is read afterwards.
    Bulk,
}

/// Why a route was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RouteReason {
    /// Somebody wished for it.
    Wished,
    /// The others cannot do what is to be done.
    OnlyOne,
    /// It is done first, and takes a small part of the day's calls.
    Soonest,
    /// It takes the fewest calls; those done sooner take a large part of the day's.
    FewestCalls,
    /// What changed cannot be asked for: the user lacks Read-Only Activity.
    ActivitiesDenied,
}

/// What a route would take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RouteCost<R> {
    /// Which.
    pub route: R,
    /// Calls.
    pub calls: u64,
    /// How long it takes at the user's share of the rate, and with what the service is
    /// waited for; at least.
    pub seconds: u64,
    /// The calls' part of the day's quota.
    pub quota_percent: f64,
    /// Whether it takes that much at the least: how much more is not known before.
    #[serde(default)]
    pub at_least: bool,
}

/// The route that was taken, and what there was to choose from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RouteChoice<R> {
    /// Which.
    pub route: R,
    /// Why.
    pub why: RouteReason,
    /// All that were possible, this one among them.
    pub options: Vec<RouteCost<R>>,
}

impl<R: PartialEq> RouteChoice<R> {
    /// The calls of the route that was taken.
    pub fn calls(&self) -> u64 {
        let taken = self.options.iter().find(|one| one.route == self.route);
        taken.map_or(0, |one| one.calls)
    }
}

/// The routes of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Routes {
    /// By which a run reads the destination's people again.
    pub read: RouteChoice<ReadRoute>,
    /// By which the plan is sent.
    pub write: RouteChoice<WriteRoute>,
}
