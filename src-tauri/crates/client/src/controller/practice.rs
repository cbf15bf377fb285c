//! What only practice mode offers.

use super::{Controller, Person, not_now};
use crate::view::CommandError;

impl Controller {
    pub(super) async fn set_practice_network(&mut self, on: bool) -> Result<(), CommandError> {
        let practice = self
            .wiring
            .practice
            .clone()
            .ok_or_else(|| not_now("this is not practice"))?;
        practice.set_network(on).await;
        self.probe_now.notify_one();
        Ok(())
    }

    pub(super) async fn reset_practice_cards(&mut self) -> Result<(), CommandError> {
        let practice = self
            .wiring
            .practice
            .clone()
            .ok_or_else(|| not_now("this is not practice"))?;
        practice
            .reset_cards()
            .await
            .map_err(|e| not_now(&e.to_string()))?;
        if let Person::Nobody(signed_out) = &mut self.person {
            signed_out.fault = None;
        }
        Ok(())
    }
}
