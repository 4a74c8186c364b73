//! What a client meets when it has sent a request.

use std::time::Duration;

use bytes::Bytes;
use http::Response;

/// The server's whole reaction to one request.
#[derive(Debug)]
pub struct Outcome {
    /// How long the server takes before it reacts.
    pub delay: Duration,
    /// What it then does.
    pub reply: Reply,
}

/// What happens on the wire.
///
/// Over TCP each variant is acted out; a transport in process translates it into the error that its caller would get.
#[derive(Debug)]
pub enum Reply {
    /// An answer, whole; the connection can be used again.
    Answer(Response<Bytes>),
    /// An answer, whole, after which the server closes the connection without having said so (no `Connection: close`).
    AnswerThenClose(Response<Bytes>),
    /// The head and this many bytes of the body arrive, then the connection ends in good order (FIN).
    Truncate(Response<Bytes>, usize),
    /// The head and this many bytes of the body arrive, then the connection is reset (RST).
    ResetDuring(Response<Bytes>, usize),
    /// The connection is reset before any byte of an answer.
    Reset,
    /// No connection comes about. Over TCP the connection exists already, so this is a reset; see [`crate::script::ScriptServer::refused_url`].
    Refuse,
    /// Nothing, ever.
    Hang,
}

impl Outcome {
    /// A reaction without delay.
    pub fn now(reply: Reply) -> Self {
        Self { delay: Duration::ZERO, reply }
    }

    /// An answer without delay.
    pub fn answer(response: Response<Bytes>) -> Self {
        Self::now(Reply::Answer(response))
    }
}

impl Reply {
    /// The answer that was on its way, whole or not.
    pub fn response(&self) -> Option<&Response<Bytes>> {
        match self {
            Self::Answer(r) | Self::AnswerThenClose(r) | Self::Truncate(r, _) | Self::ResetDuring(r, _) => {
                Some(r)
            }
            Self::Reset | Self::Refuse | Self::Hang => None,
        }
    }
}
