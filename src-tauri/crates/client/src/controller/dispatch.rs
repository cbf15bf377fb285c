//! Which part of the controller sees to a request of the window, or to the report of a task.

use super::{Controller, cards, not_now};
use super::{class, clinic_disk, connection, copy, lock, look, search, sign_in};
use crate::request::Request;
use crate::service::ServiceFault;
use crate::session::{Session, User};
use crate::shown::Decision;
use crate::view::{CommandError, TaskState};
use cpis_fhir::CapabilityStatement;
use cpis_vault::SessionError;
use std::sync::Arc;
use uuid::Uuid;

/// What tasks report.
pub(super) enum Event {
    Probed(Result<CapabilityStatement, ServiceFault>),
    SignedIn {
        generation: u64,
        result: Box<sign_in::SignInResult>,
    },
    PasscodeChosen {
        generation: u64,
        key: Box<Result<sign_in::PasscodeKey, SessionError>>,
    },
    CheckAsksRecords {
        generation: u64,
    },
    CheckEnded {
        generation: u64,
        ended: Box<look::Ended>,
    },
    ChildChecked {
        run: u64,
        child: Uuid,
        ended: Box<look::Ended>,
    },
    ClinicWritten(clinic_disk::Written),
    SearchEnded {
        generation: u64,
        ended: Box<search::SearchEnded>,
    },
    Unlocked {
        generation: u64,
        result: Box<lock::UnlockResult>,
    },
    CardsSeen(cards::CardsSeen),
    Renewed,
    UserSeen {
        session: Arc<Session>,
        result: Box<Result<User, ServiceFault>>,
    },
    Enrolled(Result<(), ServiceFault>),
    Copied(copy::Put),
    Connection(connection::Progress),
    ClassAnswered {
        generation: u64,
        answer: Box<class::ClassAnswer>,
    },
    Farewell {
        generation: u64,
        result: Result<(), ServiceFault>,
    },
}

impl Controller {
    pub(super) async fn handle(&mut self, request: Request) -> Result<(), CommandError> {
        if request.is_a_persons() {
            self.links.forget_remark();
        }
        match request {
            Request::View => Ok(()),
            Request::SignIn { card, passcode } => self.sign_in(&card, &passcode),
            Request::SignInWithBrowser => self.sign_in_with_browser(),
            Request::CancelSignIn => {
                self.cancel_sign_in(None);
                Ok(())
            }
            Request::ChoosePasscode { passcode } => self.choose_passcode(&passcode),
            Request::ChooseRole { choice } => self.choose_role(&choice),
            Request::ChangeRole => self.change_role(),
            Request::FindChild(typed) => self.find_child(&typed).await,
            Request::FindPerson(typed) => self.find_person(&typed).await,
            Request::ChooseMatch { search, row } => self.choose_match(&search, row),
            Request::UseCurrentNumber => {
                self.decide(|d| matches!(d, Decision::UseCurrentNumber { .. }))
                    .await
            }
            Request::GoOn => self.decide(|d| matches!(d, Decision::GoOn)).await,
            Request::CheckAgain => match self.question_anew() {
                Some(question) => self.check_anew(question).await,
                None => self.decide(|d| matches!(d, Decision::CheckAgain)).await,
            },
            Request::CancelCheck => self.cancel_check(),
            Request::ImportClinic { text, leave_out } => self.import_clinic(&text, leave_out),
            Request::OpenClinicChild { id } => self.open_clinic_child(&id).await,
            Request::CheckOne => self.check_one().await,
            Request::OpenCopy { id } => self.open_copy(&id).await,
            Request::ShowOldCopy => self.show_old_copy().await,
            Request::NextChild => self.next_child().await,
            Request::CheckClinic { keep } => self.check_clinic(keep).await,
            Request::StopClinicChecks => self.stop_clinic_checks(),
            Request::MarkNotBrought { id, on } => self.mark_not_brought(&id, on),
            Request::AskNotice { id } => self.ask_notice(&id),
            Request::AnswerNotice(typed) => self.answer_notice(&typed).await,
            Request::ReviewNote(typed) => self.review_note(&typed),
            Request::ChangeNote => self.change_note(),
            Request::SendNote => self.send_note().await,
            Request::PrintNote => self.print_note().await,
            Request::RemoveClinic => self.remove_clinic(),
            Request::SaveForLater(typed) => self.save_for_later(&typed),
            Request::CheckSaved => self.check_saved().await,
            Request::LeaveSaved => self.leave_saved(),
            Request::OpenLink { link } => {
                self.open_link(&link);
                Ok(())
            }
            Request::CopyNumber => self.copy_number(),
            Request::Print { with_history } => self.print(with_history).await,
            Request::PrintClinic => self.print_clinic().await,
            Request::PrintDrawn => self.print_drawn(),
            Request::Printed => {
                self.printed();
                Ok(())
            }
            Request::Go(place) => self.go(place),
            Request::SendNow => self.send_now().await,
            Request::TryAgain { id } => self.try_again(&id).await,
            Request::OpenRecord { id } => self.open_record(&id).await,
            Request::SaveForSupport => self.save_for_support().await,
            Request::AskToClose => {
                self.ask_to_close();
                Ok(())
            }
            Request::KeepOpen => {
                self.last_used = self.now();
                self.closing = false;
                Ok(())
            }
            Request::Close => {
                self.close();
                Ok(())
            }
            Request::Lock => self.lock_asked().await,
            Request::LockFor(signal) => {
                self.lock_for(signal).await;
                Ok(())
            }
            Request::Unlock { passcode } => self.unlock(&passcode),
            Request::SignOut => {
                self.sign_out();
                Ok(())
            }
            Request::Practise => Err(not_now("practice is begun by the program")),
            Request::JoinClass(typed) => self.join_class(&typed),
            Request::LeaveClass => Err(not_now("a class is left by the program")),
            Request::SetPracticeWeather { weather } => self.set_practice_weather(weather).await,
            Request::UsePracticeChild { case } => self.use_practice_child(case),
            Request::PrintCompletion => self.print_completion(),
            Request::ResetPracticeCards => self.reset_practice_cards().await,
            Request::CheckConnection => self.check_connection(),
            Request::OpenLogs => self.open_logs(),
            Request::Enrol { code } => self.enrol(&code),
            Request::Activity => {
                self.last_used = self.now();
                Ok(())
            }
        }
    }

    pub(super) async fn on(&mut self, event: Event) {
        match event {
            Event::Probed(result) => self.on_probed(result).await,
            Event::SignedIn { generation, result } => {
                if generation == self.generation {
                    self.on_signed_in(*result);
                }
            }
            Event::PasscodeChosen { generation, key } => {
                if generation == self.generation {
                    self.on_passcode_chosen(*key);
                }
            }
            Event::CheckAsksRecords { generation } => {
                if generation == self.generation {
                    self.on_check_asks_records();
                }
            }
            Event::CheckEnded { generation, ended } => {
                self.looked(ended.reached, ended.cause());
                if ended.denied {
                    self.ask_for_user();
                }
                if generation == self.generation {
                    self.on_check_ended(*ended);
                }
            }
            Event::ChildChecked { run, child, ended } => {
                self.looked(ended.reached, ended.cause());
                if ended.denied {
                    self.ask_for_user();
                }
                self.on_child_checked(run, child, *ended).await;
            }
            Event::ClinicWritten(written) => self.on_clinic_written(written),
            Event::SearchEnded { generation, ended } => {
                self.heard(ended.reached);
                if ended.denied {
                    self.ask_for_user();
                }
                if generation == self.generation {
                    self.on_search_ended(*ended);
                }
            }
            Event::Unlocked { generation, result } => {
                if generation == self.generation {
                    self.on_unlocked(*result);
                }
            }
            Event::CardsSeen(seen) => self.on_cards_seen(seen),
            Event::Renewed => {
                self.task_states.sign_in = TaskState::Works;
                self.keep_session();
                self.ask_for_user();
            }
            Event::UserSeen { session, result } => self.on_user_seen(&session, *result),
            Event::Enrolled(result) => self.on_enrolled(result).await,
            Event::Copied(put) => self.on_copied(put),
            Event::Connection(progress) => self.on_connection(progress),
            Event::ClassAnswered { generation, answer } => {
                self.on_class_answered(generation, *answer);
            }
            Event::Farewell { generation, result } => self.on_farewell(generation, result),
        }
    }
}
