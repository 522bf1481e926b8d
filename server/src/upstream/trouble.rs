//! Why no answer came.

use domain::api::Code;

use crate::upstream::guard::{Refusal, Unresolved};

/// Why no answer came. Its words are our own: the HTTP client's could repeat what a server sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// The guard refused the URL.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The guard refused the addresses of the name, or there are none.
    #[error(transparent)]
    Unresolved(#[from] Unresolved),
    /// No connection could be made.
    #[error("no connection could be made")]
    Connect,
    /// The certificate was refused, or the two ends could not agree on TLS.
    #[error("its certificate or its TLS was not accepted")]
    Tls,
    /// The connection ended before the answer did.
    #[error("the connection ended before the answer did")]
    Dropped,
    /// No whole answer in time.
    #[error("the whole answer did not come in time")]
    Timeout,
    /// What came back is not HTTP.
    #[error("what came back is not HTTP")]
    NotHttp,
}

impl Trouble {
    /// The kind of problem this is.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Refused(Refusal::Loopback(_) | Refusal::Ambiguous)
            | Self::Unresolved(Unresolved::Reserved { .. }) => Code::EgressRefused,
            Self::Timeout => Code::UpstreamTimeout,
            _ => Code::UpstreamUnavailable,
        }
    }

    /// Whether another try may do better.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Connect | Self::Dropped | Self::Timeout | Self::Unresolved(Unresolved::NotFound(_)) => true,
            Self::Refused(_) | Self::Unresolved(Unresolved::Reserved { .. }) | Self::Tls | Self::NotHttp => false,
        }
    }

    /// Whether nothing of the request can have reached the provider.
    pub(crate) fn was_before_sending(&self) -> bool {
        matches!(self, Self::Connect | Self::Tls | Self::Refused(_) | Self::Unresolved(_))
    }

    /// What to do next, for a person.
    pub(crate) fn advice(&self) -> &'static str {
        match self {
            Self::Refused(Refusal::NoRoots) => "Install the ca-certificates package there and start the server again.",
            Self::Refused(_) => {
                "Only exact loopback origins from the server's settings may be asked on its own machine."
            }
            Self::Unresolved(Unresolved::Reserved { .. }) => {
                "Only public addresses are asked. An operator can allow exact loopback origins in the settings."
            }
            Self::Unresolved(Unresolved::NotFound(_)) => "Check the region or the custom domain for a typing mistake.",
            Self::Tls => "Check that the address is right; a network in between may have put in its own certificate.",
            Self::NotHttp => "Check the address and its port.",
            Self::Connect | Self::Dropped | Self::Timeout => {
                "It is tried again by itself. The token you have stays as it is."
            }
        }
    }
}
