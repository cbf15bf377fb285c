//! Putting the page on paper.

use crate::window::is_driven;
use tauri::WebviewWindow;

/// Asks where to print, and prints the page as it is drawn. A driver has no hands for the system's
/// dialog: with one the page goes into the file that it names, or nowhere.
pub(crate) fn print(window: &WebviewWindow) -> tauri::Result<()> {
    if !is_driven() {
        return window.print();
    }
    #[cfg(target_os = "linux")]
    if let Some(file) = std::env::var_os("CPIS_PRINT_FILE") {
        return into_file::print(window, file.into());
    }
    Ok(())
}

#[cfg(target_os = "linux")]
mod into_file {
    use gtk::{PRINT_SETTINGS_OUTPUT_FILE_FORMAT, PRINT_SETTINGS_OUTPUT_URI, PrintSettings};
    use std::path::{Path, PathBuf};
    use tauri::WebviewWindow;
    use webkit2gtk::{PrintOperation, PrintOperationExt};

    /// GTK's printer for files.
    const PRINTER: &str = "Print to File";

    /// Prints through the same engine and style sheet as on paper. The file has its name once it is whole.
    pub(super) fn print(window: &WebviewWindow, file: PathBuf) -> tauri::Result<()> {
        window.with_webview(move |webview| {
            let unfinished = file.with_extension("unfinished");
            let operation = PrintOperation::new(&webview.inner());
            operation.set_print_settings(&settings(&unfinished));
            operation.connect_finished(move |_| {
                if let Err(error) = std::fs::rename(&unfinished, &file) {
                    tracing::error!(%error, "the printed page is not there");
                }
            });
            operation.connect_failed(|_, error| {
                tracing::error!(%error, "the page could not be printed into a file");
            });
            operation.print();
        })
    }

    fn settings(file: &Path) -> PrintSettings {
        let settings = PrintSettings::new();
        settings.set_printer(PRINTER);
        let address = format!("file://{}", file.display());
        settings.set(PRINT_SETTINGS_OUTPUT_URI, Some(&address));
        settings.set(PRINT_SETTINGS_OUTPUT_FILE_FORMAT, Some("pdf"));
        settings
    }
}
