//! What a worker token is, and where its credentials come from.

use domain::time::{Span, words};
use leptos::prelude::*;

use super::form::Shape;
use crate::Ports;

/// Two panels to read: open for someone who has no connection yet, closed for everyone else.
pub(super) fn guide(shape: Memo<Shape>) -> AnyView {
    let view = expect_context::<Ports>().desk.view;
    let new_here = view.with_untracked(|view| view.connections.is_empty());
    let renewal = move || view.with(|view| renewal(&view.settings));
    let steps = move || match shape.get() {
        Shape::OAuth => oauth_steps(),
        Shape::Sandbox => sandbox_steps(),
        Shape::PingOne | Shape::Unknown => pingone_steps(),
    };
    view! {
        <details class="guide info" open=new_here>
            <summary>"What is a Worker Token?"</summary>
            <p>
                "A token an application gets for itself, without a person signing in (the OAuth 2.0 client-credentials grant). It opens the provider's management API to scripts, jobs and pages like these."
            </p>
            <ul>
                <li>"It needs a worker application with roles, such as Identity Data Read Only or Environment Admin."</li>
                <li>"PingOne's tokens are valid for one hour; other providers say how long."</li>
                <li>{renewal}</li>
            </ul>
        </details>
        <details class="guide steps" open=new_here>
            <summary>"How to get credentials"</summary>
            {steps}
        </details>
    }
    .into_any()
}

fn renewal(settings: &domain::settings::WorkerTokenSettings) -> String {
    if !settings.auto_renewal {
        return "Auto-renewal is off: when the token ends, the next one comes when something needs it.".to_owned();
    }
    let ahead = words::span(settings.policy().margin(Span::from_seconds(3_600), Span::ZERO));
    format!("Auto-renewal is on: a token of one hour is renewed {ahead} before it ends.")
}

fn pingone_steps() -> AnyView {
    view! {
        <ol>
            <li>"In the PingOne console, open Connections, then Applications."</li>
            <li>"Choose a worker application, or create one, and switch it on."</li>
            <li>"Copy its Environment ID, Client ID and Client Secret into this form."</li>
            <li>"On its Roles tab, give it the roles it needs. Worker apps use roles, not scopes."</li>
            <li>"Choose the same authentication method here as in the application. If the provider says that client authentication failed, that is the first thing to compare."</li>
        </ol>
    }
    .into_any()
}

fn oauth_steps() -> AnyView {
    view! {
        <ol>
            <li>"At the provider, register a client that may use the client-credentials grant."</li>
            <li>"Copy its Client ID and secret, or its private key, into this form."</li>
            <li>"Choose the same authentication method here as is registered there."</li>
        </ol>
    }
    .into_any()
}

fn sandbox_steps() -> AnyView {
    view! {
        <ol>
            <li>"Press Make a demo client: the sandbox registers one, and the fields are filled in."</li>
            <li>"Press Generate token."</li>
        </ol>
    }
    .into_any()
}
