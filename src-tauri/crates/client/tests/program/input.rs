//! What is typed wrongly is named, field by field, and no look begins.

use crate::support::{Bench, DENTIST, typed};
use cpis_client::view::{ClinicLineProblem, FieldFault, FindFault, FindField, Screen};
use cpis_client::{ClinicText, Request, TypedQuestion};
use cpis_training::Case;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_slip_of_the_form_is_named_and_leaves_no_record() {
    use FindFault as F;
    use FindField::{Day, Month, NhsNumber, Year};
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let good = typed(bench.person(Case::ChildProtection));
    let number = |number: &str| TypedQuestion {
        nhs_number: number.to_owned(),
        ..good.clone()
    };
    let date = |day: &str, month: &str, year: &str| TypedQuestion {
        day: day.to_owned(),
        month: month.to_owned(),
        year: year.to_owned(),
        ..good.clone()
    };
    let table: &[(TypedQuestion, &[(FindField, FindFault)])] = &[
        (number(""), &[(NhsNumber, F::NhsNumberMissing)]),
        (
            number("QQ123456C"),
            &[(NhsNumber, F::NationalInsuranceNumber)],
        ),
        (
            number("999 000 001A"),
            &[(NhsNumber, F::NhsNumberNotDigits)],
        ),
        (number("010 000 0002"), &[(NhsNumber, F::ScottishNumber)]),
        (
            number("320 000 0007"),
            &[(NhsNumber, F::NorthernIrishNumber)],
        ),
        (number("800 000 0008"), &[(NhsNumber, F::IrishNumber)]),
        (number("999 000 001"), &[(NhsNumber, F::NhsNumberTooShort)]),
        (number("999 000 00181"), &[(NhsNumber, F::NhsNumberTooLong)]),
        (
            number("999 000 0019"),
            &[(NhsNumber, F::NhsNumberCheckDigit)],
        ),
        (date("", "", ""), &[(Day, F::BirthDateMissing)]),
        (date("", "3", "2019"), &[(Day, F::DayMissing)]),
        (
            date("7", "", ""),
            &[(Month, F::MonthMissing), (Year, F::YearMissing)],
        ),
        (date("x", "3", "2019"), &[(Day, F::DayNotANumber)]),
        (date("7", "March", "2019"), &[(Month, F::MonthNotANumber)]),
        (date("7", "3", "year"), &[(Year, F::YearNotANumber)]),
        (date("7", "3", "19"), &[(Year, F::YearDigits)]),
        (date("30", "2", "2019"), &[(Day, F::BirthDateNotReal)]),
        (date("23", "11", "2026"), &[(Day, F::BirthDateFuture)]),
        (date("7", "3", "1899"), &[(Year, F::BirthDateTooLongAgo)]),
        (
            TypedQuestion::default(),
            &[(NhsNumber, F::NhsNumberMissing), (Day, F::BirthDateMissing)],
        ),
    ];
    for (form, wanted) in table {
        let view = desk.ask(Request::FindChild(form.clone())).await;
        let Screen::Find {
            faults, blocked, ..
        } = view.screen
        else {
            panic!("a look began: {wanted:?}");
        };
        let wanted: Vec<FieldFault> = wanted
            .iter()
            .map(|(field, code)| FieldFault {
                field: *field,
                code: *code,
            })
            .collect();
        assert_eq!((faults, blocked), (wanted, None));
    }
    assert!(desk.queue().await.is_empty());
    assert_eq!((bench.received(), bench.told()), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_day_that_counts_is_today() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let mut form = typed(bench.person(Case::ChildProtection));
    (form.day, form.month, form.year) = ("22".into(), "11".into(), "2026".into());
    let view = desk.ask(Request::FindChild(form)).await;
    assert!(
        !matches!(view.screen, Screen::Find { .. }),
        "{:?}",
        view.screen
    );
    desk.result().await;
}

/// Checked by modulus 11, and outside 999 000 0000 to 999 999 9999.
const REAL: &str = "4505577104";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_refuses_the_number_of_a_real_person_wherever_it_comes_in() {
    let bench = Bench::start().await;
    let desk = bench.practice().await;
    desk.sign_in(DENTIST).await;
    let real = TypedQuestion {
        nhs_number: REAL.to_owned(),
        ..typed(bench.person(Case::ChildProtection))
    };
    let fault = FieldFault {
        field: FindField::NhsNumber,
        code: FindFault::NhsNumberNotPractice,
    };
    for request in [
        Request::FindChild(real.clone()),
        Request::SaveForLater(real.clone()),
    ] {
        let Screen::Find { faults, .. } = desk.ask(request).await.screen else {
            panic!("the form stays");
        };
        assert_eq!(faults, std::slice::from_ref(&fault));
    }
    let view = desk
        .ask(Request::ImportClinic {
            text: ClinicText(format!("NHS number;Born\n{REAL};7/3/2019\n")),
            leave_out: false,
        })
        .await;
    let Screen::ClinicImport { import, .. } = view.screen else {
        panic!("the text stays");
    };
    let problems: Vec<_> = import.unwrap().faults.iter().map(|f| f.code).collect();
    assert_eq!(problems, [ClinicLineProblem::NumberNotPractice]);
    assert!(desk.queue().await.is_empty());
    assert_eq!((bench.received(), bench.told()), (0, 0));
}
