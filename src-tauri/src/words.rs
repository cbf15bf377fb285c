//! The words that the operating system shows for the program: in title and tray, notifications, and the
//! menu bar. Never anything about a person. The words of the screen are in `ui/src/words`.

use cpis_client::Notification;
use cpis_client::view::ProgramMode;

/// The name of the program.
pub(crate) const PROGRAM: &str = "CP-IS Check";

/// The window's title, and what the tray says. The page has a title of its own, which names the screen:
/// that one is read out, this one stands in a task bar that others see.
pub(crate) fn title(mode: ProgramMode, unsent: u32) -> String {
    let practice = match mode {
        ProgramMode::Practice => "[Practice] ",
        ProgramMode::Live => "",
    };
    match unsent {
        0 => format!("{practice}{PROGRAM}"),
        _ => format!("{practice}{PROGRAM} - {unsent} to send"),
    }
}

/// What a notification says under the program's name.
pub(crate) fn notification(notification: Notification) -> &'static str {
    match notification {
        Notification::RecordsNeedAttention => {
            "The service has refused a record. Open CP-IS Check to see what to do."
        }
        Notification::RecordsWaitLong => {
            "Records wait to be sent. Connect this computer to the network if you can."
        }
        Notification::ClinicListEnds => "The clinic list is removed within half an hour.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_tells_the_mode_and_what_waits() {
        assert_eq!(title(ProgramMode::Live, 0), "CP-IS Check");
        assert_eq!(title(ProgramMode::Live, 3), "CP-IS Check - 3 to send");
        assert_eq!(
            title(ProgramMode::Practice, 1),
            "[Practice] CP-IS Check - 1 to send"
        );
    }

    /// Not even how many: a notification has nothing in it that differs from one day to another.
    #[test]
    fn a_notification_holds_no_figure() {
        for told in [
            Notification::RecordsNeedAttention,
            Notification::RecordsWaitLong,
            Notification::ClinicListEnds,
        ] {
            assert!(!notification(told).contains(|c: char| c.is_ascii_digit()));
        }
    }
}
