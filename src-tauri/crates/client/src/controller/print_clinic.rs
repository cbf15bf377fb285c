//! Printing the clinic list. Each child of whom the service told something is a disclosure of its own:
//! on record before the list goes on paper. Where one cannot be recorded, nothing is printed.

use super::clinic_drawing::shown_child;
use super::{Controller, Person, not_now};
use crate::printout::{ClinicPrintout, ClinicRow, PrintedRow};
use crate::view::{ClinicPrintState, CommandError, FindBlocked, Place, ShownClinicChild};
use cpis_record::NhsNumber;

impl Controller {
    /// Writes the records of a print of the list; their receipts open what the window may print.
    pub(super) async fn print_clinic(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        let children = self.children_on_screen();
        let children = children.ok_or_else(|| not_now("the clinic list is not on the screen"))?;
        let (by, role) = self.printer()?;
        let at = self.now();
        let offline = self.is_offline();
        let state = match self.printed_rows(children).await? {
            Ok(rows) => ClinicPrintState::Ready {
                printout: Box::new(ClinicPrintout::new(rows, at, by, role, offline)),
            },
            Err(why) => ClinicPrintState::NotRecorded { why },
        };
        if let Person::SignedIn(person) = &mut self.person {
            person.clinic.paper = Some(state);
        }
        Ok(())
    }

    /// Whether a list whose print is on record is on the screen.
    pub(super) fn clinic_print_is_ready(&self) -> bool {
        matches!(
            &self.person,
            Person::SignedIn(person) if self.place == Place::ClinicList
                && matches!(person.clinic.paper, Some(ClinicPrintState::Ready { .. }))
        )
    }

    fn children_on_screen(&self) -> Option<Vec<ShownClinicChild>> {
        let Person::SignedIn(person) = &self.person else {
            return None;
        };
        let clinic = &person.clinic;
        let list = clinic.list.as_ref();
        let list = list.filter(|_| self.place == Place::ClinicList)?;
        let now = self.now();
        let children = list.children.iter();
        let children: Vec<_> = children
            .map(|child| shown_child(child, &clinic.notices, now))
            .collect();
        (!children.is_empty()).then_some(children)
    }

    async fn printed_rows(
        &self,
        children: Vec<ShownClinicChild>,
    ) -> Result<Result<Vec<PrintedRow>, FindBlocked>, CommandError> {
        let mut rows = Vec::with_capacity(children.len());
        for child in children {
            if let Some(row) = PrintedRow::brought_in(child.clone()) {
                rows.push(row);
                continue;
            }
            let number = NhsNumber::received(&child.nhs_number)
                .map_err(|_| not_now("a child on the list has no NHS number"))?;
            let look = self.look_of_print(number, &format!("CLINIC LIST {}", child.id))?;
            match self.open_print(look, ClinicRow(child)).await {
                Ok(opened) => rows.push(PrintedRow::opened(opened)),
                Err(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(rows))
    }
}
