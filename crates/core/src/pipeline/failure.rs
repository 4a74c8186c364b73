//! How a call ends without an answer to judge.

use std::time::Duration;

use crate::{
    clock::millis,
    error::{Error, ErrorKind, Inner, name},
    transport::TransportError,
};

pub(super) fn too_far(wait: Duration) -> Error {
    exhausted(&words!["its turn at the rate limit is ", millis(wait), " ms away"])
}

pub(super) fn exhausted(why: &str) -> Error {
    Inner::new(ErrorKind::BudgetExhausted, name::BUDGET, words!["The call's deadline ended: ", why]).into()
}

/// Why a single sending gave no answer to judge.
pub(super) enum SendError {
    Transport(TransportError),
    Redirect(Error),
    Deadline(Error),
}

impl SendError {
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Transport(error) => Inner::from(error).into(),
            Self::Redirect(error) | Self::Deadline(error) => error,
        }
    }
}
