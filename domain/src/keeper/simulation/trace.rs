//! Inputs and effects in few words, so that a trace can be read.

use crate::keeper::{Command, Effect, Event, Failure, Held, Input, Intent, News, Remedy};

pub(super) fn input(input: &Input) -> String {
    match input {
        Input::Command(Command::Need { connection, waiter }) => format!("Need {connection} by {}", waiter.0),
        Input::Command(command) => format!("{command:?}"),
        Input::Event(event) => self::event(event),
    }
}

pub(super) fn effects(effects: &[Effect]) -> String {
    effects.iter().map(effect).collect::<Vec<_>>().join(", ")
}

fn event(event: &Event) -> String {
    match event {
        Event::Opened { epoch, held, .. } => {
            let held: Vec<String> = held.iter().map(|held| self::held(Some(held))).collect();
            format!("Opened in epoch {epoch}: {}", held.join("; "))
        }
        Event::Looked { epoch, held } => {
            let held: Vec<String> = held.iter().map(|held| self::held(Some(held))).collect();
            format!("Looked in epoch {epoch}: {}", held.join("; "))
        }
        Event::Read { connection, held } => format!("Read {connection}: {}", self::held(held.as_ref())),
        Event::Locked { connection, held, epoch } => {
            format!("Locked {connection} in epoch {epoch}: {}", self::held(held.as_ref()))
        }
        Event::IntentWritten(_, id) => format!("IntentWritten {}", short(id.as_str())),
        Event::Answered { intent, answer: Ok(answer), .. } => {
            format!("Answered {}: token no. {}", short(intent.as_str()), answer.access_token.expose())
        }
        Event::Answered { intent, answer: Err(problem), .. } => {
            format!("Answered {}: {:?}", short(intent.as_str()), problem.code)
        }
        Event::Heard(news) => format!("Heard {}", self::news(news)),
        other => format!("{other:?}"),
    }
}

fn effect(effect: &Effect) -> String {
    match effect {
        Effect::WriteIntent(_, intent) => format!("WriteIntent {}", self::intent(intent)),
        Effect::Ask { connection, intent } => format!("Ask for {} under {}", connection.id, self::intent(intent)),
        Effect::Commit { token, .. } => {
            let facts = &token.facts;
            let (generation, until) = (facts.generation, facts.expires_at.millis());
            format!("Commit no. {} as generation {generation} until {until}", token.access_token.expose())
        }
        Effect::Release { waiter, outcome: Ok(generation) } => format!("Release {} with {generation}", waiter.0),
        Effect::Release { waiter, outcome: Err(failure) } => {
            format!("Release {}: {}", waiter.0, self::failure(failure))
        }
        Effect::Tell(news) => format!("Tell {}", self::news(news)),
        other => format!("{other:?}"),
    }
}

fn news(news: &News) -> String {
    match news {
        News::Failed { connection, failure } => format!("{connection} failed: {}", self::failure(failure)),
        other => format!("{other:?}"),
    }
}

fn held(held: Option<&Held>) -> String {
    let Some(held) = held else { return "gone".to_owned() };
    let token = held.token.as_ref().map_or("no token".to_owned(), |token| {
        format!("generation {} until {}", token.generation, token.expires_at.millis())
    });
    held.intent.as_ref().map_or(token.clone(), |intent| format!("{token}, intent {}", self::intent(intent)))
}

fn intent(intent: &Intent) -> String {
    let Intent { id, generation, started_at, failure, .. } = intent;
    let failed = failure.as_ref().map(self::failure).unwrap_or_default();
    format!("{} for {generation} since {} {failed}", short(id.as_str()), started_at.millis())
}

fn failure(failure: &Failure) -> String {
    let next = match &failure.remedy {
        Remedy::Retry { at, attempt } => format!("try {attempt} at {}", at.millis()),
        other => format!("{other:?}"),
    };
    format!("{:?}, {next}", failure.problem.code)
}

fn short(id: &str) -> &str {
    id.get(..6).unwrap_or(id)
}
