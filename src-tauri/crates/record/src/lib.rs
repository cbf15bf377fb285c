//! The words of the domain: people, plans, looks, roles and care settings.
//!
//! Nothing here performs input or output, reads a clock or is asynchronous. Time comes in as a
//! parameter. Values that identify a person redact themselves in `Debug`, so a log line that
//! prints one by accident discloses nothing (design invariant I5).

mod access;
mod birth;
mod finding;
mod identity;
mod nhs_number;
mod organisation;
mod plan;
mod role;
mod sought;

pub use access::{Access, AccessHistory, HISTORY_LIMIT};
pub use birth::{Age, DateOfBirth, DateOfBirthError, DatePart};
pub use finding::{Finding, NotChecked, NotCheckedCause, Records};
pub use identity::{Gender, IdentityProblem, Patient};
pub use nhs_number::{NhsNumber, NhsNumberError, OtherRegister};
pub use organisation::{CareSetting, OdsCode, OdsCodeError, Organisation, UnknownCareSetting};
pub use plan::{
    Authority, CHILD_PROTECTION_PLAN_CODE, ENDED_PLAN_SHOWN_DAYS, LOOKED_AFTER_CODE, Plan,
    PlanKind, PlanStatus, Telephone, UNBORN_CHILD_PLAN_CODE,
};
pub use role::{
    ActivityCode, Mode, ModeFault, ModePolicy, Role, RoleProfileId, UnknownMode, UserId, Viewer,
};
pub use sought::{Postcode, PostcodeError, SoughtName, SoughtNameError, SoughtPerson};
