use crate::api::{Code, Problem};
use crate::time::Span;

/// What a failed call means for what is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The thing asked for by its identifier is not there.
    Absent,
    /// This very request was refused: its filter, or one of its values.
    Unfit,
    /// Too many calls; wait so long.
    Throttled(Span),
    /// The network or our server is away.
    Offline,
    /// The provider is away, or met a fault; a later try may do.
    Passing,
    /// Every such call is refused until a person does something: a role, a token, a sign-in.
    Barred,
}

/// How long to wait when a refusal for too many calls does not say.
const WAIT: Span = Span::from_seconds(10);

/// The longest wait obeyed at once; a longer one is asked about again.
const LONGEST_WAIT: u64 = 3_600;

impl Trouble {
    /// What a problem means. The provider's own status decides where it gave one; so a 401, a 403 or a 429 never counts as
    /// "not found".
    pub fn of(problem: &Problem) -> Self {
        let status = problem.upstream.as_ref().and_then(|upstream| upstream.status);
        match (status, problem.code) {
            (Some(429), _) | (_, Code::UpstreamThrottled | Code::TooManyRequests) => {
                let wait = problem.retry_after.map(|seconds| Span::from_seconds(seconds.clamp(1, LONGEST_WAIT)));
                Self::Throttled(wait.unwrap_or(WAIT))
            }
            (Some(401 | 403), _) => Self::Barred,
            (Some(404), _) => Self::Absent,
            (Some(400 | 413 | 414 | 422 | 431), _) => Self::Unfit,
            (Some(500..), _) => Self::Passing,
            (None, Code::InvalidApiPath) => Self::Unfit,
            (_, Code::Unreachable) => Self::Offline,
            (_, Code::UpstreamUnavailable | Code::UpstreamTimeout | Code::UpstreamUnreadable) => Self::Passing,
            (_, Code::UpstreamPaused | Code::TooManyStreams) => Self::Passing,
            (_, Code::Unavailable | Code::Internal | Code::StillRunning | Code::UnreadableAnswer) => Self::Passing,
            _ => Self::Barred,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::UpstreamError;

    fn refused(status: u16, code: Code) -> Problem {
        let upstream = UpstreamError {
            host: "api.pingone.eu".to_owned(),
            status: Some(status),
            error: None,
            error_description: None,
            took_ms: 1,
            tries: 1,
        };
        Problem::new(code).with_upstream(upstream)
    }

    #[test]
    fn only_a_404_means_that_something_is_not_there() {
        for (status, expected) in [
            (404, Trouble::Absent),
            (401, Trouble::Barred),
            (403, Trouble::Barred),
            (429, Trouble::Throttled(WAIT)),
            (400, Trouble::Unfit),
            (500, Trouble::Passing),
            (503, Trouble::Passing),
            (418, Trouble::Barred),
        ] {
            assert_eq!(Trouble::of(&refused(status, Code::UpstreamRefused)), expected, "{status}");
        }
    }

    #[test]
    fn our_own_servers_404_is_no_missing_user() {
        assert_eq!(Trouble::of(&Problem::new(Code::NotFound)), Trouble::Barred);
    }

    #[test]
    fn a_wait_is_obeyed_within_reason() {
        let wait = |seconds| Trouble::of(&Problem::new(Code::TooManyRequests).with_retry_after(seconds));
        assert_eq!(wait(7), Trouble::Throttled(Span::from_seconds(7)));
        assert_eq!(wait(0), Trouble::Throttled(Span::from_seconds(1)));
        assert_eq!(wait(u64::MAX), Trouble::Throttled(Span::from_seconds(3_600)));
    }

    #[test]
    fn without_network_it_is_neither_refused_nor_absent() {
        assert_eq!(Trouble::of(&Problem::new(Code::Unreachable)), Trouble::Offline);
    }

    #[test]
    fn every_code_means_something_and_none_but_a_providers_404_means_absent() {
        for code in Code::ALL {
            assert_ne!(Trouble::of(&Problem::new(*code)), Trouble::Absent, "{code:?}");
        }
    }
}
