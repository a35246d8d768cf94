//! Handing out a file, whole or in part. Marketo docs: bulk extract, "Retrieving Your
//! Data", with the header `Range` of the type bytes.

use axum::http::header::{ACCEPT_RANGES, CONTENT_RANGE};

use super::{End, Export};
use crate::reply::Reply;

pub(super) fn reply(job: Option<&Export>, range: Option<&str>) -> Reply {
    let Some(job) = job else {
        return Reply::text(404, "Export job not found");
    };
    let content = match &job.ended {
        Some((_, End::Completed(file))) => file.content.as_ref(),
        _ => None,
    };
    let Some(content) = content else {
        return Reply::text(404, "Export file not available");
    };
    let kind = job.request.format.content_type();
    let size = content.len();
    let mut reply = match range.map(|range| span(range, size)) {
        None => Reply::of(200, kind, content.clone()),
        Some(Some((first, last))) => {
            let mut part = Reply::of(206, kind, content.slice(first..=last));
            let told = format!("bytes {first}-{last}/{size}");
            part.headers.push((CONTENT_RANGE, told));
            part
        }
        Some(None) => {
            let mut refusal = Reply::text(416, "Requested range not satisfiable");
            refusal
                .headers
                .push((CONTENT_RANGE, format!("bytes */{size}")));
            refusal
        }
    };
    reply.headers.push((ACCEPT_RANGES, "bytes".to_owned()));
    reply
}

/// First and last byte of `bytes=a-b`, `bytes=a-` or `bytes=-n`; one range only.
fn span(range: &str, size: usize) -> Option<(usize, usize)> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    let end = size.checked_sub(1)?;
    if first.is_empty() {
        let bytes: usize = last.parse().ok().filter(|bytes| *bytes > 0)?;
        return Some((size.saturating_sub(bytes), end));
    }
    let first: usize = first.parse().ok()?;
    let last = match last {
        "" => end,
        last => last.parse::<usize>().ok()?.min(end),
    };
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_inclusive_and_end_with_the_file() {
        for (range, meant) in [
            ("bytes=0-9", Some((0, 9))),
            ("bytes=90-", Some((90, 99))),
            ("bytes=99-99", Some((99, 99))),
            ("bytes=50-1000", Some((50, 99))),
            ("bytes=-10", Some((90, 99))),
            ("bytes=100-", None),
            ("bytes=9-8", None),
            ("bytes=-0", None),
            ("bytes=0-1,5-6", None),
            ("lines=0-9", None),
            ("bytes=a-b", None),
        ] {
            assert_eq!(span(range, 100), meant, "{range}");
        }
        assert_eq!(span("bytes=0-", 0), None);
    }
}
