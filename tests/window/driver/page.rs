//! The page as a person sees it, reached through WebDriver.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use thirtyfour::prelude::*;
use thirtyfour::{Key, WebElement};
use tokio::runtime::Runtime;

const FIND: &str = include_str!("page.js");
/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A page of a running window.
pub(crate) struct Page {
    pub(crate) runtime: Runtime,
    pub(crate) driver: WebDriver,
}

impl Page {
    /// What a script returns; its arguments are `arguments`.
    pub(crate) fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        let ran = self
            .runtime
            .block_on(self.driver.execute(script, arguments));
        ran.unwrap_or_else(|error| panic!("{script}: {error}"))
            .json()
            .clone()
    }

    /// The thing of this role and name, as soon as it is there. A name that ends in `…`
    /// is the beginning of one.
    #[track_caller]
    pub(crate) fn find(&self, role: &str, name: Option<&str>) -> WebElement {
        match self.until(PATIENCE, || self.look(role, name)) {
            Some(found) => found,
            None => panic!("no {role} {name:?} in:\n{}", self.text()),
        }
    }

    /// The same, if it is there now.
    pub(crate) fn look(&self, role: &str, name: Option<&str>) -> Option<WebElement> {
        let arguments = vec![json!(role), json!(name), json!(0)];
        let found = self
            .runtime
            .block_on(self.driver.execute(FIND, arguments))
            .ok()?;
        found.element().ok()
    }

    /// Everything there is to read.
    pub(crate) fn text(&self) -> String {
        let text = self.script("return document.body.innerText", vec![]);
        text.as_str().unwrap_or_default().to_owned()
    }

    /// What `look` finds, as soon as it does.
    pub(crate) fn until<T>(
        &self,
        patience: Duration,
        mut look: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        let end = Instant::now() + patience;
        loop {
            if let Some(found) = look() {
                return Some(found);
            }
            if Instant::now() > end {
                return None;
            }
            self.runtime
                .block_on(async { tokio::time::sleep(LOOK_EVERY).await });
        }
    }

    /// Clicks, once whatever covers it or moves is gone.
    #[track_caller]
    pub(crate) fn click(&self, role: &str, name: Option<&str>) {
        assert!(
            self.clicked(PATIENCE, role, name),
            "no {role} {name:?} to click in:\n{}",
            self.text()
        );
    }

    /// Whether it could be clicked in that time.
    pub(crate) fn clicked(&self, patience: Duration, role: &str, name: Option<&str>) -> bool {
        let clicked = self.until(patience, || {
            let element = self.look(role, name)?;
            self.runtime.block_on(async {
                element.scroll_into_view().await.ok()?;
                element.click().await.ok()
            })
        });
        clicked.is_some()
    }

    /// Presses keys where the focus is. What had it may be gone before they arrive: they are
    /// pressed where it is then.
    pub(crate) fn keys(&self, keys: &str) {
        let pressed = self.until(PATIENCE, || {
            let pressed = async {
                let active = self.driver.active_element().await?;
                active.send_keys(keys).await
            };
            self.runtime.block_on(pressed).ok()
        });
        assert!(pressed.is_some(), "{keys:?} cannot be pressed");
    }

    /// Puts a text into a field, in place of what is in it.
    #[track_caller]
    pub(crate) fn fill(&self, name: &str, text: &str) {
        let field = self.find("field", Some(name));
        let typed = async {
            field.scroll_into_view().await?;
            field.focus().await?;
            field.send_keys(Key::Control + "a").await?;
            field.send_keys(Key::Delete + "").await?;
            field.send_keys(text).await
        };
        self.runtime.block_on(typed).unwrap();
    }
}
