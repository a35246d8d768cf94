//! Files of values with a separator between them, as RFC 4180 has them.

/// How values are separated.
#[derive(Debug, Clone, Copy)]
pub(super) enum Format {
    Csv,
    Tsv,
}

impl Format {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
        }
    }

    pub(super) fn separator(self) -> u8 {
        match self {
            Self::Csv => b',',
            Self::Tsv => b'\t',
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv;charset=UTF-8",
            Self::Tsv => "text/tab-separated-values;charset=UTF-8",
        }
    }
}

/// Appends a value and what follows it, with quotes only where it needs them.
pub(super) fn put(out: &mut Vec<u8>, value: &str, separator: u8, after: &[u8]) {
    let special = |byte: u8| byte == separator || matches!(byte, b'"' | b'\r' | b'\n');
    if value.bytes().any(special) {
        out.push(b'"');
        out.extend_from_slice(value.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(value.as_bytes());
    }
    out.extend_from_slice(after);
}

/// Appends one row with its line end.
pub(super) fn put_row<'a>(
    out: &mut Vec<u8>,
    separator: u8,
    values: impl Iterator<Item = std::borrow::Cow<'a, str>>,
) {
    let mut values = values.peekable();
    while let Some(value) = values.next() {
        let between = [separator];
        let after: &[u8] = if values.peek().is_some() {
            &between
        } else {
            b"\n"
        };
        put(out, &value, separator, after);
    }
}

/// All rows of a file; empty lines are none. A quote that nothing closes goes to the end.
pub(super) fn parse(text: &str, separator: u8) -> Vec<Vec<String>> {
    let separator = char::from(separator);
    let (mut rows, mut row, mut value) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut was_quoted) = (false, false);
    let mut rest = text.chars().peekable();
    loop {
        match rest.next() {
            Some('"') if quoted && rest.peek() == Some(&'"') => value.extend(rest.next()),
            Some('"') if quoted => quoted = false,
            Some(other) if quoted => value.push(other),
            Some('"') if value.is_empty() && !was_quoted => (quoted, was_quoted) = (true, true),
            Some(end) if end == separator => {
                row.push(std::mem::take(&mut value));
                was_quoted = false;
            }
            end @ (None | Some('\r' | '\n')) => {
                if !row.is_empty() || !value.is_empty() || was_quoted {
                    row.push(std::mem::take(&mut value));
                    rows.push(std::mem::take(&mut row));
                }
                was_quoted = false;
                if end.is_none() {
                    return rows;
                }
            }
            Some(other) => value.push(other),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn written(separator: u8, values: &[&str]) -> String {
        let mut out = Vec::new();
        put_row(&mut out, separator, values.iter().map(|v| (*v).into()));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_what_needs_quotes_has_them() {
        let values = ["plain", "a,b", "a \"b\"", "two\nlines", "tab\tin", ""];
        assert_eq!(
            written(b',', &values),
            "plain,\"a,b\",\"a \"\"b\"\"\",\"two\nlines\",tab\tin,\n"
        );
        assert!(written(b'\t', &values).contains("plain\ta,b\t"));
        assert!(written(b'\t', &values).contains("\"tab\tin\""));
    }

    #[test]
    fn what_was_written_is_read_back() {
        let values = [
            "plain",
            "a,b",
            "a \"b\"",
            "two\r\nlines",
            "tab\tin",
            "",
            "end",
        ];
        for separator in [b',', b'\t'] {
            let text = written(separator, &values).repeat(2);
            assert_eq!(parse(&text, separator), [values, values]);
        }
    }

    #[test]
    fn lines_end_in_three_ways_and_empty_ones_are_no_rows() {
        assert_eq!(parse("a,b\r\n\r\nc,d\re,\n,f", b',').len(), 4);
        assert_eq!(parse("a,b\n,f", b','), [["a", "b"], ["", "f"]]);
        assert_eq!(parse("a\n\"\"\n", b','), [["a"], [""]]);
        assert_eq!(parse("a\"b,\"open\nc", b','), [["a\"b", "open\nc"]]);
        assert!(parse("", b',').is_empty());
    }
}
