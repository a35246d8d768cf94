//! What the page may not do: leave, open other windows, or be replaced.

use tauri::Url;

/// Whether an address is the page itself; nothing else is ever shown in the window.
pub(crate) fn is_page(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        "tauri" => host == "localhost",
        // Where the system's web view knows no schemes of its own.
        "http" | "https" => is_windows_page(url) || is_development(url),
        "about" => url.as_str() == "about:blank",
        _ => false,
    }
}

/// On Windows alone: elsewhere that name is an address of this machine that any program
/// may answer at.
fn is_windows_page(url: &Url) -> bool {
    cfg!(windows) && url.host_str() == Some("tauri.localhost") && url.port().is_none()
}

/// The development server, in builds that use it.
fn is_development(url: &Url) -> bool {
    tauri::is_dev() && url.host_str() == Some("localhost") && url.port() == Some(1420)
}

#[cfg(test)]
mod tests {
    use super::is_page;
    use tauri::Url;

    #[test]
    fn the_page_stays_where_it_is() {
        for inside in [
            "tauri://localhost/",
            "tauri://localhost/index.html#/runs",
            "about:blank",
        ] {
            assert!(is_page(&Url::parse(inside).unwrap()), "{inside}");
        }
        for outside in [
            "https://example.com/",
            "http://localhost:8080/",
            "http://127.0.0.1/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "tauri://example/",
            "https://tauri.localhost.example/",
            "http://tauri.localhost:8080/",
            "about:srcdoc",
        ] {
            assert!(!is_page(&Url::parse(outside).unwrap()), "{outside}");
        }
    }
}
