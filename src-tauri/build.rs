//! Lists the window's commands, so that Tauri's access control guards each of them, and embeds the
//! window's files.

fn main() {
    name_commit();
    let commands = tauri_build::AppManifest::new().commands(&[
        "view",
        "sign_in",
        "sign_in_with_browser",
        "cancel_sign_in",
        "choose_passcode",
        "choose_role",
        "change_role",
        "find_child",
        "find_person",
        "choose_match",
        "use_current_number",
        "go_on",
        "check_again",
        "cancel_check",
        "import_clinic",
        "open_clinic_child",
        "check_one",
        "open_copy",
        "show_old_copy",
        "next_child",
        "check_clinic",
        "stop_clinic_checks",
        "mark_not_brought",
        "ask_notice",
        "answer_notice",
        "remove_clinic",
        "save_for_later",
        "check_saved",
        "leave_saved",
        "copy_number",
        "print",
        "print_clinic",
        "review_note",
        "change_note",
        "send_note",
        "print_note",
        "print_drawn",
        "printed",
        "go",
        "send_now",
        "try_again",
        "open_record",
        "save_for_support",
        "keep_open",
        "close",
        "lock",
        "unlock",
        "sign_out",
        "practise",
        "join_class",
        "leave_class",
        "set_practice_weather",
        "use_practice_child",
        "print_completion",
        "reset_practice_cards",
        "check_connection",
        "open_logs",
        "enrol",
        "activity",
    ]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))
        .expect("tauri.conf.json, the capabilities and ui/dist are in order");
}

/// Names the commit for "About". Outside a repository, or without Git, there is none to name.
fn name_commit() {
    let git = |arguments: &[&str]| {
        let output = std::process::Command::new("git")
            .args(arguments)
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
    };
    if let Some(commit) = git(&["rev-parse", "--short=10", "HEAD"]) {
        println!("cargo::rustc-env=CPIS_COMMIT={commit}");
    }
    // The log of HEAD grows with each commit and each change of branch.
    if let Some(log) = git(&[
        "rev-parse",
        "--path-format=absolute",
        "--git-path",
        "logs/HEAD",
    ]) && std::path::Path::new(&log).exists()
    {
        println!("cargo::rerun-if-changed={log}");
    }
}
