//! axe finds nothing wrong on any screen, in any state, light or dark.

use driver::{Album, Scheme, states};

fn look_at_all(scheme: Scheme) {
    let folder = tempfile::TempDir::new().unwrap();
    let mut album = Album::new(folder.path(), scheme);
    states::all(&mut album, scheme);
    assert!(album.taken > 30);
    assert!(album.faults.is_empty(), "{:#?}", album.faults);
}

#[test]
fn in_light() {
    look_at_all(Scheme::Light);
}

#[test]
fn in_the_dark() {
    look_at_all(Scheme::Dark);
}
