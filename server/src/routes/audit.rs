//! The audit log: what browsers report, what admins and auditors read, alerts.

mod export;

use std::collections::BTreeSet;

use domain::api::audit::{AcknowledgeAlert, Alerts, AuditEvents, EventPage, ReportEvents, Taken};
use domain::api::{Code, Problem};
use domain::audit::suspicion::Alert;
use domain::audit::{Action, Entry, Filter, FilterError, MOST_ON_A_PAGE, MOST_REPORTS, Report};

use super::asked::{Asked, Reply};
use crate::problem::wait;
use crate::store::ByPerson;

pub use export::{csv, export, json_lines};

/// How many events a page has when nobody says.
const USUAL_PAGE: u64 = 50;

/// How many alerts are listed.
const MOST_ALERTS: u64 = 200;

/// Events that fit, the newest first.
pub async fn events(asked: Asked<AuditEvents>) -> Result<Reply<EventPage>, Problem> {
    let filter = Filter::read(|name| asked.text(name)).map_err(unreadable)?;
    let (before, limit) = (asked.number("before")?, asked.number("limit")?);
    let limit = if limit == 0 { USUAL_PAGE } else { limit.min(MOST_ON_A_PAGE) };
    let store = &asked.state.store;
    let mut events = store.events(&filter, (before > 0).then_some(before), limit + 1).await?;
    let full = u64::try_from(events.len()).is_ok_and(|count| count > limit);
    if full {
        events.pop();
    }
    let older = events.last().map(|event| event.seq).filter(|_| full);
    let (total, chain) = (store.count_events(&filter).await?, store.chain().await?);
    Ok(EventPage { events, older, total, chain }.into())
}

/// Names the parameter that can't be read.
fn unreadable(error: FilterError) -> Problem {
    let wanted = format!("It must be {}.", error.wanted);
    Problem::new(Code::InvalidFields).with_error(error.parameter, wanted)
}

/// Takes what a browser reports. Who, from where, when and in which request are this server's to say.
pub async fn report(asked: Asked<ReportEvents>) -> Result<Reply<Taken>, Problem> {
    let (state, who) = (&asked.state, asked.who()?);
    state.limiter.count_reports(&who.person.id).map_err(wait)?;
    let reports = &asked.body.reports;
    if !(1..=MOST_REPORTS).contains(&reports.len()) {
        let problem = Problem::new(Code::InvalidFields);
        return Err(problem.with_error("reports", format!("There must be 1 to {MOST_REPORTS} reports.")));
    }
    if let Some(fault) = reports.iter().find_map(|report| report.check().err()) {
        return Err(
            Problem::new(Code::InvalidFields).with_error("reports", format!("A report can't be taken: {fault}."))
        );
    }
    // Whoever reports about a tenant that is not theirs learns nothing and leaves nothing.
    for tenant in reports.iter().filter_map(|report| report.tenant.as_ref()).collect::<BTreeSet<_>>() {
        state.tenant(&who.person, Some(tenant)).await?;
    }
    let entries: Vec<Entry> = reports.iter().map(|report| entry(&asked, report)).collect::<Result<_, _>>()?;
    let taken = state.store.record_reports(&entries).await?;
    Ok(Taken { taken }.into())
}

fn entry(asked: &Asked<ReportEvents>, report: &Report) -> Result<Entry, Problem> {
    let person = &asked.who()?.person;
    let mut entry = report.clone().into_entry(asked.state.clock.now()).by(person);
    entry.tenant.get_or_insert_with(|| person.tenant.clone());
    entry.address = asked.browser.address.to_string();
    entry.request.clone_from(&asked.browser.request);
    Ok(entry)
}

/// The alerts.
pub async fn alerts(asked: Asked<Alerts>) -> Result<Reply<Vec<Alert>>, Problem> {
    Ok(asked.state.store.alerts(MOST_ALERTS).await?.into())
}

/// Notes that an admin has seen one.
pub async fn acknowledge(asked: Asked<AcknowledgeAlert>) -> Result<Reply<Alert>, Problem> {
    let note = asked.entry(Action::AlertAcknowledged);
    let alert = asked.state.store.acknowledge_alert(&asked.endpoint.id, &note).await?;
    Ok(alert.ok_or_else(|| Problem::new(Code::NotFound))?.into())
}
