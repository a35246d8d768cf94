//! Words on the desktop from a process without a window: over the session's bus, or by
//! whatever the system has for it. Where there is none, nobody waits for it.

use notify_rust::Notification;
use usher_sync::{Desktop, Shown};

/// The desktop of whoever started the daemon.
pub(crate) struct Bus;

impl Desktop for Bus {
    fn show(&self, title: &str, text: &str) -> Shown {
        let mut note = Notification::new();
        note.appname("Usher").summary(title).body(text);
        match note.show() {
            Ok(_) => Shown::Yes,
            Err(_) => {
                tracing::info!("there is no desktop here to tell an alert");
                Shown::Nowhere
            }
        }
    }
}
