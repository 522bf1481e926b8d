//! The page is left: it may be gone with the next breath, or stand still in the back-forward cache for hours. Either way a
//! transaction it has open waits for answers nobody gives, and whoever comes after waits for the transaction.
//!
//! So nothing is begun from that moment on, what has not asked for its last write is undone, what has may end, and the
//! databases are closed. Whatever was on the way waits here until the page is back, and is then begun anew.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};

use super::connection::Connection;

#[derive(Default)]
struct Page {
    is_left: Cell<bool>,
    /// How often it was left.
    leavings: Cell<u32>,
    waiting: RefCell<Vec<Waker>>,
    connections: RefCell<Vec<Weak<Connection>>>,
}

thread_local! {
    static PAGE: Page = Page::default();
}

/// The page is left.
pub fn leave() {
    PAGE.with(|page| {
        page.is_left.set(true);
        page.leavings.set(page.leavings.get() + 1);
        for connection in page.connections.take().iter().filter_map(Weak::upgrade) {
            connection.leave();
        }
    });
}

/// The page is back.
pub fn back() {
    PAGE.with(|page| {
        page.is_left.set(false);
        page.waiting.take().into_iter().for_each(Waker::wake);
    });
}

/// How often the page was left so far.
pub fn leavings() -> u32 {
    PAGE.with(|page| page.leavings.get())
}

/// Waits while the page is left.
pub async fn here() {
    poll_fn(|context| {
        PAGE.with(|page| {
            if !page.is_left.get() {
                return Poll::Ready(());
            }
            page.waiting.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
    })
    .await;
}

/// A connection to be closed when the page is left.
pub fn closes(connection: &Rc<Connection>) {
    PAGE.with(|page| {
        let mut connections = page.connections.borrow_mut();
        connections.retain(|known| known.strong_count() > 0);
        connections.push(Rc::downgrade(connection));
    });
}
