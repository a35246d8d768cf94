//! Goes through a workbook before the library does: it unpacks everything once without
//! keeping it, so that what claims to be small and is not, or is packed to nothing, is
//! found before it takes memory. What is broken is found as well.

use super::FileError;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::rc::Rc;
use zip::ZipArchive;

/// The largest file, packed; and all of it unpacked.
const MAX_PACKED: u64 = 512 << 20;
const MAX_UNPACKED: u64 = 4 << 30;
/// The most parts. A workbook has some for each sheet, chart and picture.
const MAX_PARTS: usize = 10_000;
/// The largest part that is held as a whole; the texts that cells share are the one
/// that may be larger.
const MAX_HELD: u64 = 32 << 20;
const MAX_SHARED: u64 = 256 << 20;
/// The most texts that cells share.
const MAX_TEXTS: u64 = 8 << 20;
/// The most formats of cells, the most elements they are made of, and the most of all
/// formats if each had the longest of these: the library copies them into each.
const MAX_FORMATS: u64 = 128 << 10;
const MAX_ELEMENTS: u64 = 1 << 20;
const MAX_COPIED: u64 = 64 << 20;
/// The most of one cell or text, markup and all.
const MAX_CELL: u64 = 4 << 20;

/// What the library does with a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Holds it as a whole.
    Held,
    /// The same, and makes something of each format.
    Styles,
    /// The same of each text.
    Shared,
    /// Goes through it cell by cell.
    Sheet,
    /// Never opens it.
    Unread,
}

/// Looks at all parts of a workbook.
pub(super) fn check(file: impl Read + Seek, length: u64, name: &str) -> Result<(), FileError> {
    let large = |what| FileError::TooLarge {
        name: name.to_owned(),
        what,
    };
    if length > MAX_PACKED {
        return Err(large("it takes over 512 MiB"));
    }
    let mut zip = ZipArchive::new(file).map_err(|_| damaged(name))?;
    if zip.len() > MAX_PARTS {
        return Err(large("it has over 10,000 parts"));
    }
    let Some(book) = Book::of(&mut zip) else {
        return Err(FileError::NoSpreadsheet {
            name: name.to_owned(),
        });
    };
    let mut left = MAX_UNPACKED;
    for index in 0..zip.len() {
        let part = zip.by_index(index).map_err(|_| damaged(name))?;
        let path = part.name().map_err(|_| damaged(name))?;
        let role = book.role(&path.replace('\\', "/").to_ascii_lowercase());
        let passed = pass(part, role, left);
        left = passed.map_err(|found| match found {
            Found::Large(what) => large(what),
            Found::Broken => damaged(name),
        })?;
    }
    Ok(())
}

fn damaged(name: &str) -> FileError {
    FileError::Damaged {
        name: name.to_owned(),
        reason: "it does not unpack".to_owned(),
    }
}

/// Where the library looks for the parts of a workbook; all in lower case.
struct Book {
    path: String,
    folder: String,
    /// How the paths of what may be sheets end.
    sheets: Vec<String>,
}

impl Book {
    fn of<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Option<Self> {
        let document = |(kind, _): &(String, String)| kind.ends_with("/officedocument");
        let roots = relations(zip, "_rels/.rels")?;
        let (_, path) = roots.into_iter().rfind(document)?;
        let path = path.trim_start_matches('/').to_owned();
        let (folder, file) = path.split_at(path.rfind('/').map_or(0, |at| at + 1));
        let related = relations(zip, &format!("{folder}_rels/{file}.rels"))?;
        let end = |(_, path): (String, String)| path.rsplit('/').next().map(str::to_owned);
        let ends = related.into_iter().filter_map(end);
        Some(Self {
            folder: folder.to_owned(),
            sheets: ends.filter(|end| !end.is_empty()).collect(),
            path,
        })
    }

    fn role(&self, path: &str) -> Part {
        match path.strip_prefix(&self.folder) {
            _ if path == self.path || path.ends_with(".rels") => Part::Held,
            Some("sharedstrings.xml") => Part::Shared,
            Some("styles.xml") => Part::Styles,
            Some("theme/theme1.xml") => Part::Held,
            _ if self.sheets.iter().any(|end| path.ends_with(end)) => Part::Sheet,
            _ => Part::Unread,
        }
    }
}

/// What a part of relations names: kinds and targets, in lower case.
fn relations<R: Read + Seek>(zip: &mut ZipArchive<R>, path: &str) -> Option<Vec<(String, String)>> {
    let same = |name: &&str| name.replace('\\', "/").eq_ignore_ascii_case(path);
    let names: Vec<_> = zip.file_names().filter_map(Result::ok).collect();
    let name = names.iter().map(AsRef::as_ref).rfind(same)?.to_owned();
    let part = zip.by_name(&name).ok()?.take(MAX_CELL);
    let mut xml = Reader::from_reader(BufReader::new(part));
    xml.config_mut().expand_empty_elements = true;
    let (mut buffer, mut all) = (Vec::new(), Vec::new());
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).ok()? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                all.push((attribute(&element, "Type"), attribute(&element, "Target")));
            }
            Event::Eof => return Some(all),
            _ => {}
        }
    }
}

fn attribute(element: &BytesStart, name: &str) -> String {
    let found = element.try_get_attribute(name).ok().flatten();
    found.map_or_else(String::new, |found| found.value.to_ascii_lowercase())
}

/// Why a part may not be read.
enum Found {
    Large(&'static str),
    Broken,
}

const TOO_MUCH: Found = Found::Large("it unpacks to over 4 GiB");
const TOO_LONG: Found = Found::Large("a cell takes over 4 MiB, or what is no sheet over 32 MiB");
const TOO_MANY: Found = Found::Large("it has over 8 million texts, or too many formats");

/// Goes through one part, of which so many bytes may come; how many are left.
fn pass(part: impl Read, role: Part, left: u64) -> Result<u64, Found> {
    let since = Rc::new(Cell::new(0));
    let bytes = Metered {
        bytes: part,
        left,
        since: Rc::clone(&since),
        most_since: match role {
            Part::Held => MAX_HELD,
            Part::Unread => u64::MAX,
            Part::Styles | Part::Shared | Part::Sheet => MAX_CELL,
        },
    };
    let mut rest = match role {
        Part::Held | Part::Unread => BufReader::new(bytes),
        Part::Styles | Part::Shared | Part::Sheet => scan(bytes, role, &since)?,
    };
    if role != Part::Held {
        rest.get_mut().most_since = u64::MAX;
    }
    drain(&mut rest)?;
    let metered = rest.into_inner();
    match (role, left - metered.left) {
        (Part::Styles, read) if read > MAX_HELD => Err(TOO_LONG),
        (Part::Shared, read) if read > MAX_SHARED => Err(TOO_LONG),
        _ => Ok(metered.left),
    }
}

/// Goes through the markup as far as the library will, past the same.
fn scan<R: Read>(
    bytes: Metered<R>,
    role: Part,
    since: &Cell<u64>,
) -> Result<BufReader<Metered<R>>, Found> {
    let mut xml = Reader::from_reader(BufReader::new(bytes));
    let config = xml.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    let (mut buffer, mut in_cell) = (Vec::new(), false);
    let (mut items, mut formats, mut longest) = (0, 0, 0);
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(element)) => match (role, element.local_name().as_ref()) {
                (Part::Shared, "sst") if claims(&element) > MAX_TEXTS => return Err(TOO_MANY),
                (Part::Shared, "si") => (items, in_cell) = (items + 1, true),
                (Part::Sheet, "c") => in_cell = true,
                (Part::Styles, name) => {
                    items += 1;
                    formats += u64::from(name == "xf");
                    if name != "styleSheet" {
                        longest = longest.max(element.len() as u64);
                    }
                }
                _ => {}
            },
            Ok(Event::End(element)) => match (role, element.local_name().as_ref()) {
                (Part::Sheet, "sheetData") | (Part::Shared, "sst") => break,
                (Part::Sheet, "c") | (Part::Shared, "si") => in_cell = false,
                _ => {}
            },
            Ok(Event::Eof) => break,
            Ok(_) => {}
            // The library will come no further either.
            Err(_) => break,
        }
        if !in_cell {
            since.set(0);
        }
        match role {
            Part::Shared if items > MAX_TEXTS => return Err(TOO_MANY),
            Part::Styles if items > MAX_ELEMENTS || formats > MAX_FORMATS => return Err(TOO_MANY),
            Part::Styles if formats * longest > MAX_COPIED => return Err(TOO_MANY),
            _ => {}
        }
    }
    let rest = xml.into_inner();
    match rest.get_ref().stopped() {
        Some(found) => Err(found),
        None => Ok(rest),
    }
}

/// Reads what is left, at whose end its checksum is looked at.
fn drain<R: Read>(rest: &mut BufReader<Metered<R>>) -> Result<(), Found> {
    loop {
        let length = match rest.fill_buf() {
            Ok([]) => return Ok(()),
            Ok(some) => some.len(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            Err(_) => return Err(rest.get_ref().stopped().unwrap_or(Found::Broken)),
        };
        rest.consume(length);
    }
}

/// How many texts there are, as it is claimed: the library makes room for as many.
fn claims(element: &BytesStart) -> u64 {
    attribute(element, "uniqueCount").parse().unwrap_or(0)
}

/// Bytes that end with an error once there are too many, in all or since the last cell.
struct Metered<R> {
    bytes: R,
    left: u64,
    since: Rc<Cell<u64>>,
    most_since: u64,
}

impl<R> Metered<R> {
    fn stopped(&self) -> Option<Found> {
        match () {
            () if self.left == 0 => Some(TOO_MUCH),
            () if self.since.get() > self.most_since => Some(TOO_LONG),
            () => None,
        }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stopped().is_some() {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        let most = buffer
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let count = self.bytes.read(&mut buffer[..most])?;
        self.left -= count as u64;
        self.since.set(self.since.get() + count as u64);
        Ok(count)
    }
}
