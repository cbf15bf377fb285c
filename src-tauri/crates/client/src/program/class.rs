//! Changing between the built-in practice and a class. Each has its own folder, keychain name and
//! queue, and one is stopped before the other starts: what waits in one is sent nowhere else.

use super::{Inner, Program, Run};
use crate::class::JoinedClass;
use crate::request::Request;
use crate::view::{CommandError, CommandErrorCode, Screen, View};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Changes to each class that has let this program in.
pub(super) async fn change_to_classes(inner: Arc<Inner>, mut let_in: mpsc::Receiver<JoinedClass>) {
    while let Some(joined) = let_in.recv().await {
        let mut running = inner.running.lock().await;
        let Ok(view) = running.handle.request(Request::View).await else {
            continue;
        };
        // They have gone elsewhere meanwhile.
        if !matches!(view.screen, Screen::JoinClass { busy: true, .. }) {
            continue;
        }
        inner.change(&mut running, Run::Class(joined)).await;
    }
}

impl Program {
    /// Goes back to the built-in practice. Records of the class that wait stay on the disk.
    pub(super) async fn leave_class(&self) -> Result<View, CommandError> {
        let mut running = self.inner.running.lock().await;
        let view = running.handle.request(Request::View).await?;
        let is_locked = matches!(view.screen, Screen::Locked { .. });
        if !running.in_class || view.user.is_some() || is_locked {
            let message = "a class is left from the sign-in screen".to_owned();
            return Err(CommandError {
                code: CommandErrorCode::NotNow,
                message,
            });
        }
        self.inner.change(&mut running, Run::Practice).await;
        running.handle.request(Request::View).await
    }
}
