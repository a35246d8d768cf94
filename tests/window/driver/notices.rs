//! Words on the desktop, received over the message bus as a desktop receives them, and their
//! buttons.

use crate::Machine;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use zbus::{Connection, OwnedVariant, connection};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// How long a word may take to be there.
const PATIENCE: Duration = Duration::from_secs(60);

/// A word that was said.
#[derive(Clone, Debug)]
pub struct Notice {
    id: u32,
    /// What stands above it.
    pub title: String,
    /// What it says.
    pub text: String,
    /// What can be pressed.
    pub buttons: Vec<String>,
}

/// The desktop of a machine, which keeps what is said.
pub struct Notices {
    runtime: Runtime,
    bus: Connection,
    said: Arc<Mutex<Vec<Notice>>>,
}

struct Service(Arc<Mutex<Vec<Notice>>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[allow(clippy::too_many_arguments, reason = "as desktops take it")]
    fn notify(
        &self,
        _program: String,
        _replaces: u32,
        _icon: String,
        title: String,
        text: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedVariant>,
        _expires: i32,
    ) -> u32 {
        let mut said = self.0.lock().unwrap();
        let id = said.len() as u32 + 1;
        said.push(Notice {
            id,
            title,
            text,
            // Names and words, in turns.
            buttons: actions.into_iter().step_by(2).collect(),
        });
        id
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".into(), "actions".into()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("test".into(), "Usher".into(), "1".into(), "1.2".into())
    }
}

impl Notices {
    /// From here on words are kept.
    pub fn of(machine: &Machine) -> Self {
        let runtime = Runtime::new().unwrap();
        let address = machine.variable("DBUS_SESSION_BUS_ADDRESS");
        let said: Arc<Mutex<Vec<Notice>>> = Arc::default();
        let service = Service(said.clone());
        let bus = runtime.block_on(async {
            let bus = connection::Builder::address(address);
            bus.name(NAME).serve_at(PATH, service).build().await
        });
        Self {
            runtime,
            bus: bus.unwrap(),
            said,
        }
    }

    /// Waits for a word whose title ends so.
    #[track_caller]
    pub fn see(&self, title: &str) -> Notice {
        self.see_behind(0, title)
    }

    /// The same of one that was said behind another.
    #[track_caller]
    pub fn see_after(&self, earlier: &Notice, title: &str) -> Notice {
        self.see_behind(earlier.id, title)
    }

    #[track_caller]
    fn see_behind(&self, id: u32, title: &str) -> Notice {
        let end = Instant::now() + PATIENCE;
        loop {
            let said = self.said.lock().unwrap().clone();
            let is_it = |one: &&Notice| one.id > id && one.title.ends_with(title);
            if let Some(notice) = said.iter().find(is_it) {
                return notice.clone();
            }
            assert!(Instant::now() < end, "no {title:?} among {said:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Presses a button of a word, which is gone then.
    #[track_caller]
    pub fn press(&self, notice: &Notice, button: &str) {
        assert!(notice.buttons.iter().any(|one| one == button), "{notice:?}");
        let signal = (notice.id, button);
        let sent = self
            .bus
            .emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &signal);
        self.runtime.block_on(sent).unwrap();
    }
}
