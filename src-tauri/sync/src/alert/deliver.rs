//! Bringing alerts to where they go: each way by itself, oldest first, again with longer
//! and longer waits, and for a day at most. A try is written down before it is made.

use crate::alert::channels::{ACCOUNT, Stored, StoredMail, password_missing};
use crate::alert::{
    Act, AlertLine, AlertTest, Channel, Delivery, DeliveryState, Shown, Tried, words,
};
use crate::usher::Usher;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use usher_model::{AlertKind, Code, Problem, Secret, SyncId, Timestamp};
use usher_remote::http::{Body, Method, Request, Transport};
use usher_remote::mail::{Letter, MailServer, Undelivered};
use usher_store::table::alerts;

/// How long a webhook may take for its answer.
const ANSWER: Duration = Duration::from_secs(10);
/// The most that is read of it.
const MOST: usize = 1 << 20;
/// The wait after the first try that failed; each is four times the one before.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);
/// For how long it is tried.
const PATIENCE: Duration = Duration::from_secs(24 * 3_600);

/// How long to wait after so many tries.
fn wait_after(tries: u32) -> Duration {
    let times = 4_u32.saturating_pow(tries.saturating_sub(1).min(10));
    FIRST_WAIT.saturating_mul(times).min(LONGEST_WAIT)
}

/// What a try came to.
enum Came {
    There,
    Nowhere,
    Failed(Failed),
}

/// Why a try failed.
struct Failed {
    problem: Problem,
    /// Whether somebody answered: the next alert may fare better.
    reached: bool,
}

/// What a pass came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Delivered {
    /// Whether anything was tried.
    pub(crate) tried: bool,
    /// When the next try is due.
    pub(crate) next_at: Option<Timestamp>,
}

impl Usher {
    /// Delivers what is due, by all ways at once.
    pub(crate) async fn deliver_alerts(self: &Arc<Self>) -> Result<Delivered, Problem> {
        // Two at once would deliver the same twice.
        let _turn = self.delivering.lock().await;
        let open: Vec<AlertLine> = alerts::open(&*self.journal.reader()?)?;
        if open.is_empty() {
            return Ok(Delivered::default());
        }
        let stored = self.stored_channels()?;
        let by = |channel| self.deliver_by(channel, &open, &stored);
        let (desktop, webhook, email) = tokio::join!(
            by(Channel::Desktop),
            by(Channel::Webhook),
            by(Channel::Email)
        );
        let tried = desktop? | webhook? | email?;
        let open: Vec<AlertLine> = alerts::open(&*self.journal.reader()?)?;
        let pending = open.iter().flat_map(|line| &line.channels);
        let next_at = pending.filter_map(|one| one.next_at).min();
        Ok(Delivered { tried, next_at })
    }

    /// Delivers what is due by one way, until nobody answers: the rest waits with that one.
    async fn deliver_by(
        self: &Arc<Self>,
        channel: Channel,
        open: &[AlertLine],
        stored: &Stored,
    ) -> Result<bool, Problem> {
        let mut tried = false;
        for line in open {
            let owed = line.channels.iter().find(|one| {
                let is_due = one.next_at.is_some_and(|at| at <= self.now());
                one.channel == channel && one.state == DeliveryState::Pending && is_due
            });
            let Some(owed) = owed else { continue };
            let tries = owed.tries + 1;
            let again_at = self.now().after(wait_after(tries));
            self.note(line, channel, move |one| {
                one.tries = tries;
                one.next_at = Some(again_at);
            })
            .await?;
            tried = true;
            let came = self.try_by(channel, line, stored).await;
            let mut is_reached = true;
            if let Came::Failed(Failed { problem, reached }) = &came {
                is_reached = *reached;
                tracing::warn!(alert = %line.id, channel = channel.as_str(), code = ?problem.code, "an alert did not arrive");
            }
            let now = self.now();
            let gives_up = now >= line.at.after(PATIENCE);
            self.note(line, channel, move |one| {
                (one.state, one.problem) = match came {
                    Came::There => (DeliveryState::Delivered, None),
                    Came::Nowhere => (DeliveryState::Skipped, None),
                    Came::Failed(why) if gives_up => (DeliveryState::GivenUp, Some(why.problem)),
                    Came::Failed(why) => (DeliveryState::Pending, Some(why.problem)),
                };
                if one.state != DeliveryState::Pending {
                    (one.at, one.next_at) = (Some(now), None);
                }
            })
            .await?;
            if !is_reached {
                self.postpone(channel, open, again_at).await?;
                break;
            }
        }
        Ok(tried)
    }

    /// Lets all that is pending on one way wait until then.
    async fn postpone(
        &self,
        channel: Channel,
        open: &[AlertLine],
        until: Timestamp,
    ) -> Result<(), Problem> {
        for line in open {
            let wait = move |one: &mut Delivery| {
                if one.state == DeliveryState::Pending {
                    one.next_at = one.next_at.max(Some(until));
                }
            };
            self.note(line, channel, wait).await?;
        }
        Ok(())
    }

    /// Notes how far an alert is on one way.
    async fn note(
        &self,
        line: &AlertLine,
        channel: Channel,
        change: impl FnOnce(&mut Delivery) + Send + 'static,
    ) -> Result<(), Problem> {
        let id = line.id.clone();
        let write = self.journal.write(move |tx| {
            alerts::edit(tx, &id, |line: &mut AlertLine| {
                let mut ways = line.channels.iter_mut();
                if let Some(way) = ways.find(|one| one.channel == channel) {
                    change(way);
                }
                let mut ways = line.channels.iter();
                ways.any(|one| one.state == DeliveryState::Pending)
            })
        });
        Ok(write.await?)
    }

    async fn try_by(self: &Arc<Self>, channel: Channel, line: &AlertLine, stored: &Stored) -> Came {
        match channel {
            Channel::Desktop => self.show(line).await,
            Channel::Webhook => match &stored.webhook {
                Some(address) => came(self.post(address, line).await),
                None => Came::Nowhere,
            },
            Channel::Email => match &stored.email {
                Some(mail) => came(self.mail(mail, line).await),
                None => Came::Nowhere,
            },
        }
    }

    async fn show(&self, line: &AlertLine) -> Came {
        let (desktop, line) = (self.world.desktop.clone(), line.clone());
        let underway = line.run_id.clone().filter(|run| {
            let run = self.run(run.as_str());
            run.is_ok_and(|run| !run.state.is_final())
        });
        let buttons = underway.map(|run| self.presses.buttons(run, &[Act::Pause, Act::Stop]));
        // A bus takes its time.
        let shown = tokio::task::spawn_blocking(move || {
            desktop.show(
                &words::title(line.alert, &line.sync),
                &line.message,
                buttons,
            )
        });
        match shown.await {
            Ok(Shown::Yes) => Came::There,
            Ok(Shown::Nowhere) | Err(_) => Came::Nowhere,
        }
    }

    async fn post(&self, address: &str, line: &AlertLine) -> Result<(), Failed> {
        let body = json!({
            "id": line.id,
            "alert": line.alert,
            "sync": line.sync,
            "run_id": line.run_id,
            "state": line.state,
            "code": line.code,
            "counts": line.counts,
            "at": line.at,
            "message": line.message,
        });
        let request = Request {
            method: Method::Post,
            url: address.to_owned(),
            bearer: None,
            body: Body::Json(body.to_string().into_bytes()),
            range: None,
            timeout: ANSWER,
            max_reply: MOST,
        };
        match self.world.http.send(request).await {
            Ok(reply) if (200..300).contains(&reply.status) => Ok(()),
            Ok(reply) => Err(Failed {
                problem: refused_by_webhook(reply.status),
                reached: true,
            }),
            Err(failure) => Err(Failed {
                problem: webhook_unreached(&failure),
                reached: false,
            }),
        }
    }

    async fn mail(self: &Arc<Self>, mail: &StoredMail, line: &AlertLine) -> Result<(), Failed> {
        let unsent = |problem| Failed {
            problem,
            reached: false,
        };
        let server = MailServer {
            host: mail.host.clone(),
            port: mail.port,
            login: self.login(mail).await.map_err(unsent)?,
        };
        let letter = Letter {
            id: line.id.clone(),
            from: mail.from.clone(),
            to: mail.to.clone(),
            subject: format!("Usher: {}", words::title(line.alert, &line.sync)),
            text: words::letter(line),
        };
        let sent = self.world.mail.send(server, letter).await;
        sent.map_err(|why| Failed {
            problem: not_mailed(why, &mail.host),
            reached: matches!(why, Undelivered::Refused(_) | Undelivered::Unwritable),
        })
    }

    /// As whom to log in to the mail server.
    async fn login(
        self: &Arc<Self>,
        mail: &StoredMail,
    ) -> Result<Option<(String, Secret)>, Problem> {
        let Some(user) = &mail.user else {
            return Ok(None);
        };
        // The keychain may ask a person.
        let usher = self.clone();
        let asked = tokio::task::spawn_blocking(move || usher.vault.secret(ACCOUNT)).await;
        let secret = asked.map_err(|_| password_missing())??;
        Ok(Some((user.clone(), secret.ok_or_else(password_missing)?)))
    }

    /// Sends a word by each channel that is set, now and once.
    pub(crate) async fn test_alerts(self: &Arc<Self>) -> Result<AlertTest, Problem> {
        let stored = self.stored_channels()?;
        let line = AlertLine {
            id: self.world.entropy.id("alr"),
            alert: AlertKind::Started,
            sync: "Test".into(),
            sync_id: SyncId(String::new()),
            run_id: None,
            state: None,
            code: None,
            counts: None,
            at: self.now(),
            message: "This is a test of Usher's alerts. Nothing has happened.".into(),
            channels: Vec::new(),
        };
        let webhook = async {
            let address = stored.webhook.as_ref()?;
            Some((Channel::Webhook, self.post(address, &line).await))
        };
        let email = async {
            let mail = stored.email.as_ref()?;
            Some((Channel::Email, self.mail(mail, &line).await))
        };
        let (webhook, email) = tokio::join!(webhook, email);
        let tried = [webhook, email].into_iter().flatten();
        let channels: Vec<Tried> = tried
            .map(|(channel, sent)| Tried {
                channel,
                ok: sent.is_ok(),
                problem: sent.err().map(|why| why.problem),
            })
            .collect();
        if channels.is_empty() {
            return Err(Problem::new(
                Code::NotFound,
                "Neither a webhook nor a mail server is set.",
                "Set one with `usher alert set`.",
            ));
        }
        Ok(AlertTest {
            ok: channels.iter().all(|one| one.ok),
            channels,
        })
    }
}

fn came(sent: Result<(), Failed>) -> Came {
    sent.map_or_else(Came::Failed, |()| Came::There)
}

fn refused_by_webhook(status: u16) -> Problem {
    let (means, do_this) = match status {
        300..=399 => (
            "It leads elsewhere, and redirects are not followed",
            "Set the address that it leads to.",
        ),
        404 | 410 => (
            "There is nothing at that address",
            "Make a new address at the service that is to hear it, and set it.",
        ),
        500.. => (
            "The service behind it has a problem",
            "Alerts are tried again by themselves.",
        ),
        _ => (
            "It does not take the alert",
            "Check the address and what it expects.",
        ),
    };
    Problem::passing(
        Code::WebhookFailed,
        format!("The webhook answered {status}. {means}."),
        do_this,
    )
}

fn webhook_unreached(failure: &Transport) -> Problem {
    let why = match failure {
        Transport::NotSent(why) | Transport::Lost(why) => why,
        Transport::TooLarge => "the reply is larger than any answer",
    };
    Problem::passing(
        Code::WebhookFailed,
        format!("The webhook was not reached: {why}."),
        "Check the address and the network; alerts are tried again by themselves.",
    )
}

fn not_mailed(why: Undelivered, host: &str) -> Problem {
    let (happened, do_this) = match why {
        Undelivered::Unreached => (
            format!("The mail server {host} was not reached"),
            "Check its name, its port and the network.",
        ),
        Undelivered::NotSecure => (
            format!("The mail server {host} has no secure way in, or its certificate is not good"),
            "Name the port with TLS: 465, or 587 with STARTTLS.",
        ),
        Undelivered::TooLate => (
            format!("The mail server {host} did not answer in time"),
            "Check its port; alerts are tried again by themselves.",
        ),
        Undelivered::Login => (
            format!("The mail server {host} does not accept the user or the password"),
            "Set both again.",
        ),
        Undelivered::Refused(number) => (
            format!("The mail server {host} refuses the mail with {number}"),
            "Check who may write there, and to whom.",
        ),
        Undelivered::NoAnswer => (
            format!("What listens at {host} is no mail server"),
            "Check its name and its port.",
        ),
        Undelivered::Unwritable => (
            "The mail cannot be written to these addresses".to_owned(),
            "Check the addresses.",
        ),
    };
    Problem::passing(Code::MailFailed, format!("{happened}."), do_this)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_WAIT, wait_after};
    use std::time::Duration;

    #[test]
    fn waits_grow_and_have_an_end() {
        let seconds = [1, 2, 3, 4, 5].map(|tries| wait_after(tries).as_secs());
        assert_eq!(seconds, [2, 8, 32, 128, 512]);
        assert_eq!(wait_after(0), Duration::from_secs(2));
        assert_eq!(wait_after(u32::MAX), LONGEST_WAIT);
    }
}
