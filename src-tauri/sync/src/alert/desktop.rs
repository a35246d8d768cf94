//! A word on the desktop, which only some processes have.

/// What became of a word to the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It was handed to the desktop.
    Yes,
    /// There is no desktop here: nobody waits for one.
    Nowhere,
}

/// Whatever shows notifications: the window's system, a bus, or a script in a test. Calls
/// may block for a while.
pub trait Desktop: Send + Sync {
    /// Shows a title and a line.
    fn show(&self, title: &str, text: &str) -> Shown;
}

/// For a process with nobody before it: a command, or a test.
pub struct NoDesktop;

impl Desktop for NoDesktop {
    fn show(&self, _: &str, _: &str) -> Shown {
        Shown::Nowhere
    }
}
