/// Why a file can't be imported, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Nothing in it.
    #[error("The file is empty. Export again, and choose the file that was downloaded.")]
    Empty,
    /// More than is read.
    #[error(
        "The file is larger than 2 MB, so it is no export of connections. Choose the file that was downloaded by Export."
    )]
    TooLarge,
    /// A web page, saved in its place.
    #[error(
        "This is a web page, not an export. The browser saved a page, perhaps the sign-in page, in place of the file. Sign in \
         where the export was made, and export again."
    )]
    WebPage,
    /// Neither JSON nor an encrypted file.
    #[error(
        "This is no export: it is neither JSON nor an encrypted file. Choose the file that was downloaded by Export."
    )]
    NotJson,
    /// It ends before it is over.
    #[error("The file ends too early: only a part of it is there. Copy or download it again, whole.")]
    Half,
    /// Made by a newer version.
    #[error("The file was made by a newer Tokenkeep (format version {0}). Update this server, then import it again.")]
    Newer(u64),
    /// JSON of something else.
    #[error(
        "This JSON is no export of connections. Files from Tokenkeep and from the older worker-token app can be imported."
    )]
    Unknown,
    /// An older file with other flows' credentials only.
    #[error(
        "The file holds credentials of other flows and no worker token. Export the worker token's credentials there."
    )]
    OtherFlows,
    /// A field of it can't be what it is.
    #[error("The file was changed or damaged: {0}. Export again.")]
    Damaged(String),
    /// No connection in it.
    #[error("The file holds no connection.")]
    Nothing,
    /// More connections than one import takes.
    #[error("The file holds more than 500 connections. Export them in smaller parts.")]
    TooMany,
    /// The passphrase does not open it.
    #[error("The passphrase does not open this file. Check it, capitals and blanks included, and try again.")]
    WrongPassphrase,
    /// Encrypted to keys instead of a passphrase.
    #[error("The file is encrypted for a key, not with a passphrase. Export it again with a passphrase.")]
    NoPassphrase,
    /// It asks for more memory than a browser should give.
    #[error("Opening this file would take more memory than is safe here. Export it again from Tokenkeep.")]
    TooHard,
    /// The code that opens encrypted files could not be loaded.
    #[error("The code for encrypted files could not be loaded. Check the network, then try again.")]
    NotLoaded,
}
