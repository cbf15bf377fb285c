//! A window that keeps every view it was shown.

use cpis_client::view::View;
use cpis_client::{Notification, Window};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// All views of one program, oldest first.
pub struct Views {
    views: watch::Sender<Vec<View>>,
    closed: AtomicBool,
    printed: AtomicUsize,
    notified: Mutex<Vec<Notification>>,
}

impl Views {
    pub fn new() -> Self {
        Self {
            views: watch::Sender::new(Vec::new()),
            closed: AtomicBool::new(false),
            printed: AtomicUsize::new(0),
            notified: Mutex::default(),
        }
    }

    pub fn all(&self) -> Vec<View> {
        self.views.borrow().clone()
    }

    pub fn last(&self) -> View {
        self.views.borrow().last().unwrap().clone()
    }

    /// Whether the program has closed the window.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// How often the program has had the page printed.
    pub fn printed(&self) -> usize {
        self.printed.load(Ordering::Relaxed)
    }

    /// What the person was told while the window was not in front, oldest first.
    pub fn notified(&self) -> Vec<Notification> {
        self.notified.lock().unwrap().clone()
    }

    /// Waits until the newest view is as wanted.
    pub async fn until(&self, wanted: impl Fn(&View) -> bool) -> View {
        self.until_within(super::PATIENCE, wanted).await
    }

    /// Waits for a view as wanted, from this revision on; newer ones may have come since.
    pub async fn first_since(&self, revision: u64, wanted: impl Fn(&View) -> bool) -> View {
        let mut views = self.views.subscribe();
        let find = |views: &Vec<View>| {
            let mut since = views.iter().filter(|view| view.revision >= revision);
            since.find(|view| wanted(view)).cloned()
        };
        let found = views.wait_for(|views| find(views).is_some());
        match tokio::time::timeout(super::PATIENCE, found).await {
            Ok(views) => find(&views.unwrap()).unwrap(),
            Err(_) => panic!("waited for another view than {:?}", self.last()),
        }
    }

    /// The same as [`Views::until`], with a patience of its own.
    pub async fn until_within(&self, patience: Duration, wanted: impl Fn(&View) -> bool) -> View {
        let mut views = self.views.subscribe();
        let found = views.wait_for(|views| views.last().is_some_and(&wanted));
        match tokio::time::timeout(patience, found).await {
            Ok(views) => views.unwrap().last().unwrap().clone(),
            Err(_) => panic!("waited for another view than {:?}", self.last()),
        }
    }
}

impl Window for Views {
    fn show(&self, view: &View) {
        self.views.send_modify(|views| views.push(view.clone()));
    }

    fn print(&self) {
        self.printed.fetch_add(1, Ordering::Relaxed);
    }

    fn notify(&self, notification: Notification) {
        self.notified.lock().unwrap().push(notification);
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }
}
