//! Faults that a test plants to see that it would notice them. A build for use has none of
//! them: each is one look at memory in a build for development, and nothing elsewhere.

use std::sync::atomic::{AtomicU8, Ordering};

/// The fault that is planted in this process; none in ordinary use.
static NOW: AtomicU8 = AtomicU8::new(0);

/// A mistake that somebody could make in these lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Planted {
    /// The ledger learns what was delivered before the service answered.
    LedgerBeforeReceipt = 1,
    /// What a crash left without an answer is dropped.
    DoubtForgotten,
    /// A creation without an answer is sent again unread.
    CreationSentUnread,
    /// It is read before the service has done with it.
    CreationReadTooSoon,
    /// The rate's window counts from where a call was sent.
    WindowFromSending,
    /// A batch is written down once it was answered.
    WrittenAfterwards,
    /// Suppressions are looked at when a plan is made, and not when it is sent.
    SuppressedAtPlanningOnly,
    /// A field is written that is not mapped.
    AnotherField,
    /// Whoever was left out at the last moment is counted nowhere.
    WithheldUncounted,
    /// Members who are still in the audience leave the list, too.
    StayersLeave,
    /// A run does not look whom other runs make.
    MakersUnaware,
}

impl Planted {
    /// Those that the story of one sync runs into.
    pub const ALL: [Self; 10] = [
        Self::LedgerBeforeReceipt,
        Self::DoubtForgotten,
        Self::CreationSentUnread,
        Self::CreationReadTooSoon,
        Self::WindowFromSending,
        Self::WrittenAfterwards,
        Self::SuppressedAtPlanningOnly,
        Self::AnotherField,
        Self::WithheldUncounted,
        Self::StayersLeave,
    ];
}

/// Plants a fault, or none, in this process from here on.
pub fn plant(fault: Option<Planted>) {
    NOW.store(fault.map_or(0, |fault| fault as u8), Ordering::Relaxed);
}

/// Whether this fault is planted.
pub(crate) fn is_planted(fault: Planted) -> bool {
    cfg!(debug_assertions) && NOW.load(Ordering::Relaxed) == fault as u8
}
