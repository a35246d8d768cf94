//! The icon in the tray: what is running, and the way back to the window.

use crate::shell::Inside;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Wry};
use usher_model::grouped;
use usher_sync::Event;

/// The menu's changing lines.
struct Lines {
    status: MenuItem<Wry>,
    hold: MenuItem<Wry>,
    stop: MenuItem<Wry>,
}

/// What is wished of all that is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// It holds on before its next batch; where all of it does, it goes on.
    HoldOrGoOn,
    /// It stops.
    Stop,
}

const NOTHING: &str = "Nothing is running";
const HOLD: &str = "hold";
const HOLD_TEXT: &str = "Pause what is running";
const RELEASE_TEXT: &str = "Resume what is paused";
const SHOW: &str = "show";
const STOP: &str = "stop";
const QUIT: &str = "quit";

/// Puts the icon there; `wished` does what is wished of what is running.
pub(crate) fn put(
    app: &AppHandle,
    wished: impl Fn(&AppHandle, Wish) + Send + Sync + 'static,
) -> tauri::Result<()> {
    let status = MenuItem::with_id(app, "status", NOTHING, false, None::<&str>)?;
    let show = MenuItem::with_id(app, SHOW, "Open Usher", true, None::<&str>)?;
    let hold = MenuItem::with_id(app, HOLD, HOLD_TEXT, false, None::<&str>)?;
    let stop = MenuItem::with_id(app, STOP, "Stop what is running", false, None::<&str>)?;
    let quit = MenuItem::with_id(app, QUIT, "Quit Usher", true, None::<&str>)?;
    let line = PredefinedMenuItem::separator(app)?;
    let menu = Menu::with_items(app, &[&status, &hold, &stop, &line, &show, &quit])?;
    let mut icon = TrayIconBuilder::with_id("usher")
        .menu(&menu)
        .tooltip("Usher")
        .on_menu_event(move |app, event| match event.id().as_ref() {
            SHOW => show_window(app),
            HOLD => wished(app, Wish::HoldOrGoOn),
            STOP => wished(app, Wish::Stop),
            QUIT => app.exit(0),
            _ => {}
        });
    if let Some(image) = app.default_window_icon() {
        icon = icon.icon(image.clone());
    }
    icon.build(app)?;
    app.manage(Lines { status, hold, stop });
    Ok(())
}

/// What is running, and how far: the words of the first line.
fn line(runs: usize, event: Option<(Option<&str>, &Event)>) -> String {
    match (runs, event) {
        (0, _) => NOTHING.to_owned(),
        (1, Some((sync, event))) => {
            let sync = sync.map_or(String::new(), |sync| format!("{sync}: "));
            match (&event.waiting_for, event.total) {
                (Some(what), _) => format!("{sync}waiting for {what}"),
                (None, Some(total)) => {
                    let (done, total) = (grouped(event.done), grouped(total));
                    format!("{sync}{}, {done} of {total}", stage(event))
                }
                (None, None) => format!("{sync}{}", stage(event)),
            }
        }
        (1, None) => "A run is on its way".to_owned(),
        (runs, _) => format!("{runs} runs are on their way"),
    }
}

/// A stage as people call it.
fn stage(event: &Event) -> &'static str {
    match event.stage.as_str() {
        "reading people" => "reading people in Marketo",
        "reading the list" => "reading the list in Marketo",
        "exporting people, months" => "exporting people, by months",
        "planning" => "planning",
        "preparing" => "preparing batches",
        "sending" => "sending people",
        "changing the list" => "changing the list",
        "verifying" => "reading back what was sent",
        _ => "running",
    }
}

/// Says whether all that is running is held.
pub(crate) fn show_hold(app: &AppHandle, holds: bool) {
    let Some(lines) = app.try_state::<Lines>() else {
        return;
    };
    let hold = lines.hold.clone();
    let text = if holds { RELEASE_TEXT } else { HOLD_TEXT };
    drop(app.run_on_main_thread(move || drop(hold.set_text(text))));
}

/// Says what is running, and how far; of one run its sync, where that is known.
pub(crate) fn show(app: &AppHandle, runs: usize, event: Option<(Option<&str>, &Event)>) {
    let Some(lines) = app.try_state::<Lines>() else {
        return;
    };
    let text = line(runs, event);
    let (status, hold, stop) = (lines.status.clone(), lines.hold.clone(), lines.stop.clone());
    // Menus belong to the main thread. Nobody who works waits for it: at the end of the
    // program it waits for them.
    drop(app.run_on_main_thread(move || {
        // A tray that does not take it shows what it had.
        drop(status.set_text(text));
        drop(hold.set_enabled(runs > 0));
        drop(stop.set_enabled(runs > 0));
    }));
}

/// Brings the window to the front.
pub(crate) fn show_window(app: &AppHandle) {
    if let Some(inside) = app.try_state::<Inside>() {
        inside.0.speaker.note_hidden(false);
    }
    if let Some(window) = app.get_webview_window("main") {
        drop(window.show());
        drop(window.unminimize());
        drop(window.set_focus());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(stage: &str, total: Option<u64>, waiting_for: Option<&str>) -> Event {
        Event {
            stage: stage.into(),
            done: 300,
            total,
            waiting_for: waiting_for.map(str::to_owned),
            run_id: None,
        }
    }

    #[test]
    fn what_runs_is_named_by_its_sync_in_words() {
        let sending = event("sending", Some(2_400), None);
        let name = Some("Newsletter");
        for (runs, told, said) in [
            (0, None, "Nothing is running"),
            (
                1,
                Some((name, &sending)),
                "Newsletter: sending people, 300 of 2,400",
            ),
            (1, Some((None, &sending)), "sending people, 300 of 2,400"),
            (
                1,
                Some((name, &event("waiting", None, Some("the rate limit")))),
                "Newsletter: waiting for the rate limit",
            ),
            (
                1,
                Some((name, &event("made up", None, None))),
                "Newsletter: running",
            ),
            (1, None, "A run is on its way"),
            (3, Some((name, &sending)), "3 runs are on their way"),
        ] {
            assert_eq!(line(runs, told), said);
        }
    }
}
