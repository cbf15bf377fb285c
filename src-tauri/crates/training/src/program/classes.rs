//! `class`.

use crate::ClassAction;
use cpis_training::{Clock, SystemClock, add_class, classes_of, end_class};
use std::error::Error;

/// Adds, lists or ends.
pub(crate) fn act(action: ClassAction) -> Result<(), Box<dyn Error>> {
    match action {
        ClassAction::Add { database, name } => {
            println!("{}", add_class(&database, &name, SystemClock.now())?);
        }
        ClassAction::List { database } => {
            for (code, name) in classes_of(&database)? {
                println!("{code}  {}", name.escape_debug());
            }
        }
        ClassAction::End { database, code } => {
            end_class(&database, &code, SystemClock.now())?;
        }
    }
    Ok(())
}
