//! The tray's menu, reached over the message bus as a desktop's bar reaches it.

use crate::Machine;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use zbus::{OwnedVariant, Proxy, Variant, connection};

const PATH: &str = "/org/ayatana/NotificationItem/tray_icon_tray_app_usher/Menu";
const MENU: &str = "com.canonical.dbusmenu";
/// How long something may take to stand in the menu.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long who is asked for a menu may think: some connections of the program answer nothing.
const ANSWER: Duration = Duration::from_secs(2);

/// A line of the menu as the bus has it: its number, what it shows, the lines below it.
type Line = (i32, HashMap<String, OwnedVariant>, Vec<OwnedVariant>);

/// The menu of the window's program.
pub struct Tray {
    runtime: Runtime,
    menu: Proxy<'static>,
}

impl Tray {
    /// That of the program which runs on this machine.
    pub fn of(machine: &Machine) -> Self {
        let runtime = Runtime::new().unwrap();
        let address = machine.variable("DBUS_SESSION_BUS_ADDRESS");
        let menu = runtime.block_on(async {
            let bus = connection::Builder::address(address).method_timeout(ANSWER);
            let bus = bus.build().await.unwrap();
            let names = zbus::fdo::DBusProxy::new(&bus).await.unwrap();
            for name in names.list_names().await.unwrap() {
                let menu: Proxy<'static> = Proxy::new_owned(bus.clone(), name, PATH, MENU)
                    .await
                    .unwrap();
                if menu.call::<_, _, bool>("AboutToShow", &0i32).await.is_ok() {
                    return Some(menu);
                }
            }
            None
        });
        Self {
            runtime,
            menu: menu.expect("an icon in the tray"),
        }
    }

    /// What can be read in the menu, in brackets where it cannot be chosen.
    pub fn lines(&self) -> Vec<String> {
        let all = self.all().into_iter();
        all.map(|(_, label, enabled)| match enabled {
            true => label,
            false => format!("[{label}]"),
        })
        .collect()
    }

    /// Waits until a line begins so; the whole line.
    #[track_caller]
    pub fn see(&self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let lines = self.lines();
            if let Some(line) = lines.iter().find(|line| line.starts_with(text)) {
                return line.clone();
            }
            assert!(Instant::now() < end, "no {text:?} among {lines:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Chooses a line that can be chosen, as soon as it is there.
    #[track_caller]
    pub fn choose(&self, label: &str) {
        self.see(label);
        let all = self.all();
        let (id, _, _) = all.iter().find(|(_, known, _)| known == label).unwrap();
        let click = (*id, "clicked", Variant::from(0i32), 0u32);
        let clicked = self.menu.call::<_, _, ()>("Event", &click);
        self.runtime.block_on(clicked).unwrap();
    }

    fn all(&self) -> Vec<(i32, String, bool)> {
        let whole = (0i32, -1i32, Vec::<&str>::new());
        let asked = self.menu.call::<_, _, (u32, Line)>("GetLayout", &whole);
        let (_, (_, _, lines)) = self.runtime.block_on(asked).unwrap();
        let lines = lines.into_iter().map(|line| Line::try_from(line).unwrap());
        lines
            .filter_map(|(id, shows, _)| {
                let label = String::try_from(shows.get("label")?.try_clone().ok()?).ok()?;
                let enabled = shows
                    .get("enabled")
                    .is_none_or(|enabled| bool::try_from(enabled).unwrap_or(true));
                Some((id, label.replace('_', ""), enabled))
            })
            .collect()
    }
}
