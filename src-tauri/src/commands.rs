//! The window's commands. Each one translates; what it means is decided in the controller.

use crate::Running;
use cpis_client::view::{CommandError, CommandErrorCode, Place, PracticeCase, View, Weather};
use cpis_client::{
    ClinicText, Request, TypedClass, TypedNote, TypedNotice, TypedQuestion, TypedSearch,
};
use tauri::ipc::Invoke;
use tauri::{State, Wry};

type Answer = Result<View, CommandError>;
type Program<'a> = State<'a, Running>;

/// All commands; `build.rs` and `capabilities/main.json` list the same, and a test compares them.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        view,
        sign_in,
        sign_in_with_browser,
        cancel_sign_in,
        choose_passcode,
        choose_role,
        change_role,
        find_child,
        find_person,
        choose_match,
        use_current_number,
        go_on,
        check_again,
        cancel_check,
        import_clinic,
        open_clinic_child,
        check_one,
        open_copy,
        show_old_copy,
        next_child,
        check_clinic,
        stop_clinic_checks,
        mark_not_brought,
        ask_notice,
        answer_notice,
        remove_clinic,
        save_for_later,
        check_saved,
        leave_saved,
        copy_number,
        print,
        print_clinic,
        review_note,
        change_note,
        send_note,
        print_note,
        print_drawn,
        printed,
        go,
        send_now,
        try_again,
        open_record,
        save_for_support,
        keep_open,
        close,
        lock,
        unlock,
        sign_out,
        practise,
        join_class,
        leave_class,
        set_practice_weather,
        use_practice_child,
        print_completion,
        reset_practice_cards,
        check_connection,
        open_logs,
        enrol,
        activity,
    ]
}

async fn ask(running: Program<'_>, request: Request) -> Answer {
    let mut running = running.inner().clone();
    let stopped = || CommandError {
        code: CommandErrorCode::Stopped,
        message: "the program is closing".to_owned(),
    };
    let started = running
        .wait_for(Option::is_some)
        .await
        .map_err(|_| stopped())?
        .clone();
    started.ok_or_else(stopped)?.request(request).await
}

macro_rules! plain {
    ($($name:ident => $request:ident),+ $(,)?) => {
        $(#[tauri::command]
        async fn $name(program: Program<'_>) -> Answer {
            ask(program, Request::$request).await
        })+
    };
}

plain! {
    view => View,
    sign_in_with_browser => SignInWithBrowser,
    cancel_sign_in => CancelSignIn,
    change_role => ChangeRole,
    use_current_number => UseCurrentNumber,
    go_on => GoOn,
    check_again => CheckAgain,
    cancel_check => CancelCheck,
    check_one => CheckOne,
    show_old_copy => ShowOldCopy,
    next_child => NextChild,
    stop_clinic_checks => StopClinicChecks,
    remove_clinic => RemoveClinic,
    check_saved => CheckSaved,
    leave_saved => LeaveSaved,
    copy_number => CopyNumber,
    change_note => ChangeNote,
    send_note => SendNote,
    print_note => PrintNote,
    print_drawn => PrintDrawn,
    printed => Printed,
    send_now => SendNow,
    save_for_support => SaveForSupport,
    keep_open => KeepOpen,
    close => Close,
    lock => Lock,
    sign_out => SignOut,
    practise => Practise,
    leave_class => LeaveClass,
    print_completion => PrintCompletion,
    reset_practice_cards => ResetPracticeCards,
    check_connection => CheckConnection,
    open_logs => OpenLogs,
    activity => Activity,
}

#[tauri::command]
async fn sign_in(program: Program<'_>, card: String, passcode: String) -> Answer {
    ask(
        program,
        Request::SignIn {
            card,
            passcode: passcode.into(),
        },
    )
    .await
}

#[tauri::command]
async fn choose_passcode(program: Program<'_>, passcode: String) -> Answer {
    ask(
        program,
        Request::ChoosePasscode {
            passcode: passcode.into(),
        },
    )
    .await
}

#[tauri::command]
async fn choose_role(program: Program<'_>, choice: String) -> Answer {
    ask(program, Request::ChooseRole { choice }).await
}

#[tauri::command]
async fn find_child(
    program: Program<'_>,
    nhs_number: String,
    day: String,
    month: String,
    year: String,
) -> Answer {
    let typed = TypedQuestion {
        nhs_number,
        day,
        month,
        year,
    };
    ask(program, Request::FindChild(typed)).await
}

#[tauri::command]
async fn save_for_later(
    program: Program<'_>,
    nhs_number: String,
    day: String,
    month: String,
    year: String,
) -> Answer {
    let typed = TypedQuestion {
        nhs_number,
        day,
        month,
        year,
    };
    ask(program, Request::SaveForLater(typed)).await
}

#[tauri::command]
async fn import_clinic(program: Program<'_>, text: String, leave_out: bool) -> Answer {
    let text = ClinicText(text);
    ask(program, Request::ImportClinic { text, leave_out }).await
}

#[tauri::command]
async fn open_clinic_child(program: Program<'_>, id: String) -> Answer {
    ask(program, Request::OpenClinicChild { id }).await
}

#[tauri::command]
async fn open_copy(program: Program<'_>, id: String) -> Answer {
    ask(program, Request::OpenCopy { id }).await
}

#[tauri::command]
async fn check_clinic(program: Program<'_>, keep: bool) -> Answer {
    ask(program, Request::CheckClinic { keep }).await
}

#[tauri::command]
async fn mark_not_brought(program: Program<'_>, id: String, on: bool) -> Answer {
    ask(program, Request::MarkNotBrought { id, on }).await
}

#[tauri::command]
async fn ask_notice(program: Program<'_>, id: String) -> Answer {
    ask(program, Request::AskNotice { id }).await
}

#[tauri::command]
async fn answer_notice(
    program: Program<'_>,
    tell: String,
    day: String,
    month: String,
    year: String,
    callback: String,
) -> Answer {
    let typed = TypedNotice {
        tell,
        day,
        month,
        year,
        callback,
    };
    ask(program, Request::AnswerNotice(typed)).await
}

#[tauri::command]
#[allow(clippy::too_many_arguments, reason = "one for each field of the form")]
async fn review_note(
    program: Program<'_>,
    record: String,
    field: String,
    plan_type: String,
    day: String,
    month: String,
    year: String,
    code: String,
    number: String,
    callback: String,
) -> Answer {
    let typed = TypedNote {
        record,
        field,
        plan_type,
        day,
        month,
        year,
        code,
        number,
        callback,
    };
    ask(program, Request::ReviewNote(Box::new(typed))).await
}

#[tauri::command]
async fn print_clinic(program: Program<'_>) -> Answer {
    ask(program, Request::PrintClinic).await
}

#[tauri::command]
async fn print(program: Program<'_>, with_history: bool) -> Answer {
    ask(program, Request::Print { with_history }).await
}

#[tauri::command]
#[allow(clippy::too_many_arguments, reason = "one for each field of the form")]
async fn find_person(
    program: Program<'_>,
    family: String,
    given: String,
    day: String,
    month: String,
    year: String,
    gender: String,
    postcode: String,
) -> Answer {
    let typed = TypedSearch {
        family,
        given,
        day,
        month,
        year,
        gender,
        postcode,
    };
    ask(program, Request::FindPerson(typed)).await
}

#[tauri::command]
async fn choose_match(program: Program<'_>, search: String, row: usize) -> Answer {
    ask(program, Request::ChooseMatch { search, row }).await
}

#[tauri::command]
async fn go(program: Program<'_>, place: Place) -> Answer {
    ask(program, Request::Go(place)).await
}

#[tauri::command]
async fn try_again(program: Program<'_>, id: String) -> Answer {
    ask(program, Request::TryAgain { id }).await
}

#[tauri::command]
async fn open_record(program: Program<'_>, id: String) -> Answer {
    ask(program, Request::OpenRecord { id }).await
}

#[tauri::command]
async fn unlock(program: Program<'_>, passcode: String) -> Answer {
    ask(
        program,
        Request::Unlock {
            passcode: passcode.into(),
        },
    )
    .await
}

#[tauri::command]
async fn join_class(program: Program<'_>, address: String, code: String) -> Answer {
    ask(program, Request::JoinClass(TypedClass { address, code })).await
}

#[tauri::command]
async fn set_practice_weather(program: Program<'_>, weather: Weather) -> Answer {
    ask(program, Request::SetPracticeWeather { weather }).await
}

#[tauri::command]
async fn use_practice_child(program: Program<'_>, case: PracticeCase) -> Answer {
    ask(program, Request::UsePracticeChild { case }).await
}

#[tauri::command]
async fn enrol(program: Program<'_>, code: String) -> Answer {
    ask(program, Request::Enrol { code: code.into() }).await
}
