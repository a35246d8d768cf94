//! What a failed call means: one class for each thing a caller can do about it.
//!
//! Nothing is decided here. For a read, [`Failure::Unknown`] just means "try
//! again"; for a write it means "find out first".
//!
//! | code | class |
//! |---|---|
//! | HTTP 413, 414 | [`Failure::TooLarge`] |
//! | HTTP 401 at the identity service | [`Failure::Credentials`] |
//! | 600, 601, 602 | [`Failure::Token`] |
//! | 603 | [`Failure::Denied`] |
//! | 606, 615 | [`Failure::Throttled`] |
//! | 607 | [`Failure::QuotaSpent`] |
//! | 1029 naming the daily quota | [`Failure::VolumeSpent`] |
//! | 608, 614, 713, 719, 1014, 1016, 1019; 1029 for a full queue | [`Failure::Busy`] |
//! | 500, 502, 604, 611; HTTP 5xx and any undocumented status | [`Failure::Unknown`] |
//! | 1003 "Too many results match the filter" | [`Failure::TooMany`] |
//! | 605, 609, 610, 612, 613, 616, 701-704, 709-712, 714, 718, the other 10xx, unlisted codes | [`Failure::Refused`] |
//!
//! (Marketo docs: error codes. 604 and 611 are documented as not executed, but
//! "ran too long" and "any unhandled exception" prove nothing of the kind. 702
//! is "nothing found": reads turn it into an empty answer before it gets here.)

use std::fmt;
use usher_model::{Code, Problem};

/// Why a call did not succeed. Holds no secret, no address and no person's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No byte left this machine; why, in words.
    NotSent(String),
    /// The token is not accepted: get another, repeat the call.
    Token,
    /// 606: the calls of 20 seconds are used up. 615: too many at once.
    Throttled {
        /// The service's code.
        code: String,
    },
    /// The day's calls are used up.
    QuotaSpent,
    /// The day's bytes of bulk extracts are used up.
    VolumeSpent,
    /// Nothing was done; it may work later.
    Busy {
        /// The service's code.
        code: String,
    },
    /// Whether a write happened is not known.
    Unknown {
        /// What came instead of a usable reply, in words.
        what: String,
        /// The service's code, where it gave one.
        code: Option<String>,
    },
    /// The request is too large: split it.
    TooLarge,
    /// Too many leads match one filter: ask for fewer values.
    TooMany,
    /// A permission is missing, or this address is not on the instance's list.
    Denied {
        /// The service's code.
        code: String,
        /// The service's own words.
        message: String,
    },
    /// The client id and secret are not accepted.
    Credentials,
    /// The request as it stands is refused; repeating it changes nothing.
    Refused {
        /// The service's code; [`UNSENDABLE`] where Usher itself refuses.
        code: String,
        /// The service's own words: bounded, without control characters, with
        /// quoted values and addresses left out.
        message: String,
    },
}

/// The code of a request that cannot be expressed to the service, so that
/// nothing was sent.
pub const UNSENDABLE: &str = "unsendable";

impl Failure {
    /// The class of one code, wherever in a reply it stands.
    pub fn of(code: &str, message: &str) -> Self {
        let code = code_text(code);
        let says = |words: &str| message.to_ascii_lowercase().contains(words);
        match code.as_str() {
            "600" | "601" | "602" => Self::Token,
            "603" => {
                let message = without_values(message);
                Self::Denied { code, message }
            }
            "606" | "615" => Self::Throttled { code },
            "607" => Self::QuotaSpent,
            "1029" if says("daily quota") => Self::VolumeSpent,
            "1029" if says("queue") && !says("already") => Self::Busy { code },
            "608" | "614" | "713" | "719" | "1014" | "1016" | "1019" => Self::Busy { code },
            "" => Self::unknown("an error without a code"),
            "500" | "502" | "604" | "611" => {
                let (what, code) = ("an internal error of the service".into(), Some(code));
                Self::Unknown { what, code }
            }
            "1003" if says("too many results") => Self::TooMany,
            _ => {
                let message = without_values(message);
                Self::Refused { code, message }
            }
        }
    }

    /// A denied call with the permission that it takes.
    pub(crate) fn for_want_of(self, permission: &str) -> Self {
        match self {
            Self::Denied { code, message } => {
                let said = message.trim_end_matches('.');
                let message = format!("{said}; it takes the permission {permission}");
                Self::Denied { code, message }
            }
            other => other,
        }
    }

    /// A reply that cannot be used.
    pub(crate) fn unknown(what: impl Into<String>) -> Self {
        let (what, code) = (what.into(), None);
        Self::Unknown { what, code }
    }

    /// A request that Usher does not send.
    pub(crate) fn unsendable(why: impl Into<String>) -> Self {
        let (code, message) = (UNSENDABLE.into(), why.into());
        Self::Refused { code, message }
    }

    /// The service's code, where it gave one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Throttled { code }
            | Self::Busy { code }
            | Self::Denied { code, .. }
            | Self::Refused { code, .. } => Some(code),
            Self::Unknown { code, .. } => code.as_deref(),
            Self::QuotaSpent => Some("607"),
            Self::VolumeSpent => Some("1029"),
            Self::TooMany => Some("1003"),
            Self::NotSent(_) | Self::Token | Self::TooLarge | Self::Credentials => None,
        }
    }

    /// The same in words a marketer can act on.
    pub fn problem(&self) -> Problem {
        let (code, hint) = match self {
            Self::NotSent(_) => (Code::ServiceUnreachable, NOT_SENT),
            Self::Token => (Code::CredentialsRefused, TOKEN),
            Self::Throttled { .. } => (Code::ServiceBusy, THROTTLED),
            Self::QuotaSpent => (Code::QuotaSpent, QUOTA_SPENT),
            Self::VolumeSpent => (Code::QuotaSpent, VOLUME_SPENT),
            Self::Busy { .. } => (Code::ServiceBusy, "Try again in a few minutes."),
            Self::Unknown { .. } => (Code::ServiceReply, UNKNOWN),
            Self::TooLarge => (Code::ServiceRefused, "Map fewer or shorter columns."),
            Self::TooMany => (Code::DedupeFieldNotUnique, TOO_MANY),
            Self::Denied { .. } => (Code::PermissionMissing, DENIED),
            Self::Credentials => (Code::CredentialsRefused, CREDENTIALS),
            Self::Refused { code, .. } => refusal(code),
        };
        let message = format!("{self}.");
        match self {
            Self::TooLarge | Self::TooMany | Self::Credentials => Problem::new(code, message, hint),
            Self::Denied { .. } | Self::Refused { .. } => Problem::new(code, message, hint),
            _ => Problem::passing(code, message, hint),
        }
    }
}

const NOT_SENT: &str =
    "Nothing was sent. Check the network and the connection's address, then try again.";
const TOKEN: &str = "Try again: Usher asks for a new token. If it stays, check the custom service in Admin > LaunchPoint.";
const THROTTLED: &str = "All applications share the instance's calls. Try again in a minute, or grant this connection fewer calls.";
const QUOTA_SPENT: &str = "Calls are granted again at midnight US Central time.";
const VOLUME_SPENT: &str =
    "It is granted again at midnight US Central time. Until then, read by lookups.";
const UNKNOWN: &str = "Try again: Usher reads what is there before it repeats a write.";
const TOO_MANY: &str = "Choose a dedupe field whose values few leads share.";
const DENIED: &str = "Give the API user's role the permission it lacks, or add this computer's address to the instance's IP allowlist. `usher connection test` shows which permission.";
const CREDENTIALS: &str =
    "Copy both again from Admin > LaunchPoint, and store them in place of the old ones.";

/// What a refusal's code tells that its text may not.
fn refusal(code: &str) -> (Code, &'static str) {
    match code {
        UNSENDABLE => (
            Code::Internal,
            "This is a fault of Usher; please report it.",
        ),
        "1006" => (
            Code::UnknownField,
            "Correct the mapping, or test the connection again.",
        ),
        "1009" => (
            Code::UnknownPartition,
            "Name the partition in the destination's settings.",
        ),
        "1011" => (
            Code::DedupeField,
            "Choose a dedupe field that the service can search.",
        ),
        "1013" => (
            Code::ListNotFound,
            "Choose another list: it may have been deleted.",
        ),
        "709" | "710" | "711" => (
            Code::ListRefused,
            "Choose another name or folder for the list.",
        ),
        _ => (
            Code::ServiceRefused,
            "Change what the service's words name, then try again.",
        ),
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent(why) => write!(f, "Marketo could not be reached: {why}"),
            Self::Token => f.write_str("Marketo did not accept the access token"),
            Self::Throttled { code } => write!(f, "Marketo gets too many calls ({code})"),
            Self::QuotaSpent => f.write_str("The instance's calls of this day are used up (607)"),
            Self::VolumeSpent => {
                f.write_str("The instance's volume of bulk extracts of this day is used up (1029)")
            }
            Self::Busy { code } => write!(f, "Marketo is busy and did nothing ({code})"),
            Self::Unknown { what, code } => {
                let code = code
                    .as_ref()
                    .map_or(String::new(), |code| format!(" ({code})"));
                write!(f, "Marketo's reply leaves open what was done: {what}{code}")
            }
            Self::TooLarge => f.write_str("The request is larger than Marketo takes"),
            Self::TooMany => f.write_str("More leads match one lookup than Marketo lists (1003)"),
            Self::Denied { code, message } => {
                write!(f, "Marketo denies the call ({code}): {message}")
            }
            Self::Credentials => f.write_str("Marketo does not accept the client ID and secret"),
            Self::Refused { code, message } if code == UNSENDABLE => {
                write!(f, "The request cannot be sent: {message}")
            }
            Self::Refused { code, message } => {
                write!(f, "Marketo refuses the request ({code}): {message}")
            }
        }
    }
}

impl std::error::Error for Failure {}

/// A code as the service spells it, or what is printable of it.
pub(crate) fn code_text(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(16)
        .collect()
}

/// The service's words, at most 300 characters and none of them a control one.
pub(crate) fn bounded(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).take(300).collect();
    text.trim().to_owned()
}

/// Also leaves out what may be somebody's data: `Invalid value for field 'X'
/// and value 'Y'` keeps X, and every word with an `@` goes.
fn without_values(text: &str) -> String {
    let text = bounded(text);
    let text = match text.to_ascii_lowercase().find("value '") {
        Some(at) => {
            let (head, tail) = text.split_at(at + "value '".len());
            format!("{head}…{}", tail.rfind('\'').map_or("", |end| &tail[end..]))
        }
        None => text,
    };
    let words: Vec<&str> = text
        .split(' ')
        .map(|w| if w.contains('@') { "…" } else { w })
        .collect();
    match words.join(" ").trim_end_matches('.') {
        "" => "no reason is given".into(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;
    use usher_model::Code;

    fn class(failure: &Failure) -> &'static str {
        match failure {
            Failure::NotSent(_) => "not sent",
            Failure::Token => "token",
            Failure::Throttled { .. } => "throttled",
            Failure::QuotaSpent => "quota",
            Failure::VolumeSpent => "volume",
            Failure::Busy { .. } => "busy",
            Failure::Unknown { .. } => "unknown",
            Failure::TooLarge => "too large",
            Failure::TooMany => "too many",
            Failure::Denied { .. } => "denied",
            Failure::Credentials => "credentials",
            Failure::Refused { .. } => "refused",
        }
    }

    #[test]
    fn every_documented_code_has_its_class() {
        let classes = [
            ("token", "600 601 602"),
            ("denied", "603"),
            ("throttled", "606 615"),
            ("quota", "607"),
            ("busy", "608 614 713 719 1014 1016 1019"),
            ("unknown", "500 502 604 611"),
            (
                "refused",
                "605 609 610 612 613 616 701 702 703 704 709 710 711 712 714 718",
            ),
            (
                "refused",
                "1001 1002 1003 1004 1005 1006 1007 1008 1009 1010 1011 1012 1013 1015",
            ),
            (
                "refused",
                "1017 1018 1020 1021 1022 1025 1026 1027 1028 1029 1035 1036 1037 1042",
            ),
            ("refused", "1048 1049 1076 1077 1078 1079 1080 9999 words"),
        ];
        for (expected, codes) in classes {
            for code in codes.split(' ') {
                assert_eq!(class(&Failure::of(code, "text")), expected, "{code}");
            }
        }
    }

    #[test]
    fn some_codes_mean_what_their_text_says() {
        let texts = [
            ("1003", "Too many results match the filter", "too many"),
            (
                "1003",
                "Invalid value for field 'a' and value 'b'",
                "refused",
            ),
            ("1029", "Too many jobs (10) in queue", "busy"),
            ("1029", "Export daily quota exceeded", "volume"),
            ("1029", "Job is already in queue", "refused"),
            ("", "no code at all", "unknown"),
        ];
        for (code, message, expected) in texts {
            assert_eq!(class(&Failure::of(code, message)), expected, "{message}");
        }
    }

    #[test]
    fn a_message_keeps_the_field_and_drops_the_person() {
        let cases = [
            (
                "Invalid value for field 'age' and value 'o'Brien'",
                "Invalid value for field 'age' and value '…'",
            ),
            ("Lead ann@example.com not\u{0} found\n", "Lead … not found"),
        ];
        for (text, expected) in cases {
            let Failure::Refused { message, .. } = Failure::of("1001", text) else {
                panic!("{text}")
            };
            assert_eq!(message, expected);
        }
        assert_eq!(
            super::bounded(&"x".repeat(9_000)).len(),
            300,
            "a message has an end"
        );
    }

    #[test]
    fn a_person_is_told_what_to_do() {
        let cases = [
            (
                Failure::NotSent("no such host".into()),
                Code::ServiceUnreachable,
                true,
            ),
            (Failure::Token, Code::CredentialsRefused, true),
            (Failure::of("606", ""), Code::ServiceBusy, true),
            (Failure::of("607", ""), Code::QuotaSpent, true),
            (Failure::of("713", ""), Code::ServiceBusy, true),
            (Failure::of("611", ""), Code::ServiceReply, true),
            (Failure::TooMany, Code::DedupeFieldNotUnique, false),
            (
                Failure::of("603", "Access denied"),
                Code::PermissionMissing,
                false,
            ),
            (Failure::Credentials, Code::CredentialsRefused, false),
            (Failure::of("1011", "no"), Code::DedupeField, false),
            (Failure::of("1013", "no"), Code::ListNotFound, false),
            (Failure::unsendable("a comma"), Code::Internal, false),
        ];
        for (failure, code, retryable) in cases {
            let problem = failure.problem();
            assert_eq!(
                (problem.code, problem.retryable),
                (code, retryable),
                "{failure}"
            );
            assert!(
                problem.message.ends_with('.') && problem.hint.ends_with('.'),
                "{problem}"
            );
        }
    }
}
