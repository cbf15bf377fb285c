//! Lists the window's commands, so that Tauri's access control guards each of them, and embeds the
//! window's files.

fn main() {
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
        "set_practice_network",
        "reset_practice_cards",
        "enrol",
        "activity",
    ]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))
        .expect("tauri.conf.json, the capabilities and ui/dist are in order");
}
