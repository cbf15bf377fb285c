//! What a person is told while the window is not in front.

/// A notification of the operating system, which shows it on top of other programs, keeps it in a list,
/// and may show it over a locked screen. So there is nothing in it from a record: no number, name or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Notification {
    /// The service has refused a record of a look.
    RecordsNeedAttention,
    /// Records have waited for hours, or days, to be sent.
    RecordsWaitLong,
    /// The clinic list and its copies are about to be removed.
    ClinicListEnds,
}
