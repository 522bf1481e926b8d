//! A user with all that belongs to them, each part asked for on its own.

use domain::api::{Code, Problem};
use domain::management::users::{Assignment, Consent, Device, Group, Named, Part, Profile, User};
use domain::management::{Page, Route};
use serde::de::DeserializeOwned;

use crate::gateway::{Gateway, Remote};

/// The most entries of one list; who has more sees that there are.
const MOST: usize = 1_000;

/// The most of one page.
const PAGE: &str = "200";

/// A list of what belongs to a user.
#[derive(Clone, Debug)]
pub(super) struct Listed<T> {
    /// The entries.
    pub(super) items: Vec<T>,
    /// How many could not be read.
    pub(super) unread: usize,
    /// Whether there are more than these.
    pub(super) more: bool,
}

/// Roles, with their names as far as they could be had.
#[derive(Clone, Debug)]
pub(super) struct Roles {
    pub(super) given: Listed<Assignment>,
    pub(super) names: Vec<Named>,
}

/// All parts of one user.
#[derive(Clone, Copy)]
pub(super) struct Loaded {
    pub(super) user: Remote<User>,
    pub(super) population: Remote<Named>,
    pub(super) groups: Remote<Listed<Group>>,
    pub(super) roles: Remote<Roles>,
    pub(super) mfa: Remote<bool>,
    pub(super) devices: Remote<Listed<Device>>,
    pub(super) consents: Remote<Listed<Consent>>,
}

impl Loaded {
    /// Asks for all parts at once; that of the population follows when it is known which.
    pub(super) fn of(gateway: &Gateway, id: &str) -> Self {
        let loaded = Self {
            user: Remote::new(),
            population: Remote::new(),
            groups: Remote::new(),
            roles: Remote::new(),
            mfa: Remote::new(),
            devices: Remote::new(),
            consents: Remote::new(),
        };
        let place = Place { gateway: gateway.clone(), id: id.to_owned() };
        let at = place.clone();
        loaded.user.ask(move || at.clone().user());
        let at = place.clone();
        loaded.groups.ask(move || at.clone().list("memberOfGroups", "groupMemberships"));
        let at = place.clone();
        loaded.roles.ask(move || at.clone().roles());
        let at = place.clone();
        loaded.mfa.ask(move || at.clone().mfa());
        let at = place.clone();
        loaded.devices.ask(move || at.clone().list("devices", "devices"));
        let at = place;
        loaded.consents.ask(move || at.clone().list("consents", "consents"));
        loaded
    }

    /// Asks for the population of the user, once that is there.
    pub(super) fn ask_population(self, gateway: &Gateway) {
        let Some(id) = self.user.ready().and_then(|user| user.population_id.clone()) else { return };
        let gateway = gateway.clone();
        self.population.ask(move || {
            let (gateway, id) = (gateway.clone(), id.clone());
            async move {
                let route = Route::of(&["environments", gateway.environment(), "populations", &id]);
                readable(gateway.get(route).await?)
            }
        });
    }

    /// What is there of it for a comparison; `None` before the user is there.
    pub(super) fn profile(self) -> Option<Profile> {
        let user = self.user.ready()?;
        Some(Profile {
            population: part(self.population, Named::clone),
            groups: part(self.groups, |listed| listed.items.clone()),
            roles: part(self.roles, |roles| roles.given.items.clone()),
            role_names: self.roles.ready().map(|roles| roles.names.clone()).unwrap_or_default(),
            mfa: part(self.mfa, |on| *on),
            devices: part(self.devices, |listed| listed.items.clone()),
            consents: part(self.consents, |listed| listed.items.clone()),
            user: user.as_ref().clone(),
        })
    }
}

fn part<T: Send + Sync, P>(remote: Remote<T>, of: impl Fn(&T) -> P) -> Part<P> {
    match (remote.ready(), remote.problem()) {
        (Some(value), _) => Part::Known(of(&value)),
        (None, Some(_)) => Part::Refused,
        (None, None) => Part::Awaited,
    }
}

/// Where a user is.
#[derive(Clone)]
struct Place {
    gateway: Gateway,
    id: String,
}

impl Place {
    fn route(&self, part: &[&str]) -> Route {
        let own = ["environments", self.gateway.environment(), "users", &self.id];
        Route::of(&[&own, part].concat())
    }

    async fn user(self) -> Result<User, Problem> {
        readable(self.gateway.get(self.route(&[])).await?)
    }

    async fn mfa(self) -> Result<bool, Problem> {
        let answer = self.gateway.get(self.route(&["mfaEnabled"])).await?;
        answer.get("mfaEnabled").and_then(serde_json::Value::as_bool).ok_or_else(unreadable)
    }

    async fn list<T: DeserializeOwned>(self, part: &'static str, name: &'static str) -> Result<Listed<T>, Problem> {
        let mut answer = self.gateway.get(self.route(&[part]).with("limit", PAGE)).await?;
        let mut listed = Listed { items: Vec::new(), unread: 0, more: false };
        loop {
            let page = Page::<T>::read(&answer, name);
            listed.items.extend(page.items);
            listed.unread += page.unread;
            match page.next {
                None => return Ok(listed),
                Some(_) if listed.items.len() + listed.unread >= MOST => return Ok(Listed { more: true, ..listed }),
                Some(next) => answer = self.gateway.follow(next).await?,
            }
        }
    }

    async fn roles(self) -> Result<Roles, Problem> {
        let gateway = self.gateway.clone();
        let given: Listed<Assignment> = self.list("roleAssignments", "roleAssignments").await?;
        let mut wanted: Vec<&str> = given.items.iter().filter_map(|role| role.role_id.as_deref()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut names = Vec::new();
        for id in wanted {
            // A role whose name is refused is shown by its id.
            let answer = gateway.get(Route::of(&["roles", id])).await;
            names.extend(answer.and_then(readable::<Named>).ok());
        }
        Ok(Roles { given, names })
    }
}

fn readable<T: DeserializeOwned>(answer: serde_json::Value) -> Result<T, Problem> {
    serde_json::from_value(answer).map_err(|_| unreadable())
}

fn unreadable() -> Problem {
    Problem::new(Code::UpstreamUnreadable)
}
