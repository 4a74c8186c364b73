//! [`ErrorCode`] of an error.

use logto_management_core::Error;

use crate::ErrorCode;

impl ErrorCode {
    /// The code that Logto gave the error; none where the error is not Logto's (no connection, a wrong set-up), or says no code
    /// (a proxy's answer, a path that the server does not know).
    ///
    /// ```
    /// use logto_management_operations::ErrorCode;
    ///
    /// fn taken(error: &logto_management_core::Error) -> bool {
    ///     matches!(ErrorCode::of(error), Some(ErrorCode::UserUsernameAlreadyInUse | ErrorCode::UserEmailAlreadyInUse))
    /// }
    ///
    /// assert_eq!(ErrorCode::from("user.username_already_in_use"), ErrorCode::UserUsernameAlreadyInUse);
    /// assert_eq!(ErrorCode::from("moon.full"), ErrorCode::Other("moon.full".to_owned()));
    /// ```
    #[must_use]
    pub fn of(error: &Error) -> Option<Self> {
        error.code().map(Self::from)
    }
}
