use leptos::prelude::*;

/// The pictures of the house: drawn for it on a 24 px grid with strokes of 1.5 px.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// The life bar itself: the sign of the house.
    Brand,
    /// What expires when.
    Overview,
    /// A worker token.
    Token,
    /// One person.
    Account,
    /// People.
    Users,
    /// A provider.
    Provider,
    /// More of a kind.
    Add,
    /// A copy.
    Copy,
    /// Seen.
    Show,
    /// Not seen.
    Hide,
    /// Renewed.
    Renew,
    /// Changed.
    Edit,
    /// Taken away.
    Remove,
    /// Something to look at.
    Alert,
    /// Closed.
    Close,
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// Checked.
    Check,
    /// How things behave.
    Settings,
    /// Out, as a file.
    Export,
    /// In, from a file.
    Import,
    /// How tokens are doing.
    Monitor,
    /// Pages side by side.
    Tabs,
    /// Somebody looked for.
    Find,
    /// Many at once.
    List,
    /// Figures over time.
    Chart,
    /// What happened.
    Log,
    /// What an organisation may use.
    Licence,
    /// Pages of other sites.
    Globe,
    /// People who write to each other.
    Talk,
    /// What is kept apart from the rest.
    Tenant,
    /// Something that calls for somebody.
    Bell,
    /// What hangs together link by link.
    Chain,
    /// Counts side by side.
    Figures,
    /// The rest.
    More,
    /// A place with devices.
    Site,
    /// A list opens below.
    Down,
    /// Works, as was seen.
    Tested,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Settings => {
                "M4 7h9M17 7h3M15 9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM4 17h3M11 17h9M9 19.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z"
            }
            Self::Export => "M12 4v11M7.500 8.500L12 4l4.500 4.500M4 15v5h16v-5",
            Self::Import => "M12 15V4M7.500 10.500L12 15l4.500-4.500M4 15v5h16v-5",
            Self::Brand => "M3 12h18M3 8v8M15 8v8M9 10v4",
            Self::Overview => "M4 6h9M4 12h16M4 18h6M17 4v4M14 16v4",
            Self::Token => "M14 10a4.5 4.5 0 1 0-3.2 3.2L13 15h2v2h2v2h3v-3zM7.5 8.5h.01",
            Self::Account => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5 20c.6-3.4 3.400-5 7-5s6.400 1.600 7 5",
            Self::Users => {
                "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM3 19c.5-3 2.800-4.500 6-4.500s5.500 1.500 6 4.500M16 4.500a3.500 3.500 0 0 1 0 6.200M17.500 14.800c2 .6 3.200 2 3.500 4.200"
            }
            Self::Provider => "M4 5h16v6H4zM4 13h16v6H4zM8 8h.01M8 16h.01M12 8h4M12 16h4",
            Self::Add => "M12 5v14M5 12h14",
            Self::Copy => "M9 9h10v11H9zM15 9V4H5v11h4",
            Self::Show => {
                "M2.500 12C5 7.500 8.200 5.500 12 5.500s7 2 9.500 6.500c-2.500 4.500-5.700 6.500-9.500 6.500S5 16.500 2.500 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z"
            }
            Self::Hide => {
                "M4 4l16 16M6.500 7.500C5 8.600 3.700 10 2.500 12c2.500 4.500 5.700 6.500 9.500 6.500 1.600 0 3-.3 4.300-1M10 5.700c.7-.1 1.300-.2 2-.2 3.800 0 7 2 9.500 6.500-.7 1.200-1.400 2.200-2.200 3"
            }
            Self::Renew => {
                "M20 11A8 8 0 0 0 5.500 7.200L4 9M4 4.500V9h4.500M4 13a8 8 0 0 0 14.500 3.800L20 15M20 19.500V15h-4.500"
            }
            Self::Edit => "M4 20l1-4L16 5l3 3L8 19zM13.500 7.500l3 3",
            Self::Remove => "M5 7h14M10 7V4.500h4V7M7 7l1 13h8l1-13M10.500 11v5.500M13.500 11v5.500",
            Self::Alert => "M12 4L2.500 20h19zM12 10v4.500M12 17.300h.01",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::System => "M4 5h16v11H4zM9 20h6M12 16v4",
            Self::Light => {
                "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.600 5.600L7 7M17 17l1.400 1.400M18.400 5.600L17 7M7 17l-1.400 1.400"
            }
            Self::Dark => "M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z",
            Self::Monitor => "M3 12h4l2.500-6 4 12 2.500-6h5",
            Self::Tabs => "M4 9h16v11H4zM4 9V4.500h6l2 4.500M11 4.500h5.500l2 4.500",
            Self::Find => "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.500 15.500L20.500 20.500",
            Self::List => "M9 6h11M9 12h11M9 18h11M4.500 6h.01M4.500 12h.01M4.500 18h.01",
            Self::Chart => "M4 20h16M6.500 16v-4M12 16V6M17.500 16v-7",
            Self::Log => "M12 7.500V12l3 2M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17z",
            Self::Licence => "M5 4h14v16H5zM9 9h6M9 13h3M14.500 17l1.500-1.500",
            Self::Globe => {
                "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM3.500 12h17M12 3.500c5 5 5 12 0 17M12 3.500c-5 5-5 12 0 17"
            }
            Self::Talk => "M4 5h16v11h-9l-4.500 4v-4H4zM8 9h8M8 12.500h5",
            Self::Tenant => "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
            Self::Bell => "M6 17v-6a6 6 0 0 1 12 0v6l1.500 1.500h-15zM10 21h4",
            Self::Chain => {
                "M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1"
            }
            Self::Figures => "M5 20v-6M12 20V4M19 20V9",
            Self::Site => {
                "M4 20V6.500L12 3.500V20M12 9.500h8V20M2.500 20h19M8 9h.01M8 12.500h.01M8 16h.01M16 13h.01M16 16.500h.01"
            }
            Self::Down => "M7 10l5 5 5-5",
            Self::Tested => {
                "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM8.500 12.200l2.500 2.500 4.500-5"
            }
            Self::More => "M6 12h.01M12 12h.01M18 12h.01",
            Self::Check => "M5 12.500l4.500 4.500L19 7.500",
        }
    }
}

/// A picture; the words beside it say the same.
pub(crate) fn icon(icon: Icon) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=icon.path() />
        </svg>
    }
    .into_any()
}
