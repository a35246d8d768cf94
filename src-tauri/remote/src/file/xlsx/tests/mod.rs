//! Workbooks: made here from their parts, or by other programs.

mod bombs;
mod shapes;
mod values;

use crate::file::Options;
use crate::file::tests::{Folder, Read, read_with};
use std::io::{Cursor, Write};
use usher_model::Problem;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What a workbook is made of; the sheets have a name, a state and cells.
struct Workbook {
    sheets: Vec<(&'static str, &'static str, String)>,
    shared: Option<String>,
    /// Codes of formats; a cell's style is a place among them, from 1 on.
    formats: Vec<&'static str>,
    of_1904: bool,
    more: Vec<(&'static str, Vec<u8>)>,
}

impl Workbook {
    fn of(cells: impl Into<String>) -> Self {
        Self {
            sheets: vec![("People", "visible", cells.into())],
            shared: None,
            formats: Vec::new(),
            of_1904: false,
            more: Vec::new(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let mut parts = vec![(
            "_rels/.rels".to_owned(),
            related(&relation(
                "1",
                &format!("{OFFICE}/officeDocument"),
                "xl/workbook.xml",
            )),
        )];
        let (mut sheets, mut relations) = (String::new(), String::new());
        for (at, (name, state, cells)) in self.sheets.iter().enumerate() {
            sheets +=
                &format!(r#"<sheet name="{name}" sheetId="{at}" state="{state}" r:id="r{at}"/>"#);
            let path = format!("worksheets/sheet{at}.xml");
            relations += &relation(&format!("r{at}"), &format!("{OFFICE}/worksheet"), &path);
            let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
            parts.push((format!("xl/{path}"), sheet));
        }
        let since = if self.of_1904 { "1" } else { "0" };
        parts.push((
            "xl/workbook.xml".to_owned(),
            format!(
                r#"<workbook><workbookPr date1904="{since}"/><sheets>{sheets}</sheets></workbook>"#
            ),
        ));
        parts.push(("xl/_rels/workbook.xml.rels".to_owned(), related(&relations)));
        parts.push(("xl/styles.xml".to_owned(), styles(&self.formats)));
        if let Some(shared) = &self.shared {
            parts.push(("xl/sharedStrings.xml".to_owned(), shared.clone()));
        }
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (path, content) in parts {
            zip.start_file(path, options).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        for (path, content) in &self.more {
            zip.start_file(*path, options).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn read(&self) -> Result<Read, Problem> {
        self.read_sheet(None)
    }

    fn read_sheet(&self, sheet: Option<&str>) -> Result<Read, Problem> {
        let folder = Folder::new();
        let path = folder.file("people.xlsx", self.bytes());
        let options = Options {
            sheet: sheet.map(str::to_owned),
            ..Options::default()
        };
        read_with(&path, &options)
    }
}

fn related(relations: &str) -> String {
    format!("<Relationships>{relations}</Relationships>")
}

fn relation(id: &str, kind: &str, target: &str) -> String {
    format!(r#"<Relationship Id="{id}" Type="{kind}" Target="{target}"/>"#)
}

fn styles(formats: &[&str]) -> String {
    let (mut codes, mut cells) = (String::new(), r#"<xf numFmtId="0"/>"#.to_owned());
    for (at, code) in formats.iter().enumerate() {
        // A number is one that every workbook knows.
        let known = code
            .parse::<usize>()
            .ok()
            .filter(|_| !code.starts_with('0'));
        let id = known.unwrap_or(200 + at);
        if known.is_none() {
            let code = code.replace('"', "&quot;");
            codes += &format!(r#"<numFmt numFmtId="{id}" formatCode="{code}"/>"#);
        }
        cells += &format!(r#"<xf numFmtId="{id}"/>"#);
    }
    format!("<styleSheet><numFmts>{codes}</numFmts><cellXfs>{cells}</cellXfs></styleSheet>")
}

/// A row of texts.
fn texts(cells: &[&str]) -> String {
    let cells = cells.iter().map(|cell| match *cell {
        "" => "<c/>".to_owned(),
        cell => format!(r#"<c t="inlineStr"><is><t>{cell}</t></is></c>"#),
    });
    format!("<row>{}</row>", cells.collect::<String>())
}
