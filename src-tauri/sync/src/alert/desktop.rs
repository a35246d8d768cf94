//! A word on the desktop, which only some processes have; one about a run under way has
//! buttons where the desktop knows them.

use notify_rust::Notification;
use std::sync::Arc;

/// The program as it is installed.
#[cfg(any(windows, target_os = "macos"))]
const PROGRAM: &str = "app.usher.desktop";

/// What became of a word to the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It was handed to the desktop.
    Yes,
    /// There is no desktop here: nobody waits for one.
    Nowhere,
}

/// What can be done about a run by a button of its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It holds on before its next batch.
    Pause,
    /// It goes on.
    Resume,
    /// It stops.
    Stop,
}

impl Act {
    fn name(self) -> &'static str {
        match self {
            Self::Pause => "Pause",
            Self::Resume => "Resume",
            Self::Stop => "Stop",
        }
    }
}

/// The buttons of a word, of which one can be pressed, once.
#[derive(Clone)]
pub struct Buttons {
    /// What they do.
    pub acts: Vec<Act>,
    /// Hears which was pressed.
    pub pressed: Arc<dyn Fn(Act) + Send + Sync>,
}

/// Whatever shows notifications: the system, or a script in a test. Calls may block for a
/// while.
pub trait Desktop: Send + Sync {
    /// Shows a title and a line, with buttons where it knows them.
    fn show(&self, title: &str, text: &str, buttons: Option<Buttons>) -> Shown;
}

/// For a process with nobody before it: a command, or a test.
pub struct NoDesktop;

impl Desktop for NoDesktop {
    fn show(&self, _: &str, _: &str, _: Option<Buttons>) -> Shown {
        Shown::Nowhere
    }
}

/// The desktop of whoever started this process: by the session's bus, or by whatever the
/// system has for it. Where there is none, nobody waits for it.
pub struct SystemDesktop;

impl Desktop for SystemDesktop {
    fn show(&self, title: &str, text: &str, buttons: Option<Buttons>) -> Shown {
        let mut note = Notification::new();
        note.appname("Usher").summary(title).body(text);
        of_this_program(&mut note);
        match shown(note, buttons) {
            Ok(()) => Shown::Yes,
            Err(_) => {
                tracing::info!("there is no desktop here to say a word on");
                Shown::Nowhere
            }
        }
    }
}

/// Says to the system which program it is that shows something.
#[cfg(windows)]
fn of_this_program(note: &mut Notification) {
    note.app_id(PROGRAM);
}

/// The same; the system is told once.
#[cfg(target_os = "macos")]
fn of_this_program(_: &mut Notification) {
    static TOLD: std::sync::Once = std::sync::Once::new();
    // One that is not installed is shown as another program's.
    TOLD.call_once(|| drop(notify_rust::set_application(PROGRAM)));
}

/// The same; its name is enough here.
#[cfg(not(any(windows, target_os = "macos")))]
fn of_this_program(_: &mut Notification) {}

/// Shows it. Whoever waits for its buttons does so until one is pressed or it is closed.
#[cfg(all(unix, not(target_os = "macos")))]
fn shown(mut note: Notification, buttons: Option<Buttons>) -> notify_rust::error::Result<()> {
    let Some(Buttons { acts, pressed }) = buttons else {
        return note.show().map(drop);
    };
    for act in &acts {
        note.action(act.name(), act.name());
    }
    let shown = note.show()?;
    std::thread::spawn(move || {
        shown.wait_for_action(|name| {
            if let Some(act) = acts.iter().find(|act| act.name() == name) {
                pressed(*act);
            }
        });
    });
    Ok(())
}

/// Shows it; there are no buttons here.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn shown(note: Notification, _: Option<Buttons>) -> notify_rust::error::Result<()> {
    note.show().map(drop)
}
