//! The parts of a multipart body. Marketo docs: bulk import, by RFC 2388.

use crate::envelope::Failure;
use crate::request::Call;

/// Named parts, in the order sent.
#[derive(Debug)]
pub(super) struct Form<'a> {
    parts: Vec<(String, &'a [u8])>,
}

impl<'a> Form<'a> {
    /// 612 for another content type, 613 when the body is not what it says it is.
    pub(super) fn read(call: &'a Call) -> Result<Self, Failure> {
        if !call.is_multipart() {
            return Err(Failure::new(612, "Invalid Content Type"));
        }
        let parts = call
            .boundary
            .as_ref()
            .and_then(|boundary| split(&call.body, boundary));
        let parts = parts.ok_or_else(|| Failure::new(613, "Invalid Multipart Request"))?;
        Ok(Self { parts })
    }

    /// The one file; none and several are 613.
    pub(super) fn file(&self) -> Result<&'a [u8], Failure> {
        let mut files = self.parts.iter().filter(|(name, _)| name == "file");
        match (files.next(), files.next()) {
            (Some((_, content)), None) => Ok(content),
            _ => Err(Failure::new(613, "Invalid Multipart Request")),
        }
    }

    /// A parameter sent as a part. Marketo docs: bulk lead import, the example with curl.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        let part = self.parts.iter().find(|(known, _)| known == name);
        part.and_then(|(_, content)| std::str::from_utf8(content).ok())
    }
}

fn split<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<(String, &'a [u8])>> {
    let line = format!("\r\n--{boundary}");
    let line = line.as_bytes();
    let mut rest = body.strip_prefix(&line[2..])?;
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let head_ends = find(rest, b"\r\n\r\n")?;
        let (head, content) = (&rest[..head_ends], &rest[head_ends + 4..]);
        let ends = find(content, line)?;
        parts.push((name(head)?, &content[..ends]));
        rest = &content[ends + line.len()..];
    }
    Some(parts)
}

/// `Content-Disposition: form-data; name="file"; filename="a.csv"`.
fn name(head: &[u8]) -> Option<String> {
    let head = std::str::from_utf8(head).ok()?;
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let meant = name.trim().eq_ignore_ascii_case("content-disposition");
        meant.then_some(value)
    })?;
    let mut parameters = disposition.split(';').map(str::trim);
    let name = parameters.find_map(|parameter| parameter.strip_prefix("name="))?;
    Some(name.trim_matches('"').to_owned())
}

fn find(within: &[u8], wanted: &[u8]) -> Option<usize> {
    within
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_taken_as_they_are() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"name=a.csv\"\r\n\
            Content-Type: text/csv\r\n\r\na\r\n--b\r\n\r\n--x\r\ncontent-disposition: form-data; name=format\r\n\r\n\
            csv\r\n--x--\r\n";
        let parts = split(body, "x").unwrap();
        let expected: [(String, &[u8]); 2] =
            [("file".into(), b"a\r\n--b\r\n"), ("format".into(), b"csv")];
        assert_eq!(parts, expected);
        for broken in [
            &body[..body.len() - 5],
            b"",
            b"--x",
            b"--y\r\n\r\n\r\n--y--",
            b"--x\r\n\r\nno name\r\n--x--",
        ] {
            assert_eq!(split(broken, "x"), None);
        }
    }
}
