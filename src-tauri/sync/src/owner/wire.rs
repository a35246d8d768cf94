//! What a process and its owner say to each other: a line of JSON a message,
//! over a socket that only this user can reach.

use crate::owner::Command;
use crate::progress::Event;
use interprocess::local_socket::tokio::Stream;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::io;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use usher_model::{Problem, Secret};
use zeroize::Zeroizing;

/// Both sides must be of one version.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A secret on its way to the owner; it is written out here and nowhere else.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Handed(Zeroizing<String>);

impl Handed {
    pub(super) fn new(secret: &Secret) -> Self {
        Self(Zeroizing::new(secret.expose().to_owned()))
    }

    pub(super) fn secret(&self) -> Secret {
        Secret::new(self.0.to_string())
    }
}

/// From a process to the owner.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ask {
    /// The first line.
    Hello {
        /// The asker's version.
        version: String,
    },
    /// The databases' key, to read them.
    Key,
    /// Do this.
    Do {
        /// What.
        command: Box<Command>,
        /// The secret it needs, if it needs one.
        secret: Option<Handed>,
    },
    /// Stop what was asked for on this connection.
    Stop,
}

/// From the owner to a process.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Tell {
    /// The first line.
    Hello {
        /// The owner's version.
        version: String,
    },
    /// The key, in hexadecimal digits.
    Key(Handed),
    /// The command runs under this id.
    Started(String),
    /// How far it is.
    Progress(Event),
    /// Still at it: an owner that says nothing for long has frozen.
    Alive,
    /// Done, with this document.
    Done(Value),
    /// Not done.
    Failed(Problem),
    /// Not by me: take the lock once it is free, and do it yourself.
    Queue,
}

/// The half of a connection that messages are written to.
pub(super) type Sender = WriteHalf<Stream>;

/// Parts a connection into what comes and where to answer. What comes is read
/// by a task of its own, so that nobody who waits for two things at once loses
/// half a line; it ends with the connection, or at a line that is no message.
pub(super) fn parted<T: DeserializeOwned + Send + 'static>(
    stream: Stream,
) -> (mpsc::Receiver<T>, Sender) {
    let (receiver, sender) = tokio::io::split(stream);
    let (pass, messages) = mpsc::channel(16);
    tokio::spawn(async move {
        let mut lines = BufReader::new(receiver);
        while let Ok(Some(message)) = receive::<T>(&mut lines).await {
            if pass.send(message).await.is_err() {
                break;
            }
        }
    });
    (messages, sender)
}

/// Writes one message.
pub(super) async fn send<T: Serialize>(half: &mut Sender, message: &T) -> io::Result<()> {
    let mut line = Zeroizing::new(serde_json::to_vec(message)?);
    line.push(b'\n');
    half.write_all(&line).await?;
    half.flush().await
}

async fn receive<T: DeserializeOwned>(
    half: &mut BufReader<ReadHalf<Stream>>,
) -> io::Result<Option<T>> {
    let mut line = Zeroizing::new(String::new());
    if half.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    Ok(Some(serde_json::from_str(&line)?))
}
