//! The icon in the tray: what is running, and the way back to the window.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Wry};
use usher_sync::Event;

/// The menu's changing lines.
struct Lines {
    status: MenuItem<Wry>,
    hold: MenuItem<Wry>,
    stop: MenuItem<Wry>,
    holds: Arc<AtomicBool>,
}

/// What is wished of all that is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// It holds on before its next batch, or goes on.
    Hold(bool),
    /// It stops.
    Stop,
}

const HOLD: &str = "hold";
const HOLD_TEXT: &str = "Pause what is running";
const RELEASE_TEXT: &str = "Let it go on";
const SHOW: &str = "show";
const STOP: &str = "stop";
const QUIT: &str = "quit";

/// Puts the icon there; `wished` does what is wished of what is running.
pub(crate) fn put(
    app: &AppHandle,
    wished: impl Fn(&AppHandle, Wish) + Send + Sync + 'static,
) -> tauri::Result<()> {
    let status = MenuItem::with_id(app, "status", "Nothing is running", false, None::<&str>)?;
    let show = MenuItem::with_id(app, SHOW, "Open Usher", true, None::<&str>)?;
    let hold = MenuItem::with_id(app, HOLD, HOLD_TEXT, false, None::<&str>)?;
    let stop = MenuItem::with_id(app, STOP, "Stop what is running", false, None::<&str>)?;
    let quit = MenuItem::with_id(app, QUIT, "Quit Usher", true, None::<&str>)?;
    let line = PredefinedMenuItem::separator(app)?;
    let menu = Menu::with_items(app, &[&status, &hold, &stop, &line, &show, &quit])?;
    let holds = Arc::new(AtomicBool::new(false));
    let (held, hold_line) = (holds.clone(), hold.clone());
    let mut icon = TrayIconBuilder::with_id("usher")
        .menu(&menu)
        .tooltip("Usher")
        .on_menu_event(move |app, event| match event.id().as_ref() {
            SHOW => show_window(app),
            HOLD => {
                let holds = !held.fetch_xor(true, Ordering::SeqCst);
                drop(hold_line.set_text(if holds { RELEASE_TEXT } else { HOLD_TEXT }));
                wished(app, Wish::Hold(holds));
            }
            STOP => wished(app, Wish::Stop),
            QUIT => app.exit(0),
            _ => {}
        });
    if let Some(image) = app.default_window_icon() {
        icon = icon.icon(image.clone());
    }
    icon.build(app)?;
    app.manage(Lines {
        status,
        hold,
        stop,
        holds,
    });
    Ok(())
}

/// Says what is running, and how far.
pub(crate) fn show(app: &AppHandle, runs: usize, event: Option<&Event>) {
    let Some(lines) = app.try_state::<Lines>() else {
        return;
    };
    let text = match (runs, event) {
        (0, _) => "Nothing is running".to_owned(),
        (1, Some(event)) => match (&event.waiting_for, event.total) {
            (Some(what), _) => format!("Waiting for {what}"),
            (None, Some(total)) => format!("{}: {} of {total}", event.stage, event.done),
            (None, None) => format!("{}: {}", event.stage, event.done),
        },
        (runs, _) => format!("{runs} runs are on their way"),
    };
    let (status, hold, stop) = (lines.status.clone(), lines.hold.clone(), lines.stop.clone());
    // Nothing is held where nothing runs: the next one begins.
    let released = runs == 0 && lines.holds.swap(false, Ordering::SeqCst);
    // Menus belong to the main thread. Nobody who works waits for it: at the end of the
    // program it waits for them.
    drop(app.run_on_main_thread(move || {
        // A tray that does not take it shows what it had.
        drop(status.set_text(text));
        drop(hold.set_enabled(runs > 0));
        drop(stop.set_enabled(runs > 0));
        if released {
            drop(hold.set_text(HOLD_TEXT));
        }
    }));
}

/// Brings the window to the front.
pub(crate) fn show_window(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        drop(window.show());
        drop(window.unminimize());
        drop(window.set_focus());
    }
}
