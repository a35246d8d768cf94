//! One mail to one server, and the way to it behind a trait.
//!
//! A mail leaves over TLS or not at all; only a server on this machine is spoken to in the
//! clear. What a server says is kept to its number: its words may repeat what was sent.

use crate::clock::BoxFuture;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransport, Error};
use lettre::{Address, AsyncTransport, Tokio1Executor};
use std::time::Duration;
use usher_model::Secret;

/// The port on which TLS comes first; on others it is asked for.
const TLS_FIRST: u16 = 465;
/// How long a server may take for an answer.
const ANSWER: Duration = Duration::from_secs(15);
/// How long all of it may take.
const WHOLE: Duration = Duration::from_secs(60);

/// A mail server.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// A name or an address; an address of IPv6 in brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// As whom to log in, where that is needed.
    pub login: Option<(String, Secret)>,
}

/// A mail of plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The same for each try of the same mail: who gets it twice can tell.
    pub id: String,
    /// Who writes.
    pub from: String,
    /// To whom.
    pub to: Vec<String>,
    /// The line above it.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// Why a mail did not go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// The server was not reached, or went away.
    Unreached,
    /// There is no secure way to it, and none in the clear is taken.
    NotSecure,
    /// It did not answer in time.
    TooLate,
    /// It does not accept the user or the password.
    Login,
    /// It refuses, with this number.
    Refused(u16),
    /// It said something that is no answer.
    NoAnswer,
    /// The mail cannot be written so.
    Unwritable,
}

/// Whatever carries mail: the network, or a script in a test.
pub trait Mail: Send + Sync {
    /// Hands one mail over, once.
    fn send<'a>(
        &'a self,
        server: MailServer,
        letter: Letter,
    ) -> BoxFuture<'a, Result<(), Undelivered>>;
}

/// The network.
#[derive(Clone, Copy, Debug, Default)]
pub struct NetMail;

/// For a world in which nobody sends mail.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMail;

impl Mail for NetMail {
    fn send<'a>(
        &'a self,
        server: MailServer,
        letter: Letter,
    ) -> BoxFuture<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            let sent = tokio::time::timeout(WHOLE, hand_over(server, letter));
            sent.await.unwrap_or(Err(Undelivered::TooLate))
        })
    }
}

impl Mail for NoMail {
    fn send<'a>(&'a self, _: MailServer, _: Letter) -> BoxFuture<'a, Result<(), Undelivered>> {
        Box::pin(async { Err(Undelivered::Unreached) })
    }
}

/// Whether a text is one mail address.
pub fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

async fn hand_over(server: MailServer, letter: Letter) -> Result<(), Undelivered> {
    let message = message(letter).ok_or(Undelivered::Unwritable)?;
    let host = server.host.trim_matches(['[', ']']).to_owned();
    let tls = match is_this_machine(&host) {
        true => Tls::None,
        false => {
            let parameters = TlsParameters::new(host.clone());
            let parameters = parameters.map_err(|_| Undelivered::NotSecure)?;
            match server.port {
                TLS_FIRST => Tls::Wrapper(parameters),
                _ => Tls::Required(parameters),
            }
        }
    };
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .port(server.port)
        .tls(tls)
        .timeout(Some(ANSWER));
    let logs_in = server.login.is_some();
    if let Some((user, secret)) = server.login {
        transport = transport.credentials(Credentials::new(user, secret.expose().to_owned()));
    }
    let sent = transport.build().send(message).await;
    sent.map(drop).map_err(|error| why(&error, logs_in))
}

fn is_this_machine(host: &str) -> bool {
    ["127.0.0.1", "::1", "localhost"].contains(&host)
}

/// That no person wrote it: nobody's absence answers.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

fn message(letter: Letter) -> Option<Message> {
    let mailbox = |address: &str| {
        let address: Address = address.parse().ok()?;
        Some(Mailbox::new(None, address))
    };
    let mut builder = Message::builder()
        .from(mailbox(&letter.from)?)
        .subject(letter.subject)
        .message_id(Some(format!("<{}@usher.invalid>", letter.id)))
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN);
    for address in &letter.to {
        builder = builder.to(mailbox(address)?);
    }
    builder.body(letter.text).ok()
}

/// 530, 534, 535, 538: numbers that are about who is there (RFC 4954).
fn why(error: &Error, logs_in: bool) -> Undelivered {
    let number = error.status().map(u16::from);
    match number {
        Some(530 | 534 | 535 | 538) => Undelivered::Login,
        Some(number) => Undelivered::Refused(number),
        None if error.is_tls() => Undelivered::NotSecure,
        None if error.is_timeout() => Undelivered::TooLate,
        // It offers no way to log in, or none to be secure.
        None if error.is_client() && logs_in => Undelivered::Login,
        None if error.is_client() => Undelivered::NotSecure,
        None if error.is_response() => Undelivered::NoAnswer,
        None => Undelivered::Unreached,
    }
}

#[cfg(test)]
mod tests {
    use super::{Letter, Mail, MailServer, NetMail, Undelivered, is_address, message};
    use usher_model::Secret;

    fn letter() -> Letter {
        Letter {
            id: "alr_1".into(),
            from: "usher@x.example".into(),
            to: vec!["one@x.example".into(), "two@x.example".into()],
            subject: "Go: failed\r\nBcc: evil@x.example".into(),
            text: "It failed.\n.\nStill the same mail.".into(),
        }
    }

    #[test]
    fn a_mail_is_one_mail_whatever_is_in_it() {
        let formatted = message(letter()).unwrap().formatted();
        let text = String::from_utf8(formatted).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert!(head.contains("<alr_1@usher.invalid>") && head.contains("auto-generated"));
        for wrong in ["", "x", "a@b@c", "a b@x.example", "a@x.example\r\nRCPT"] {
            assert!(!is_address(wrong), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_not_reached() {
        let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = MailServer {
            host: "127.0.0.1".into(),
            port: free.local_addr().unwrap().port(),
            login: Some(("user".into(), Secret::new("hunter2".into()))),
        };
        assert!(!format!("{server:?}").contains("hunter2"));
        drop(free);
        let sent = NetMail.send(server, letter()).await;
        assert_eq!(sent, Err(Undelivered::Unreached));
    }
}
