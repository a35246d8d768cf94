//! From the command line to a window.

use crate::commands;
use crate::news::Speaker;
use crate::shell::{Inside, Options, Shell};
use crate::tray::Wish;
use crate::{navigation, tray};
use clap::{Parser, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Once};
use std::time::Duration;
use tauri::webview::NewWindowResponse;
use tauri::{
    AppHandle, DragDropEvent, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder, WindowEvent,
};
use usher_model::{Problem, Secret};
use usher_sync::SAMPLE_PASSPHRASE;
use usher_sync::owner::{KeychainKind, Opening};

/// The only window's name; the capabilities file knows it too.
const MAIN: &str = "main";
/// After so long the window is shown whatever is in it.
const SHOW_ANYWAY: Duration = Duration::from_secs(3);
/// As in the configuration; the name by which instances find each other.
const IDENTIFIER: &str = "app.usher.desktop";

/// Seats every person of an audience at its destination.
#[derive(Clone, Debug, Parser)]
#[command(name = "usher-app", version)]
struct Args {
    /// Everything this copy of Usher remembers
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Where the key of a new data folder is kept
    #[arg(long, value_enum)]
    keychain: Option<Keychain>,
    /// Open on the sample workspace, in a folder of its own
    #[arg(long)]
    sample: bool,
    /// Without its window, which the tray icon opens
    #[arg(long)]
    hidden: bool,
    /// A file of people to look at and import
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Keychain {
    Os,
    Passphrase,
}

/// Shows the window until it is closed for good.
pub fn run() -> ExitCode {
    let args = Args::parse();
    let options = match options(&args) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    let id = instance_id(&options.folder);
    let again = tauri_plugin_single_instance::Builder::new()
        .dbus_id(id)
        .callback(opened_again)
        .build();
    let built = commands::handled(tauri::Builder::default())
        // First: a second window must not come as far as the data folder.
        .plugin(again)
        .plugin(tauri_plugin_dialog::init())
        .setup(move |app| set_up(app.handle(), options, args.hidden, args.file))
        .on_window_event(|window, event| window_event(window.app_handle(), event))
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(run_event);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("The window cannot be opened: {error}.");
            ExitCode::FAILURE
        }
    }
}

fn options(args: &Args) -> Result<Options, Problem> {
    let data = dirs::data_local_dir().ok_or_else(|| {
        Problem::usage("This user has no folder for application data; name one with `--data-dir`.")
    });
    let folder = match &args.data_dir {
        Some(folder) => std::path::absolute(folder).unwrap_or_else(|_| folder.clone()),
        None if args.sample => data?.join("usher-demo"),
        None => data?.join("usher"),
    };
    let mut kind = args.keychain.map(|keychain| match keychain {
        Keychain::Os => KeychainKind::Os,
        Keychain::Passphrase => KeychainKind::Passphrase,
    });
    let mut passphrase = None;
    // The sample's folder needs no keychain, unless it was made with one.
    if args.sample && kind.is_none() {
        let wished = Some(KeychainKind::Passphrase);
        if Opening::needs_passphrase(&folder, wished)? {
            kind = wished;
            passphrase = Some(Secret::new(SAMPLE_PASSPHRASE.into()));
        }
    }
    Ok(Options {
        folder,
        kind,
        passphrase,
        sample: args.sample,
    })
}

/// Windows on different folders are different instances, where the system's way to find
/// instances takes a name (D-Bus).
fn instance_id(folder: &Path) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let mut hash = DefaultHasher::new();
    folder.hash(&mut hash);
    format!("{IDENTIFIER}.f{:016x}", hash.finish())
}

fn set_up(
    app: &AppHandle,
    options: Options,
    hidden: bool,
    file: Option<PathBuf>,
) -> Result<(), Box<dyn std::error::Error>> {
    let shell = Arc::new(Shell::new(options, Speaker::new(app.clone())));
    app.manage(Inside(shell.clone()));
    if let Some(file) = file {
        given(app, &file);
    }
    shell.speaker.note_hidden(hidden);
    open_folder(app.clone(), shell);
    show_anyway(app.clone());
    end_when_asked(app.clone());
    // Hidden until the page has painted: nobody looks at an empty window.
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Usher")
        .inner_size(1280.0, 820.0)
        .min_inner_size(880.0, 600.0)
        .visible(false)
        .incognito(!is_automated())
        .general_autofill_enabled(false)
        .zoom_hotkeys_enabled(true)
        .on_navigation(navigation::is_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    tray::put(app, |app, wish| {
        let shell = app.state::<Inside>().0.clone();
        let Ok(session) = shell.opened() else { return };
        tauri::async_runtime::spawn(async move {
            match wish {
                Wish::HoldOrGoOn => session.hold_runs(!session.holds_runs()).await,
                Wish::Stop => session.stop_runs(),
            }
            shell.speaker.show_hold();
        });
    })?;
    Ok(())
}

/// Opens the data folder. One that takes a person to open shows them the window, also where
/// nobody asked to see it.
fn open_folder(app: AppHandle, shell: Arc<Shell>) {
    tauri::async_runtime::spawn(async move {
        shell.open(None).await;
        if shell.opened().is_err() && shell.speaker.is_hidden() {
            tray::show_window(&app);
        }
    });
}

/// A page that does not come to painting is no reason to show nothing at all.
fn show_anyway(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(SHOW_ANYWAY).await;
        let is_wanted = !app.state::<Inside>().0.speaker.is_hidden();
        let window = app.get_webview_window(MAIN).filter(|_| is_wanted);
        if window.is_some_and(|window| !window.is_visible().unwrap_or(true)) {
            tray::show_window(&app);
        }
    });
}

/// A session that is closed, or a system that shuts down, asks: what runs stops in an
/// orderly way.
fn end_when_asked(app: AppHandle) {
    #[cfg(unix)]
    tauri::async_runtime::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut asked) = signal(SignalKind::terminate()) else {
            return;
        };
        if asked.recv().await.is_some() {
            app.exit(0);
        }
    });
    // Windows and macOS ask the window itself.
    #[cfg(not(unix))]
    drop(app);
}

/// Whether a test drives the window: automation reaches no web view that leaves nothing
/// on disk.
fn is_automated() -> bool {
    std::env::var("TAURI_WEBVIEW_AUTOMATION").as_deref() == Ok("true")
}

/// Somebody started Usher once more: the window comes to the front, with the file
/// that was named.
fn opened_again(app: &AppHandle, arguments: Vec<String>, folder: String) {
    tray::show_window(app);
    let Ok(args) = Args::try_parse_from(arguments) else {
        return;
    };
    if let Some(file) = args.file {
        given(app, &Path::new(&folder).join(file));
    }
}

/// A file was given: the page shows what is in it.
fn given(app: &AppHandle, path: &Path) {
    // Before there is a page nobody could be told.
    let Some(inside) = app.try_state::<Inside>() else {
        return;
    };
    let given = inside.0.files.offer(path);
    inside.0.files.wait(given);
    inside.0.speaker.file();
}

fn window_event(app: &AppHandle, event: &WindowEvent) {
    match event {
        WindowEvent::DragDrop(drag) => {
            let speaker = &app.state::<Inside>().0.speaker;
            match drag {
                DragDropEvent::Enter { .. } => speaker.dragging(true),
                DragDropEvent::Leave => speaker.dragging(false),
                DragDropEvent::Drop { paths, .. } => {
                    speaker.dragging(false);
                    for path in paths {
                        given(app, path);
                    }
                }
                _ => {}
            }
        }
        WindowEvent::Focused(focused) => {
            app.state::<Inside>().0.speaker.note_in_front(*focused);
        }
        WindowEvent::CloseRequested { api, .. } => {
            // What runs goes on in the tray, and what is scheduled or followed keeps its times.
            let shell = &app.state::<Inside>().0;
            if (shell.speaker.runs_underway() > 0 || shell.acts_by_itself())
                && let Some(window) = app.get_webview_window(MAIN)
                && window.hide().is_ok()
            {
                api.prevent_close();
                shell.speaker.note_hidden(true);
                shell.speaker.note_in_front(false);
                static SAID: Once = Once::new();
                SAID.call_once(|| shell.speaker.notify_hidden());
            }
        }
        _ => {}
    }
}

fn run_event(app: &AppHandle, event: RunEvent) {
    if let RunEvent::Exit = event {
        let shell = app.state::<Inside>().0.clone();
        tauri::async_runtime::block_on(shell.close());
    }
}
