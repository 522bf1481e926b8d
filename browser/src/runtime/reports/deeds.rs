//! What is done with worker tokens, and with the vault's key.

use std::rc::Rc;

use domain::audit::{Action, Label, Outcome, Reason, Report, deed};
use domain::connection::Connection;
use domain::id::{ConnectionId, ReportId, TenantId};
use domain::keeper::{Command, Event, Input};
use domain::vault::Cleared;

use crate::clock;
use crate::runtime::Inner;

impl Inner {
    /// Tells what an input says of a worker token, before the keeper hears of it.
    pub(in crate::runtime) fn report_input(self: &Rc<Self>, input: &Input) {
        match input {
            Input::Event(event) => self.report_event(event),
            Input::Command(Command::Conceal) => drop(self.reports.shown.take()),
            // What waits is told while there is a session to tell it in.
            Input::Command(Command::SignOut) => self.part_with_reports(),
            Input::Command(_) => {}
        }
    }

    fn report_event(self: &Rc<Self>, event: &Event) {
        let Some(deed) = deed::told_by(event) else { return };
        if deed.action == Action::TokenShown {
            // A text that stays on the page while its token is renewed was shown once.
            let last = self.reports.shown.replace(Some(deed.connection.clone()));
            if last.as_ref() == Some(&deed.connection) {
                return;
            }
        }
        self.report(self.token_report(deed.action, &deed.connection, deed.failed));
    }

    /// What a renewal that begins tells of the token before: that it is over, once for each generation.
    pub(in crate::runtime) fn expiry(&self, id: &ConnectionId) -> Option<(u64, Report)> {
        let generation = deed::expired(id, &self.shown.borrow(), self.now())?;
        let is_told = self.reports.expired.borrow().get(id) == Some(&generation);
        (!is_told).then(|| (generation, self.token_report(Action::TokenExpired, id, None)))
    }

    /// That was told.
    pub(in crate::runtime) fn told_of_expiry(&self, id: &ConnectionId, generation: u64) {
        self.reports.expired.borrow_mut().insert(id.clone(), generation);
    }

    /// What was done with the token of a connection that is shown; `failed` is why it did not succeed.
    pub(in crate::runtime) fn token_report(
        &self,
        action: Action,
        id: &ConnectionId,
        failed: Option<&'static str>,
    ) -> Report {
        let connection = {
            let view = self.shown.borrow();
            view.connections.iter().find(|shown| shown.connection.id == *id).map(|shown| shown.connection.clone())
        };
        let report = match connection {
            Some(connection) => self.about_connection(action, &connection),
            None => Report { connection: Some(id.clone()), ..self.about_tenant(action) },
        };
        not_done(report, Outcome::Failed, failed)
    }

    /// Tells what was done with the vault's key; `refused` is why it was not.
    pub(in crate::runtime) fn report_vault(self: &Rc<Self>, action: Action, refused: Option<&'static str>) {
        self.report(not_done(self.about_tenant(action), Outcome::Refused, refused));
    }

    /// Tells that a person chose a tenant to work in; the page is loaded anew now.
    pub(in crate::runtime) fn report_choice(self: &Rc<Self>, tenant: TenantId) {
        self.report(Report { tenant: Some(tenant), ..self.about_tenant(Action::TenantChosen) });
    }

    /// A clearing begins. Should the page go away before it is over, that is what is told of it.
    pub(in crate::runtime) fn report_clearing(&self) {
        let report = self.about_tenant(Action::VaultCleared);
        self.reports.cut.replace(Some(not_done(report, Outcome::Failed, Some("page_left"))));
    }

    /// Tells at once how a clearing ended: nothing of this browser's is left that could tell it later.
    pub(in crate::runtime) fn report_cleared(self: &Rc<Self>, cleared: &Cleared) {
        self.reports.cut.take();
        let left = (!cleared.is_whole()).then_some("something_left");
        self.report(not_done(self.about_tenant(Action::VaultCleared), Outcome::Failed, left));
        self.part_with_reports();
    }

    /// What was done with a connection, by its name.
    pub(in crate::runtime) fn about_connection(&self, action: Action, connection: &Connection) -> Report {
        let mut report = self.about_tenant(action);
        report.provider = Some(connection.provider.clone());
        report.connection = Some(connection.id.clone());
        report.label = Label::of(&connection.name);
        report.presentable()
    }

    pub(in crate::runtime) fn about_tenant(&self, action: Action) -> Report {
        let mut report = Report::new(ReportId::from_random(clock::random()), self.now(), action);
        report.tenant = self.tenant();
        report
    }
}

fn not_done(report: Report, outcome: Outcome, why: Option<&'static str>) -> Report {
    match why {
        Some(why) => Report { outcome, reason: Reason::parse(why).ok(), ..report },
        None => report,
    }
}
