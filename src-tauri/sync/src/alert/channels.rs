//! Where alerts go beside the desktop: an address and a mail server, for all syncs of the
//! data folder. The mail server's password is in the vault, like secrets of connections.

use crate::alert::Channel;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use usher_model::{Code, Problem, Secret, is_loopback};
use usher_remote::mail;
use usher_store::table::alerts;

/// Where the vault keeps the mail server's password.
pub(super) const ACCOUNT: &str = "alert/smtp";
/// Where mail is handed in by those who may; with STARTTLS.
const SUBMISSION: u16 = 587;
/// The most who get a mail.
const MOST_RECIPIENTS: usize = 50;

/// As it is kept in the journal. An address of a webhook often is as good as a password:
/// it is not shown again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stored {
    pub(super) webhook: Option<String>,
    pub(super) email: Option<StoredMail>,
}

/// The mail server, and who writes to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredMail {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) user: Option<String>,
}

/// The document of `alert show`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AlertChannels {
    /// The webhook, if one is set.
    pub webhook: Option<WebhookChannel>,
    /// The mail server, if one is set.
    pub email: Option<MailChannel>,
}

/// A webhook as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WebhookChannel {
    /// Its host; the path behind it is kept and not shown.
    pub address: String,
}

/// A mail server as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MailChannel {
    /// Host and port.
    pub smtp: String,
    /// Who writes.
    pub from: String,
    /// To whom.
    pub to: Vec<String>,
    /// As whom it logs in; its password is in the keychain.
    pub user: Option<String>,
}

/// What `alert set` may change; what is not given stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AlertChange {
    /// The webhook's address.
    pub webhook: Option<String>,
    /// The mail server, `HOST` or `HOST:PORT`.
    pub smtp: Option<String>,
    /// Who writes.
    pub from: Option<String>,
    /// To whom.
    pub to: Option<Vec<String>>,
    /// As whom it logs in; an empty text for nobody.
    pub user: Option<String>,
}

/// The document of `alert test`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AlertTest {
    /// Whether all of them took it.
    pub ok: bool,
    /// Each channel that is set.
    pub channels: Vec<Tried>,
}

/// One channel of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tried {
    /// Which.
    pub channel: Channel,
    /// Whether it took it.
    pub ok: bool,
    /// Why not.
    pub problem: Option<Problem>,
}

impl From<&Stored> for AlertChannels {
    fn from(stored: &Stored) -> Self {
        Self {
            webhook: stored.webhook.as_deref().map(|address| WebhookChannel {
                address: origin_of(address).to_owned(),
            }),
            email: stored.email.as_ref().map(|mail| MailChannel {
                smtp: format!("{}:{}", mail.host, mail.port),
                from: mail.from.clone(),
                to: mail.to.clone(),
                user: mail.user.clone(),
            }),
        }
    }
}

impl Usher {
    /// Where alerts go beside the desktop.
    pub fn alert_channels(&self) -> Result<AlertChannels, Problem> {
        Ok(AlertChannels::from(&self.stored_channels()?))
    }

    pub(super) fn stored_channels(&self) -> Result<Stored, Problem> {
        Ok(alerts::channels(&*self.journal.reader()?)?.unwrap_or_default())
    }

    /// Sets what is given. A password that is stored is sent to no other server, and as no
    /// other user.
    pub(crate) async fn set_alert_channels(
        &self,
        change: AlertChange,
        secret: Option<Secret>,
    ) -> Result<AlertChannels, Problem> {
        let mut stored = self.stored_channels()?;
        if let Some(address) = &change.webhook {
            stored.webhook = Some(webhook_address(address)?);
        }
        let secret = secret.filter(|secret| !secret.is_blank());
        let mail = [&change.smtp, &change.from, &change.user];
        if mail.iter().any(|given| given.is_some()) || change.to.is_some() || secret.is_some() {
            let before = stored.email.take();
            let email = changed(before.as_ref(), change)?;
            let login = |mail: &StoredMail| (mail.host.clone(), mail.port, mail.user.clone());
            let is_same = before
                .as_ref()
                .is_some_and(|one| login(one) == login(&email));
            match (&email.user, secret) {
                (Some(_), Some(secret)) => self.vault.put_secret(ACCOUNT, &secret)?,
                (Some(_), None) if !is_same => return Err(password_missing()),
                (None, Some(_)) => {
                    return Err(Problem::usage(
                        "A password is of a user; name one with `--smtp-user`.",
                    ));
                }
                (None, None) if before.is_some_and(|mail| mail.user.is_some()) => {
                    self.vault.forget_secret(ACCOUNT)?;
                }
                _ => {}
            }
            stored.email = Some(email);
        }
        self.keep_channels(stored).await
    }

    /// Takes one away, the mail server with its password. What was yet to go there does not.
    pub(crate) async fn clear_alert_channel(
        &self,
        channel: Channel,
    ) -> Result<AlertChannels, Problem> {
        let mut stored = self.stored_channels()?;
        match channel {
            Channel::Desktop => {
                return Err(Problem::usage("The desktop is no channel that is set."));
            }
            Channel::Webhook => stored.webhook = None,
            Channel::Email => {
                if stored.email.take().is_some_and(|mail| mail.user.is_some()) {
                    self.vault.forget_secret(ACCOUNT)?;
                }
            }
        }
        self.keep_channels(stored).await
    }

    async fn keep_channels(&self, stored: Stored) -> Result<AlertChannels, Problem> {
        let shown = AlertChannels::from(&stored);
        let write = self
            .journal
            .write(move |tx| alerts::put_channels(tx, &stored));
        write.await?;
        Ok(shown)
    }
}

/// The mail settings after a change; an error where something is missing or wrong.
fn changed(before: Option<&StoredMail>, change: AlertChange) -> Result<StoredMail, Problem> {
    let missing = |flag: &str| {
        Problem::usage(format!(
            "To send mail Usher needs a server, who writes and to whom; `{flag}` is missing."
        ))
    };
    let (host, port) = match (&change.smtp, before) {
        (Some(text), _) => server_of(text)?,
        (None, Some(mail)) => (mail.host.clone(), mail.port),
        (None, None) => return Err(missing("--smtp")),
    };
    let from = change.from.or_else(|| before.map(|mail| mail.from.clone()));
    let to = change.to.or_else(|| before.map(|mail| mail.to.clone()));
    let user = match change.user {
        None => before.and_then(|mail| mail.user.clone()),
        Some(user) => Some(user.trim().to_owned()).filter(|user| !user.is_empty()),
    };
    let mail = StoredMail {
        host,
        port,
        from: from.ok_or_else(|| missing("--smtp-from"))?,
        to: to
            .filter(|to| !to.is_empty())
            .ok_or_else(|| missing("--smtp-to"))?,
        user,
    };
    if mail.to.len() > MOST_RECIPIENTS {
        return Err(Problem::usage(format!(
            "At most {MOST_RECIPIENTS} addresses get a mail; a list at your mail server has room for more."
        )));
    }
    let is_wrong = |address: &&String| !mail::is_address(address);
    let wrong = mail.to.iter().chain([&mail.from]).find(is_wrong).cloned();
    match wrong {
        Some(wrong) => Err(Problem::usage(format!("`{wrong}` is not a mail address."))),
        None => Ok(mail),
    }
}

/// `HOST`, `HOST:PORT`, `[::1]:PORT`.
fn server_of(text: &str) -> Result<(String, u16), Problem> {
    let wrong = || Problem::usage("A mail server is named as HOST or HOST:PORT.");
    let text = text.trim();
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !text.ends_with(']') => (host, port.parse().map_err(|_| wrong())?),
        _ => (text, SUBMISSION),
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let is_v6 = host.starts_with('[')
        && host.ends_with(']')
        && host[1..host.len() - 1]
            .parse::<std::net::Ipv6Addr>()
            .is_ok();
    if port == 0 || host.is_empty() || !(host.chars().all(is_plain) || is_v6) {
        return Err(wrong());
    }
    Ok((host.to_ascii_lowercase(), port))
}

/// An address that may be posted to: https, or http on this machine.
fn webhook_address(pasted: &str) -> Result<String, Problem> {
    let address = pasted.trim();
    let refused = |why: &str| {
        Problem::new(
            Code::EndpointRefused,
            format!("Alerts are not sent to that address. {why}"),
            "Give one that begins with https://. Plain http is for 127.0.0.1, [::1] and localhost only.",
        )
    };
    let origin = origin_of(address);
    let Some((scheme, host)) = origin.split_once("://") else {
        return Err(refused("It is not a web address."));
    };
    let has_odd = |c: char| c.is_whitespace() || c.is_control() || c == '#' || c == '\\';
    if host.is_empty() || host.contains(['@', '?']) || address.contains(has_odd) {
        return Err(refused("It carries more than a host, a path and a query."));
    }
    let path = &address[origin.len()..];
    let origin = origin.to_ascii_lowercase();
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Ok(origin + path),
        "http" if is_loopback(&origin) => Ok(origin + path),
        "http" => Err(refused("Plain http would show it to everyone on the way.")),
        _ => Err(refused("It is not a web address.")),
    }
}

/// Scheme, host and port of an address.
fn origin_of(address: &str) -> &str {
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..]
        .find('/')
        .map_or(address.len(), |at| host + at);
    &address[..end]
}

pub(super) fn password_missing() -> Problem {
    Problem::new(
        Code::SecretMissing,
        "The mail server's password is missing; a stored one is sent to no other server and as no other user.",
        "Give it on standard input: `usher alert set --smtp-user USER --secret-stdin`.",
    )
}

#[cfg(test)]
mod tests {
    use super::{origin_of, server_of, webhook_address};

    #[test]
    fn alerts_go_over_https_or_stay_on_this_machine() {
        for good in [
            "https://hooks.example/services/T0/B0/x?y=1",
            "http://127.0.0.1:9/a",
            "http://localhost:9",
            " http://[::1]:9/ ",
        ] {
            assert_eq!(webhook_address(good).as_deref(), Ok(good.trim()));
        }
        for wrong in [
            "hooks.example",
            "http://hooks.example/a",
            "http://127.0.0.1.evil.example/a",
            "https://user:word@hooks.example/a",
            "https://",
            "https://hooks.example?x",
            "https://hooks.example/a#b",
            "https://hooks.example/a b",
            "ftp://localhost/a",
            "file:///etc/passwd",
        ] {
            let refused = webhook_address(wrong).unwrap_err();
            assert!(!refused.message.contains(wrong), "{wrong}");
        }
        assert_eq!(
            origin_of("https://hooks.example:1/secret"),
            "https://hooks.example:1"
        );
    }

    #[test]
    fn a_mail_server_has_a_host_and_a_port() {
        let named = |text: &str| server_of(text).ok();
        assert_eq!(
            named("smtp.x.example"),
            Some(("smtp.x.example".into(), 587))
        );
        assert_eq!(named("Localhost:25"), Some(("localhost".into(), 25)));
        assert_eq!(named("[::1]:2525"), Some(("[::1]".into(), 2525)));
        assert_eq!(named("[::1]"), Some(("[::1]".into(), 587)));
        for wrong in ["", ":25", "x:0", "x:many", "smtp://x", "a b", "x:70000"] {
            assert_eq!(named(wrong), None, "{wrong}");
        }
    }
}
