//! What is measured, and how.

use crate::Figure;
use crate::store::{LARGEST, SYNC};
use driver::{Machine, Window, program_of};
use serde_json::Value;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Starts from which the middle one counts.
const STARTS: usize = 3;

/// Everything, on a machine whose store is full.
pub(crate) fn all(machine: &mut Machine) -> Vec<Figure> {
    let mut figures = vec![
        Figure {
            name: "first frame, file cache dropped where that is allowed",
            found: first_frame(machine, true),
            wanted: 1000.0,
            unit: "ms",
        },
        Figure {
            name: "first frame, started again",
            found: first_frame(machine, false),
            wanted: 1000.0,
            unit: "ms",
        },
    ];
    // Where the processor stands in for a graphics card, the first window of a user compiles
    // what it draws with; the system keeps that.
    let first = Window::open(machine);
    first.see_heading("Overview");
    let first_what_if = what_if(&first);
    first.close();
    let window = Window::open(machine);
    window.see_heading("Overview");
    window.settle();
    let [shown, drawn] = switches(&window);
    for (name, found) in [
        ("a switch of screen, the middle of 12", shown[6]),
        ("a switch of screen, the slowest of 12", shown[11]),
        ("the same until all of it is drawn, the middle", drawn[6]),
        ("the same until all of it is drawn, the slowest", drawn[11]),
    ] {
        figures.push(Figure {
            name,
            found,
            wanted: 100.0,
            unit: "ms",
        });
    }
    figures.push(Figure {
        name: "what-if over 1 million people, the slowest of 4 switches",
        found: what_if(&window),
        wanted: 250.0,
        unit: "ms",
    });
    figures.push(Figure {
        name: "the same in the first window that this user ever opens",
        found: first_what_if,
        wanted: 250.0,
        unit: "ms",
    });
    figures.push(Figure {
        name: "scrolling 2 million members, longest a row stays blank",
        found: scrolling(&window),
        wanted: 100.0,
        unit: "ms",
    });
    let (own, resident) = megabytes(machine);
    for (name, found) in [
        ("memory of the program's process, its own", own),
        ("the same with the pages of system libraries", resident),
    ] {
        figures.push(Figure {
            name,
            found,
            wanted: 200.0,
            unit: "MB",
        });
    }
    window.close();
    figures
}

/// From the start of the program until its window is there, which is when the page has
/// painted; in milliseconds.
fn first_frame(machine: &Machine, cold: bool) -> f64 {
    let mut times: Vec<f64> = (0..STARTS)
        .map(|_| {
            if cold {
                drop_caches();
            }
            let mut command = machine.app(&[]);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let began = Instant::now();
            let mut program = command.spawn().unwrap();
            while !is_shown(machine) {
                assert!(began.elapsed() < Duration::from_secs(30), "no window");
            }
            let took = began.elapsed();
            end(&mut program);
            took.as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[STARTS / 2]
}

/// Only the machine's administrator may; else the start is as warm as it is.
fn drop_caches() {
    drop(std::fs::write("/proc/sys/vm/drop_caches", "3"));
}

fn is_shown(machine: &Machine) -> bool {
    let mut command = machine.command("xwininfo");
    let seen = command.args(["-root", "-tree"]).output().unwrap();
    String::from_utf8_lossy(&seen.stdout)
        .lines()
        .any(|line| line.contains("\"Usher\"") && line.contains("1280x820"))
}

fn end(program: &mut Child) {
    let id = program.id().to_string();
    drop(std::process::Command::new("kill").arg(id).status());
    drop(program.wait());
}

/// From the wish to the frame that shows the other screen with its data, and until nothing
/// more is drawn of it, a second after the one before; each sorted.
fn switches(window: &Window) -> [Vec<f64>; 2] {
    let script = "const done = arguments[arguments.length - 1];
        const screens = ['/audiences', '/syncs', '/runs', '/destinations', '/connections', '/'];
        const times = [];
        let drawn = 0;
        const sees = new MutationObserver(() => { drawn = performance.now(); });
        sees.observe(document.body, { subtree: true, childList: true, characterData: true });
        const next = (at) => {
            if (at === 12) {
                sees.disconnect();
                return done(times);
            }
            const before = document.querySelector('h1')?.textContent;
            const began = performance.now();
            window.location.hash = screens[at % screens.length];
            const look = () => {
                const now = document.querySelector('h1')?.textContent;
                const waits = document.querySelector('[role=progressbar]');
                if (now !== undefined && now !== before && !waits) {
                    const shown = performance.now() - began;
                    setTimeout(() => {
                        times.push([shown, Math.max(shown, drawn - began)]);
                        next(at + 1);
                    }, 1000);
                } else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
        };
        next(0);";
    let times = window.script_later(script, vec![]);
    let times = times.as_array().unwrap();
    [0, 1].map(|which| {
        let mut times: Vec<f64> = times.iter().map(|one| number(&one[which])).collect();
        times.sort_by(f64::total_cmp);
        times
    })
}

/// From a choice in the preview to the frame that shows what it comes to.
fn what_if(window: &Window) -> f64 {
    window.address(&format!("/syncs/{SYNC}"));
    window.see_in_time("What if");
    window.settle();
    let script = "const done = arguments[arguments.length - 1];
        const wishes = [
            ['Update existing and create new persons', 'Update existing persons only'],
            ['Profile only', 'Audience only'], ['Audience only', 'Audience and profile'],
            ['Update existing persons only', 'Update existing and create new persons']];
        const named = (where, name) => [...document.querySelectorAll(where)]
            .find((one) => one.textContent.trim().startsWith(name));
        const shown = () => document.querySelector('dl[aria-live]').textContent;
        const until = (what, then) => {
            const found = what();
            if (found) then(found); else requestAnimationFrame(() => until(what, then));
        };
        const times = [];
        const next = (at) => {
            if (at === wishes.length) return done(Math.max(...times));
            const [now, wish] = wishes[at];
            named('button[aria-haspopup=listbox]', now).click();
            until(() => named('[role=option]', wish), (option) => setTimeout(() => {
                const before = shown();
                const began = performance.now();
                option.click();
                until(() => shown() !== before, () => {
                    times.push(performance.now() - began);
                    setTimeout(() => next(at + 1), 500);
                });
            }, 500));
        };
        next(0);";
    number(&window.script_later(script, vec![]))
}

/// Through the members by steps of fifteen rows a frame, and by leaps; how long a place in view
/// showed no member, counted from the frame before to the frame after.
fn scrolling(window: &Window) -> f64 {
    window.address(&format!("/audiences/{LARGEST}/members"));
    window.see("2,000,000 members");
    window.settle();
    let script = "const done = arguments[arguments.length - 1];
        const grid = document.querySelector('[role=grid]');
        const { left, top, height } = grid.getBoundingClientRect();
        const isBlank = (part) => {
            const there = document.elementFromPoint(left + 60, top + 60 + (height - 120) * part);
            const cell = there?.closest('[role=row]')?.querySelector('[role=gridcell]');
            return !cell || cell.textContent === '…';
        };
        let longest = 0, full = performance.now(), was = false, frames = 0;
        const look = () => {
            const now = performance.now();
            const blank = [0, 0.25, 0.5, 0.75, 1].some(isBlank);
            if (blank || was) longest = Math.max(longest, now - full);
            if (!blank) full = now;
            was = blank;
            frames += 1;
            if (frames < 240) grid.scrollTop += frames % 40 === 0 ? 400000 : 60;
            if (frames < 300) requestAnimationFrame(look); else done(longest);
        };
        look();";
    number(&window.script_later(script, vec![]))
}

/// What the program's own process holds: what nobody else has, and all that is resident for
/// it; the web view's processes are the system's.
fn megabytes(machine: &Machine) -> (f64, f64) {
    let folder = machine.data_dir();
    let folder = folder.to_str().unwrap();
    let id = program_of(folder).expect("the program runs");
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let of = |name: &str| -> f64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kilobytes / 1024.0
    };
    let own = of("RssAnon:") + of("RssShmem:");
    (own, own + of("RssFile:"))
}

#[track_caller]
fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}
