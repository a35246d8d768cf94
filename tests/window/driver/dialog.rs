//! The desktop's own dialog that asks where a file is to go: it hears keys, and no page
//! knows of it.

use crate::Screen;
use std::path::Path;
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ConnectionExt, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MapState, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::{CURRENT_TIME, NONE};

/// How long a dialog may take to come and to go.
const PATIENCE: Duration = Duration::from_secs(20);
/// The codes of keys that write nothing.
const RETURN: u32 = 0xff0d;
const SHIFT: u32 = 0xffe1;
const A: u32 = 0x61;
const CONTROL: u32 = 0xffe3;

impl Screen {
    /// Names the file in the dialog that asks for one.
    #[track_caller]
    pub fn save_as(&self, file: &Path) {
        let dialog = self.until("a dialog", || self.dialog());
        let focus = self
            .x
            .set_input_focus(InputFocus::PARENT, dialog, CURRENT_TIME);
        focus.unwrap().check().unwrap();
        self.until("the dialog has the keys", || {
            let focus = self.x.get_input_focus().unwrap().reply().ok()?.focus;
            (focus != self.window && focus != NONE).then_some(())
        });
        self.strike(&[CONTROL, A]);
        for letter in file.to_str().unwrap().chars() {
            self.write(letter);
        }
        self.strike(&[RETURN]);
        self.until("the dialog is gone", || {
            self.dialog().is_none().then_some(())
        });
    }

    /// A window beside the one that is driven.
    fn dialog(&self) -> Option<Window> {
        let tree = self.x.query_tree(self.root).unwrap().reply().ok()?;
        let is_dialog = |window: &Window| {
            let looks = self.x.get_window_attributes(*window).unwrap().reply();
            let size = self.x.get_geometry(*window).unwrap().reply();
            *window != self.window
                && looks.is_ok_and(|looks| {
                    looks.map_state == MapState::VIEWABLE && !looks.override_redirect
                })
                && size.is_ok_and(|size| size.width > 300)
        };
        tree.children.into_iter().find(is_dialog)
    }

    /// Strikes the key of a letter.
    fn write(&self, letter: char) {
        let code = u32::from(letter);
        match self.key_of(code) {
            (_, true) => self.strike(&[SHIFT, code]),
            (_, false) => self.strike(&[code]),
        }
    }

    /// Presses keys one after another and lets them go in the opposite order.
    fn strike(&self, codes: &[u32]) {
        let keys: Vec<u8> = codes.iter().map(|code| self.key_of(*code).0).collect();
        let send = |kind: u8, key: u8| {
            let sent = self
                .x
                .xtest_fake_input(kind, key, CURRENT_TIME, NONE, 0, 0, 0);
            sent.unwrap().check().unwrap();
        };
        keys.iter().for_each(|key| send(KEY_PRESS_EVENT, *key));
        let back = keys.iter().rev();
        back.for_each(|key| send(KEY_RELEASE_EVENT, *key));
    }

    /// The key with this on it, and whether it takes the shift key to get it.
    #[track_caller]
    fn key_of(&self, code: u32) -> (u8, bool) {
        let setup = self.x.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let asked = self.x.get_keyboard_mapping(first, last - first + 1);
        let map = asked.unwrap().reply().unwrap();
        let each = map.keysyms.chunks(usize::from(map.keysyms_per_keycode));
        let mut found = each.zip(first..=last).filter_map(|(signs, key)| {
            let at = signs.iter().take(2).position(|sign| *sign == code)?;
            Some((key, at == 1))
        });
        found.next().unwrap_or_else(|| panic!("no key for {code}"))
    }

    #[track_caller]
    fn until<T>(&self, what: &str, mut found: impl FnMut() -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = found() {
                return found;
            }
            assert!(Instant::now() < end, "not in time: {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
