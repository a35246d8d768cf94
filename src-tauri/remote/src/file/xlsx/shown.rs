//! A number as the sheet shows it.
//!
//! - A date or time by its own format: `dd.mm.yyyy` gives `09.01.2026`. Formats that
//!   follow the reader's machine do not say how they look; they give `2026-01-09`, or
//!   `2026-01-09T18:30:00` where they show a time too.
//! - A number by its own format: `00000` gives `00042`, `0.00` rounds, `0%` gives a
//!   per cent sign. So do words in the format.
//! - An amount, which is what has thousands or a currency, with the digits that are
//!   shown, but with nothing between or around them: `-1234.50`.
//! - Whatever else, exponents and fractions too, as the shortest number of at most 15
//!   digits, which is as many as a sheet keeps.
//!
//! Not applied are colours, widths, and the language of months: they are English.

use crate::file::flaw::Flaw;
use crate::file::number;
use calamine::{ExcelDateTime, ExcelDateTimeType, Style};
use ssfmt::ast::{DatePart, DigitPlaceholder, FormatPart, LocaleCode};
use ssfmt::{FormatOptions, NumberFormat, Section};
use std::collections::HashMap;
use std::fmt::Write;

/// From here on a sheet no longer holds each whole number.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The days from the first of January 1900 to that of 1904, from which some sheets count.
const TO_1904: f64 = 1_462.0;

/// One more than the last day there is, in the year 9999.
const LAST_DAY: f64 = 2_958_466.0;

/// How the cells of one style show their numbers.
pub(super) enum Shown {
    /// The shortest way.
    Shortest,
    /// By a format, which may have been made simpler.
    By(NumberFormat),
    /// A date, a time or both, by a format and so fine, in parts of a day.
    Date(NumberFormat, f64),
    /// The same by ISO 8601.
    Iso(Parts),
}

/// What of a date and time is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    Date,
    Time,
    Both,
    /// The date, and the time if there is one.
    Either,
}

const SECONDS: f64 = 86_400.0;

/// The same for all styles of a workbook, many of which differ in colour alone.
pub(super) struct Styles {
    shown: Vec<Shown>,
    /// Where in `shown` each style is.
    places: Vec<usize>,
}

impl Styles {
    pub(super) fn of(styles: &[Style]) -> Self {
        let mut shown = vec![Shown::Shortest];
        let mut known = HashMap::new();
        let places = styles.iter().map(|style| {
            let Some(format) = &style.number_format else {
                return 0;
            };
            let place = known.entry((format.format_id, &format.format_code));
            *place.or_insert_with(|| {
                shown.push(Shown::of(format));
                shown.len() - 1
            })
        });
        let places = places.collect();
        Self { shown, places }
    }

    pub(super) fn get(&self, style: usize) -> &Shown {
        let place = self.places.get(style).copied().unwrap_or(0);
        self.shown.get(place).unwrap_or(&Shown::Shortest)
    }
}

impl Shown {
    fn of(format: &calamine::NumberFormat) -> Self {
        match format.format_id {
            Some(14) => return Self::Iso(Parts::Date),
            Some(22) => return Self::Iso(Parts::Both),
            // East Asian dates and times, of which the file does not say how they look.
            Some(27..=36 | 50..=58) => return Self::Iso(Parts::Either),
            _ => {}
        }
        match NumberFormat::parse(&format.format_code) {
            Ok(parsed) => Self::parsed(parsed),
            Err(_) => Self::Shortest,
        }
    }

    fn parsed(format: NumberFormat) -> Self {
        let Some(first) = format.sections().first() else {
            return Self::Shortest;
        };
        if first.has_date_parts() {
            return match by_machine(first) {
                Some(parts) => Self::Iso(parts),
                None => {
                    let fine = SECONDS * 10_f64.powi(fraction(first).into());
                    Self::Date(format, fine)
                }
            };
        }
        let digits = |part: &FormatPart| matches!(part, FormatPart::Digit(_));
        let other = |part: &FormatPart| {
            matches!(
                part,
                FormatPart::Scientific { .. } | FormatPart::Fraction { .. }
            )
        };
        match () {
            () if !first.parts.iter().any(digits) || first.parts.iter().any(other) => {
                Self::Shortest
            }
            () if format.sections().iter().any(is_amount) => {
                let plain: String = first.parts.iter().filter_map(plain).collect();
                NumberFormat::parse(&plain).map_or(Self::Shortest, Self::By)
            }
            () => Self::By(format),
        }
    }

    /// Adds a number that is no date.
    pub(super) fn add_number(&self, number: f64, out: &mut String) -> Result<(), Flaw> {
        if number.abs() > EXACT && number.fract() == 0.0 {
            return Err(Flaw::TooManyDigits);
        }
        match self {
            Self::By(format) => {
                let text = format.try_format(number, &FormatOptions::default());
                out.push_str(&text.map_err(|_| Flaw::NoDate)?);
            }
            _ => number::add(rounded(number), out),
        }
        Ok(())
    }

    /// Adds a date, a time or a duration.
    pub(super) fn add_date(&self, date: &ExcelDateTime, out: &mut String) -> Result<(), Flaw> {
        let mut serial = date.as_f64();
        let of_1900 = ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false);
        if date.is_datetime() && *date != of_1900 {
            serial += TO_1904;
        }
        if date.is_datetime() && !(0.0..LAST_DAY).contains(&serial) {
            return Err(Flaw::NoDate);
        }
        match self {
            Self::Date(format, fine) => {
                // A sheet rounds before it takes a date apart, and so finds midnight.
                let serial = (serial * fine).round() / fine;
                let text = format.try_format(serial, &FormatOptions::default());
                let text = text.map_err(|_| Flaw::NoDate)?;
                if text.is_empty() {
                    return Err(Flaw::NoDate);
                }
                out.push_str(&text);
                Ok(())
            }
            Self::Iso(parts) => iso(serial, *parts, out),
            _ => iso(serial, Parts::Either, out),
        }
    }
}

/// What a date shows that follows the machine's settings for long dates or for times.
fn by_machine(section: &Section) -> Option<Parts> {
    section.parts.iter().find_map(|part| match part {
        FormatPart::Locale(LocaleCode { lcid, .. }) => match lcid {
            Some(0xF800) => Some(Parts::Date),
            Some(0xF400) => Some(Parts::Time),
            _ => None,
        },
        _ => None,
    })
}

/// How many digits of a second are shown.
fn fraction(section: &Section) -> u8 {
    let digits = section.parts.iter().filter_map(|part| match part {
        FormatPart::DatePart(DatePart::SubSecond(digits)) => Some(*digits),
        _ => None,
    });
    digits.max().unwrap_or(0).min(3)
}

fn is_amount(section: &Section) -> bool {
    section.parts.iter().any(|part| match part {
        FormatPart::ThousandsSeparator | FormatPart::Fill(_) => true,
        FormatPart::Locale(LocaleCode { currency, .. }) => {
            currency.as_ref().is_some_and(|sign| !sign.is_empty())
        }
        FormatPart::Literal(text) | FormatPart::EscapedLiteral(text) => {
            text.contains(['$', '€', '£', '¥', '₹', '₽', '₺', '₩', '₴', '₫', '฿'])
        }
        _ => false,
    })
}

/// As much of a format as makes a number of digits and a point.
fn plain(part: &FormatPart) -> Option<&'static str> {
    match part {
        FormatPart::Digit(DigitPlaceholder::Zero) => Some("0"),
        FormatPart::Digit(_) => Some("#"),
        FormatPart::DecimalPoint => Some("."),
        FormatPart::Percent => Some("%"),
        _ => None,
    }
}

/// The number of 15 digits that is nearest.
fn rounded(number: f64) -> f64 {
    if number.fract() == 0.0 {
        return number;
    }
    format!("{number:.14e}").parse().unwrap_or(number)
}

fn iso(serial: f64, parts: Parts, out: &mut String) -> Result<(), Flaw> {
    let serial = (serial * SECONDS).round() / SECONDS;
    let date = ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false);
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let has_time = (hour, minute, second) != (0, 0, 0);
    let written = match parts {
        Parts::Date => write!(out, "{year:04}-{month:02}-{day:02}"),
        Parts::Either if !has_time => write!(out, "{year:04}-{month:02}-{day:02}"),
        Parts::Time => write!(out, "{hour:02}:{minute:02}:{second:02}"),
        Parts::Both | Parts::Either => write!(
            out,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        ),
    };
    written.map_err(|_| Flaw::NoDate)
}
