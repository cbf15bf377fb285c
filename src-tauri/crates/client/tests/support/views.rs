//! A window that keeps every view it was shown.

use cpis_client::Window;
use cpis_client::view::View;
use tokio::sync::watch;

/// All views of one program, oldest first.
pub struct Views(watch::Sender<Vec<View>>);

impl Views {
    pub fn new() -> Self {
        Self(watch::Sender::new(Vec::new()))
    }

    pub fn all(&self) -> Vec<View> {
        self.0.borrow().clone()
    }

    pub fn last(&self) -> View {
        self.0.borrow().last().unwrap().clone()
    }

    /// Waits until the newest view is as wanted.
    pub async fn until(&self, wanted: impl Fn(&View) -> bool) -> View {
        let mut views = self.0.subscribe();
        let found = views.wait_for(|views| views.last().is_some_and(&wanted));
        match tokio::time::timeout(super::PATIENCE, found).await {
            Ok(views) => views.unwrap().last().unwrap().clone(),
            Err(_) => panic!("waited for another view than {:?}", self.last()),
        }
    }
}

impl Window for Views {
    fn show(&self, view: &View) {
        self.0.send_modify(|views| views.push(view.clone()));
    }
}
