//! Closing: while records wait, the person is told first when they will leave.

use super::Controller;
use crate::view::Notice;

impl Controller {
    /// The window is asked to close. Asked a second time, it closes.
    pub(super) fn ask_to_close(&mut self) {
        // What is forgotten with the run never leaves.
        let forgotten = self.wiring.notices.contains(&Notice::PracticeForgotten);
        if self.closing || forgotten || self.counts.waiting == 0 {
            self.close();
        } else {
            self.closing = true;
        }
    }

    pub(super) fn close(&self) {
        self.wiring.world.window.close();
    }
}
