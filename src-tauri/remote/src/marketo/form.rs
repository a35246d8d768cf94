//! Percent-encoding for forms and queries.

use std::fmt::Write;

/// `a=b&c=d`, with everything but unreserved characters encoded; fit for a
/// form body and for a query alike.
pub(super) fn encode(pairs: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        escape(&mut out, name);
        out.push('=');
        escape(&mut out, value);
    }
    out
}

/// `path?id=1&id=2…`, the spelling of ids that every list call takes.
pub(super) fn with_ids(path: &str, ids: &[i64]) -> String {
    let mut out = path.to_owned();
    for (n, id) in ids.iter().enumerate() {
        out.push(if n == 0 { '?' } else { '&' });
        // Writing to a string does not fail.
        let _ = write!(out, "id={id}");
    }
    out
}

fn escape(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_slips_out_of_its_value() {
        let pairs = [("a", "x&y=z,+ \"é\n"), ("token", "AB==")];
        assert_eq!(
            super::encode(&pairs),
            "a=x%26y%3Dz%2C%2B%20%22%C3%A9%0A&token=AB%3D%3D"
        );
        assert_eq!(super::with_ids("/l.json", &[1, 2]), "/l.json?id=1&id=2");
    }
}
