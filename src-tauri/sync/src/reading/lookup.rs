//! Who has these values in a field: questions of 300, as many at once as the limits let.

use crate::progress::Progress;
use crate::reading::block::ReadLead;
use crate::reading::people::fields_asked;
use crate::service::{CallError, Patience, Service};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::task::JoinSet;
use usher_model::{Code, Problem};
use usher_remote::failure::Failure;
use usher_remote::marketo::{LeadQuery, MAX_VALUES};

/// What is asked of everyone.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) service: Arc<Service>,
    /// The field that is searched.
    pub(super) field: String,
    /// What is told of each lead, beside what always is.
    pub(super) fields: Vec<String>,
    pub(super) progress: Progress,
}

/// What one question brings.
type Answer = Result<Vec<ReadLead>, CallError>;

/// Some of those who were asked for, with their leads; all of them.
pub(super) type Answered<T> = (Vec<T>, Vec<ReadLead>);

/// The question under way for everyone in turn.
pub(super) struct Lookups<T> {
    question: Question,
    value: fn(&T) -> String,
    waiting: VecDeque<Vec<T>>,
    asked: JoinSet<(Vec<T>, Answer)>,
}

impl<T: Clone + Send + Sync + 'static> Lookups<T> {
    /// Asks for all of these, each by its value.
    pub(super) fn of(question: Question, all: &[T], value: fn(&T) -> String) -> Self {
        Self {
            question,
            value,
            waiting: all.chunks(MAX_VALUES).map(<[_]>::to_vec).collect(),
            asked: JoinSet::new(),
        }
    }

    /// The next answer, in whatever order they come; nothing when all are there. More
    /// leads than the service lists at once are asked for in halves.
    pub(super) async fn next(&mut self) -> Option<Result<Answered<T>, CallError>> {
        loop {
            let at_once = self.question.service.connection().limits.concurrency;
            while self.asked.len() < at_once as usize
                && let Some(some) = self.waiting.pop_front()
            {
                let (question, value) = (self.question.clone(), self.value);
                self.asked.spawn(async move {
                    let answer = question.everyone(some.iter().map(value).collect()).await;
                    (some, answer)
                });
            }
            let (some, answer) = match self.asked.join_next().await? {
                Ok(answer) => answer,
                Err(_) => return Some(Err(CallError::Local(broke_off()))),
            };
            match answer {
                Err(CallError::Service(Failure::TooMany)) if some.len() > 1 => {
                    let (left, right) = some.split_at(some.len() / 2);
                    self.waiting.extend([left.to_vec(), right.to_vec()]);
                }
                answer => return Some(answer.map(|leads| (some, leads))),
            }
        }
    }
}

impl Question {
    /// One call after another until everyone who has these values is known.
    async fn everyone(&self, values: Vec<String>) -> Result<Vec<ReadLead>, CallError> {
        let mut ask = LeadQuery {
            field: self.field.clone(),
            values,
            fields: fields_asked(&self.fields),
            page_token: None,
        };
        let mut leads = Vec::new();
        loop {
            let question = &ask;
            let page = self
                .service
                .call(Patience::READ, &self.progress, |marketo| async move {
                    marketo.leads_by(question).await
                })
                .await?;
            leads.extend(page.leads.into_iter().map(|lead| (lead.id, lead.values)));
            ask.page_token = page.next;
            if ask.page_token.is_none() {
                return Ok(leads);
            }
        }
    }
}

fn broke_off() -> Problem {
    Problem::new(Code::Internal, "A lookup broke off.", "Try again.")
}
