//! The other side: a process that is not the owner.

use crate::owner::Command;
use crate::owner::place;
use crate::owner::wire::{Ask, Handed, Sender, Tell, VERSION, parted, send};
use crate::progress::{Event, Progress};
use serde_json::Value;
use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::sync::mpsc;
use usher_model::{Code, Problem, Secret};
use usher_store::Key;

/// How long the owner has for its first word.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How long it may say nothing while it works: it says at least every second that
/// it does.
const SILENCE: Duration = Duration::from_secs(10);

/// How a command that was handed over ended.
pub(super) enum Answer {
    /// With a document.
    Done(Value),
    /// The owner does not do it, or is gone: do it here once the lock is free.
    Yours,
}

/// A connection whose greetings are exchanged.
pub(super) struct Client {
    messages: mpsc::Receiver<Tell>,
    sender: Sender,
}

impl Client {
    /// Greets the owner of a folder. An error of the second kind when there is
    /// somebody, of another version.
    pub(super) async fn connect(folder: &Path) -> io::Result<Result<Self, Problem>> {
        let (messages, sender) = parted(place::connect(folder).await?);
        let mut client = Self { messages, sender };
        send(
            &mut client.sender,
            &Ask::Hello {
                version: VERSION.to_owned(),
            },
        )
        .await?;
        match client.messages.recv().await {
            Some(Tell::Hello { version }) if version == VERSION => Ok(Ok(client)),
            Some(Tell::Hello { version }) => Ok(Err(other_version(&version))),
            _ => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
        }
    }

    /// The key of the databases.
    pub(super) async fn key(&mut self) -> io::Result<Option<Key>> {
        send(&mut self.sender, &Ask::Key).await?;
        match self.messages.recv().await {
            Some(Tell::Key(key)) => Ok(Key::from_hex(key.secret().expose())),
            _ => Ok(None),
        }
    }

    /// Hands a run over and leaves once it has begun; it goes on there under this id.
    /// Nothing where the owner does not do it, or is gone.
    pub(super) async fn begin(mut self, command: &Command) -> Result<Option<String>, Problem> {
        if self.ask(command, None).await.is_err() {
            return Ok(None);
        }
        loop {
            match self.hear().await? {
                Some(Tell::Started(run)) => return Ok(Some(run)),
                Some(Tell::Failed(problem)) => return Err(problem),
                Some(Tell::Queue) | None => return Ok(None),
                Some(_) => {}
            }
        }
    }

    async fn ask(&mut self, command: &Command, secret: Option<&Secret>) -> io::Result<()> {
        let ask = Ask::Do {
            command: Box::new(command.clone()),
            secret: secret.map(Handed::new),
        };
        send(&mut self.sender, &ask).await
    }

    /// The owner's next word, or nothing where it has gone; an error when it is silent.
    async fn hear(&mut self) -> Result<Option<Tell>, Problem> {
        let told = tokio::time::timeout(SILENCE, self.messages.recv()).await;
        told.map_err(|_| silent())
    }

    /// Hands a command over and follows it to its end. Stopping here stops it there.
    pub(super) async fn hand_over(
        mut self,
        command: &Command,
        secret: Option<&Secret>,
        progress: &Progress,
        tell: &(dyn Fn(Event) + Send + Sync),
        started: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Answer, Problem> {
        if self.ask(command, secret).await.is_err() {
            return Ok(Answer::Yours);
        }
        let mut asked_to_stop = false;
        loop {
            let told = tokio::select! {
                told = self.hear() => told?,
                () = progress.until_stopped(), if !asked_to_stop => {
                    asked_to_stop = true;
                    drop(send(&mut self.sender, &Ask::Stop).await);
                    continue;
                }
            };
            match told {
                Some(Tell::Done(document)) => return Ok(Answer::Done(document)),
                Some(Tell::Failed(problem)) => return Err(problem),
                Some(Tell::Progress(event)) => tell(event),
                Some(Tell::Started(run)) => started(&run),
                Some(Tell::Queue) | None => return Ok(Answer::Yours),
                Some(_) => {}
            }
        }
    }
}

/// The error of an owner that says nothing.
pub(super) fn silent() -> Problem {
    Problem::passing(
        Code::OwnerSilent,
        "Another Usher works in this data folder and does not answer.",
        "Wait a moment and try again; if it stays so, end that process.",
    )
}

fn other_version(version: &str) -> Problem {
    Problem::new(
        Code::OwnerVersion,
        format!(
            "Another Usher of version {version} works in this data folder; this one is {VERSION}."
        ),
        "Close the other one, or use its version.",
    )
}
