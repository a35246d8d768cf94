//! Why a whole file cannot be imported. A bad line is no error: it is quarantined.

use super::MAX_COLUMNS;
use usher_model::{Code, Problem};

/// Why a file cannot be read as an audience.
///
/// Its words may name columns, never a value of a row.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Opening or reading failed.
    #[error("`{name}` cannot be read: {reason}.")]
    Unreadable {
        /// The file as the person named it.
        name: String,
        /// What the system says.
        #[source]
        reason: std::io::Error,
    },
    /// A folder, not a file.
    #[error("`{name}` is a folder.")]
    Folder {
        /// As the person named it.
        name: String,
    },
    /// The column names are not text that can be trusted.
    #[error("The column names of `{name}` cannot be read: line {line} has {problem}.")]
    Header {
        /// The file as the person named it.
        name: String,
        /// Where the column names start.
        line: u64,
        /// What is wrong with them.
        problem: String,
    },
    /// Not even column names.
    #[error("`{name}` is empty.")]
    Empty {
        /// The file as the person named it.
        name: String,
    },
    /// Something wrote to it meanwhile, so the rows may be of two states.
    #[error("`{name}` changed while it was read, so nothing was imported.")]
    Changed {
        /// The file as the person named it.
        name: String,
    },
    /// What it is packed in or made of is broken.
    #[error("`{name}` is damaged, so nothing was imported: {reason}.")]
    Damaged {
        /// The file as the person named it.
        name: String,
        /// What is broken.
        reason: String,
    },
    /// It takes more memory than a file may.
    #[error("`{name}` is too large to be read here: {what}.")]
    TooLarge {
        /// The file as the person named it.
        name: String,
        /// What is beyond its limit.
        what: &'static str,
    },
    /// A format that is read here and there, from where that cannot be done.
    #[error("`{name}` is no file that stays.")]
    Pipe {
        /// As the person named it.
        name: String,
    },
    /// A way of packing that is not known here.
    #[error("`{name}` is packed with {codec}, which cannot be read here.")]
    Codec {
        /// The file as the person named it.
        name: String,
        /// The way of packing.
        codec: String,
    },
    /// A column of which no text can be made.
    #[error("The column `{column}` is {what}, of which no text can be made.")]
    NoText {
        /// Its name.
        column: String,
        /// What it is instead.
        what: &'static str,
    },
    /// An archive or something else that is no workbook.
    #[error("`{name}` is no XLSX workbook.")]
    NoSpreadsheet {
        /// The file as the person named it.
        name: String,
    },
    /// The binary format of old, in which protected new ones are wrapped too.
    #[error("`{name}` is an Excel file of the old kind, or one with a password.")]
    OldExcel {
        /// The file as the person named it.
        name: String,
    },
    /// No sheet of that name.
    #[error("There is no sheet `{wanted}`; there are {sheets}.")]
    NoSuchSheet {
        /// As the person named it.
        wanted: String,
        /// Those there are.
        sheets: String,
    },
    /// Rows in more than one sheet.
    #[error("`{name}` has several sheets with rows: {}.", listed(sheets))]
    SeveralSheets {
        /// The file as the person named it.
        name: String,
        /// Their names.
        sheets: Vec<String>,
    },
    /// Something is said of the file that its format does not have.
    #[error("`{flag}` does not go with {format}.")]
    Misplaced {
        /// What was said.
        flag: &'static str,
        /// What the file is.
        format: &'static str,
    },
    /// A packed file of which the content is packed again or no text.
    #[error("`{name}` is packed around a file that is no text.")]
    PackedAgain {
        /// The file as the person named it.
        name: String,
    },
    /// Two columns of one name: a mapping could not tell them apart.
    #[error("Columns {first} and {second} are both named `{column}`.")]
    DuplicateColumn {
        /// The 1-based position of the first one.
        first: usize,
        /// The 1-based position of the second one.
        second: usize,
        /// Their name.
        column: String,
    },
    /// A column that no mapping could name.
    #[error("Column {position} has no name.")]
    UnnamedColumn {
        /// 1-based.
        position: usize,
    },
    /// More than [`MAX_COLUMNS`].
    #[error("The file has {count} columns; {MAX_COLUMNS} is the most.")]
    TooManyColumns {
        /// How many there are.
        count: u64,
    },
    /// No encoding has that label.
    #[error("There is no encoding `{label}`.")]
    UnknownEncoding {
        /// As the person wrote it.
        label: String,
    },
    /// A delimiter that would break every line, or is no single character.
    #[error("This character cannot separate fields.")]
    Delimiter,
    /// Arrow refused a batch that the limits here should have kept legal.
    #[error("The rows could not be put together: {0}.")]
    Batch(#[source] arrow_schema::ArrowError),
}

/// Names as a message has them.
pub(super) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown = names.iter().take(SHOWN).map(|name| format!("`{name}`"));
    let shown = shown.collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} and {more} more"),
    }
}

impl FileError {
    /// The same, as a person and a program read it.
    pub fn problem(&self) -> Problem {
        let (code, hint) = match self {
            Self::Unreadable { .. } => (
                Code::FileUnreadable,
                "Check that the file exists, that you may read it, and that no other program holds it.",
            ),
            Self::Folder { .. } => (Code::FileUnreadable, "Name one file inside it."),
            Self::Header { .. } => (
                Code::FileUnreadable,
                "Say which encoding it is in with `--encoding`, for example `utf-16le` or `windows-1252`.",
            ),
            Self::Empty { .. } => (
                Code::FileEmpty,
                "Export it again; its first line must hold the column names.",
            ),
            Self::Changed { .. } => (
                Code::FileChanged,
                "Import it again when the other program has finished.",
            ),
            Self::Damaged { .. } => (
                Code::FileDamaged,
                "Export or download it again; a download that broke off looks like this.",
            ),
            Self::TooLarge { .. } => (
                Code::FileTooLarge,
                "Export it as CSV, which may be of any size, or in smaller files.",
            ),
            Self::Pipe { .. } => (
                Code::FileUnreadable,
                "Save it to a disk first; only text can be read from a pipe.",
            ),
            Self::Codec { .. } => (
                Code::FileUnreadable,
                "Export it with Snappy, Zstandard or gzip.",
            ),
            Self::NoText { .. } => (
                Code::ColumnUnsupported,
                "Export the file without this column, or with a text in its place.",
            ),
            Self::NoSpreadsheet { .. } => (
                Code::FileUnreadable,
                "Save it as XLSX or CSV; if it is an archive, unpack it first.",
            ),
            Self::OldExcel { .. } => (
                Code::FileUnreadable,
                "Open it in Excel and save it as .xlsx without a password, or as CSV.",
            ),
            Self::NoSuchSheet { .. } => (Code::NotFound, "Give one of them with `--sheet`."),
            Self::SeveralSheets { .. } => (Code::SheetAmbiguous, "Say which one with `--sheet`."),
            Self::Misplaced { .. } => (Code::Usage, "Leave it out."),
            Self::PackedAgain { .. } => (
                Code::FileUnreadable,
                "Unpack it, and import what is inside.",
            ),
            Self::DuplicateColumn { .. } => (
                Code::DuplicateColumn,
                "Rename one of them in the first line of the file.",
            ),
            Self::UnnamedColumn { .. } => (
                Code::UnnamedColumn,
                "Name it in the first line of the file, or remove a delimiter too many there.",
            ),
            Self::TooManyColumns { .. } => (
                Code::TooManyColumns,
                "Export fewer columns; if the file has fewer, give its `--delimiter`.",
            ),
            Self::UnknownEncoding { .. } => (
                Code::UnknownEncoding,
                "Known are for example `utf-8`, `utf-16le`, `windows-1252`, `shift_jis`.",
            ),
            Self::Delimiter => (
                Code::Usage,
                "Give one ASCII character that is no quote and no line break.",
            ),
            Self::Batch(_) => (
                Code::Internal,
                "This is a fault of Usher's; please report it.",
            ),
        };
        match self {
            Self::Changed { .. } => Problem::passing(code, self.to_string(), hint),
            _ => Problem::new(code, self.to_string(), hint),
        }
    }
}
