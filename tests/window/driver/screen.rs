//! The screen as a desktop has it: its windows are closed, and files are dropped on them.

use crate::Machine;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, MapState,
    PropMode, SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, CURRENT_TIME, NONE};

/// How long a window may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// The version of the protocol of drags that is spoken (XDND).
const DRAGS: u32 = 5;

/// The screen that the window is on.
pub struct Screen {
    pub(crate) x: RustConnection,
    pub(crate) root: Window,
    pub(crate) window: Window,
}

impl Screen {
    /// That of a machine on which the window is open.
    pub fn of(machine: &Machine) -> Self {
        let (x, at) = x11rb::connect(Some(machine.variable("DISPLAY"))).unwrap();
        let root = x.setup().roots[at].root;
        let tree = x.query_tree(root).unwrap().reply().unwrap();
        let is_it = |window: &Window| {
            let size = x.get_geometry(*window).unwrap().reply();
            let property = x.get_property(false, *window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64);
            let name = property.unwrap().reply();
            name.is_ok_and(|name| name.value == b"Usher") && size.is_ok_and(|size| size.width > 300)
        };
        let window = tree.children.into_iter().find(is_it).expect("the window");
        Self { x, root, window }
    }

    /// Closes the window, as its button does.
    pub fn close_window(&self) {
        let wish = self.atom("WM_DELETE_WINDOW");
        let data = [wish, CURRENT_TIME, 0, 0, 0];
        self.tell("WM_PROTOCOLS", data);
    }

    /// Whether the window can be seen.
    pub fn is_shown(&self) -> bool {
        let asked = self.x.get_window_attributes(self.window).unwrap().reply();
        asked.is_ok_and(|window| window.map_state == MapState::VIEWABLE)
    }

    /// Drags a file over the middle of the window, where it stays.
    #[track_caller]
    pub fn drag(&self, file: &Path) -> Drag<'_> {
        let source = self.x.generate_id().unwrap();
        let looks = CreateWindowAux::new();
        self.x
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                source,
                self.root,
                0,
                0,
                1,
                1,
                0,
                WindowClass::INPUT_OUTPUT,
                COPY_FROM_PARENT,
                &looks,
            )
            .unwrap();
        let selection = self.atom("XdndSelection");
        self.x
            .set_selection_owner(source, selection, CURRENT_TIME)
            .unwrap();
        let list = self.atom("text/uri-list");
        self.tell("XdndEnter", [source, DRAGS << 24, list, 0, 0]);
        let size = self.x.get_geometry(self.window).unwrap().reply().unwrap();
        let (x, y) = (size.width / 2, size.height / 2);
        let place = (u32::from(x) << 16) | u32::from(y);
        let copy = self.atom("XdndActionCopy");
        let over = [source, 0, place, CURRENT_TIME, copy];
        // Who is dragged over asks what it is, and says at a next move whether it takes it.
        let end = Instant::now() + PATIENCE;
        while !self.is_taken(over, file) {
            assert!(Instant::now() < end, "the window takes no file");
        }
        Drag {
            screen: self,
            source,
            file: file.to_owned(),
        }
    }

    /// Moves over the window; whether it would take the file.
    fn is_taken(&self, over: [u32; 5], file: &Path) -> bool {
        self.tell("XdndPosition", over);
        let said = self.answer(file, "XdndStatus");
        said.is_some_and(|said| said[1] & 1 == 1)
    }

    /// Says what is dragged to who asks for it, until this message comes; none where it does
    /// not come soon.
    fn answer(&self, file: &Path, until: &str) -> Option<[u32; 5]> {
        let until = self.atom(until);
        let end = Instant::now() + Duration::from_millis(500);
        while Instant::now() < end {
            match self.x.poll_for_event().unwrap() {
                Some(Event::SelectionRequest(asked)) => self.hand_over(file, asked),
                Some(Event::ClientMessage(said)) if said.type_ == until => {
                    return Some(said.data.as_data32());
                }
                Some(_) => {}
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        None
    }

    fn hand_over(&self, file: &Path, asked: SelectionRequestEvent) {
        let list = format!("file://{}\r\n", file.display());
        self.x
            .change_property8(
                PropMode::REPLACE,
                asked.requestor,
                asked.property,
                asked.target,
                list.as_bytes(),
            )
            .unwrap();
        let there = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: asked.time,
            requestor: asked.requestor,
            selection: asked.selection,
            target: asked.target,
            property: asked.property,
        };
        self.x
            .send_event(false, asked.requestor, EventMask::NO_EVENT, there)
            .unwrap();
        self.x.flush().unwrap();
    }

    fn tell(&self, what: &str, data: [u32; 5]) {
        let message = ClientMessageEvent::new(32, self.window, self.atom(what), data);
        self.x
            .send_event(false, self.window, EventMask::NO_EVENT, message)
            .unwrap();
        self.x.flush().unwrap();
    }

    fn atom(&self, name: &str) -> Atom {
        let made = self.x.intern_atom(false, name.as_bytes()).unwrap();
        let atom = made.reply().unwrap().atom;
        assert_ne!(atom, NONE);
        atom
    }
}

/// A file that is held over the window.
pub struct Drag<'a> {
    screen: &'a Screen,
    source: Window,
    file: PathBuf,
}

impl Drag<'_> {
    /// Lets it go there.
    pub fn drop_it(self) {
        let dropped = [self.source, 0, CURRENT_TIME, 0, 0];
        self.screen.tell("XdndDrop", dropped);
        self.screen.answer(&self.file, "XdndFinished");
    }

    /// Takes it away again.
    pub fn leave(self) {
        self.screen.tell("XdndLeave", [self.source, 0, 0, 0, 0]);
    }
}
