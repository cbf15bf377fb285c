use super::*;
use proptest::prelude::*;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn only(text: &str) -> Line {
    let (lines, faults) = read_lines(text, today());
    assert_eq!(faults, [], "{text}");
    assert_eq!(lines.len(), 1, "{text}");
    lines.into_iter().next().unwrap()
}

fn fault(text: &str) -> Problem {
    let (lines, faults) = read_lines(text, today());
    assert!(lines.is_empty(), "{text}");
    assert_eq!(faults.len(), 1, "{text}");
    faults[0].problem
}

#[test]
fn a_line_is_read_whatever_separates_its_columns() {
    for text in [
        "9990000018,07/03/2019",
        "999 000 0018;7/3/2019",
        "999-000-0018\t2019-03-07",
        "\"999 000 0018\",\"07 March 2019\"",
        "9990000018|07-Mar-2019",
        "999 000 0018 07.03.2019",
        "999 000 0018  7 March 2019",
        "\u{feff}9990000018,07/03/2019\r\n",
        "07/03/2019,9990000018",
        "9990000018,2019-03-07 00:00:00",
        "9990000018,2019-03-07T00:00:00",
        "\"SMITH, Jodie\",9990000018,07/03/2019",
        "9990000018,07/03/2019,07700 900123",
        "9990000018,07/03/2019,1234567",
        "NHS number,Date of birth\n9990000018,07/03/2019",
        "NHS No;Name;DOB\r\n999 000 0018;SMITH;07/03/2019\r\n",
        "NHS number   date of birth\n9990000018 07/03/2019",
    ] {
        let line = only(text);
        assert_eq!(line.number.digits(), "9990000018", "{text}");
        assert_eq!(line.birth_date.date().to_string(), "2019-03-07", "{text}");
    }
}

#[test]
fn time_and_initials_are_read_if_they_are_there() {
    for text in [
        "09:30,JS,9990000018,07/03/2019",
        "Time,Initials,NHS number,Date of birth\n9.30,J.S.,9990000018,07/03/2019",
        "9990000018 07/03/2019 09:30 js",
        "9:30;9990000018;07/03/2019;J S;F;Room",
    ] {
        let line = only(text);
        assert_eq!(line.time, NaiveTime::from_hms_opt(9, 30, 0), "{text}");
        assert_eq!(line.initials.as_deref(), Some("JS"), "{text}");
    }
    let line = only("9990000018,07/03/2019,F");
    assert_eq!((line.time, line.initials), (None, None));
}

#[test]
fn a_heading_says_which_of_two_is_meant() {
    let line = only(
        "Appointment date,NHS number,DOB,Mother's NHS\n22/11/2026,9990000018,07/03/2019,9990000026",
    );
    assert_eq!(line.number.digits(), "9990000018");
    assert_eq!(line.birth_date.date().to_string(), "2019-03-07");
    let (without, two_dates) = ("22/11/2026,9990000018,07/03/2019", Problem::TwoDates);
    assert_eq!(fault(without), two_dates);
    assert_eq!(
        fault("9990000018,9990000026,07/03/2019"),
        Problem::TwoNumbers
    );
}

#[test]
fn each_fault_has_its_name() {
    for (text, problem) in [
        ("", Problem::Empty),
        ("  \r\n \n", Problem::Empty),
        ("NHS number,Date of birth\r\n", Problem::Empty),
        ("SMITH,07/03/2019", Problem::NumberMissing),
        ("QQ123456C,07/03/2019", Problem::NationalInsurance),
        ("99900000X8,07/03/2019", Problem::NumberNotDigits),
        ("9.99E+09,07/03/2019", Problem::NumberNotDigits),
        ("999000001,07/03/2019", Problem::NumberTooShort),
        ("99900000181,07/03/2019", Problem::NumberTooLong),
        ("9990000019,07/03/2019", Problem::NumberCheckDigit),
        ("9990000018,", Problem::BirthDateMissing),
        ("9990000018,07/03/19", Problem::YearDigits),
        ("9990000018,31/02/2019", Problem::BirthDateUnclear),
        ("9990000018,03/27/2019", Problem::BirthDateUnclear),
        ("9990000018,07/03/2031", Problem::BirthDateFuture),
        ("9990000018,07/03/1819", Problem::BirthDateTooLongAgo),
        ("\"9990000018,07/03/2019", Problem::Quotation),
    ] {
        assert_eq!(fault(text), problem, "{text}");
    }
}

#[test]
fn faults_name_their_line_and_keep_nobody_else_out() {
    let text = "NHS number,DOB\r\n9990000018,07/03/2019\r\n\r\n12,07/03/2019\r\n\
                9990000018,07/03/2019\r\n9990000026,2015-01-02\r\n";
    let (lines, faults) = read_lines(text, today());
    let read: Vec<_> = lines.iter().map(|line| line.line).collect();
    assert_eq!(read, [2, 6]);
    assert_eq!(
        faults,
        [
            LineFault {
                line: 4,
                problem: Problem::NumberTooShort
            },
            LineFault {
                line: 5,
                problem: Problem::Twice { first: 2 }
            },
        ]
    );
}

#[test]
fn a_list_has_an_end() {
    let line = |n: u32| {
        let digits = [9, 9, 9, 0, 0, 0, 0, 0, 0]
            .map(u8::try_from)
            .map(Result::unwrap);
        let mut nine = digits;
        for (place, digit) in format!("{n:04}").bytes().enumerate() {
            nine[5 + place] = digit - b'0';
        }
        NhsNumber::complete(nine).map(|number| format!("{},07/03/2019\n", number.digits()))
    };
    let numbers: Vec<String> = (0..400).filter_map(line).collect();
    let (lines, faults) = read_lines(&numbers[..MOST_CHILDREN].concat(), today());
    assert_eq!((lines.len(), faults.len()), (MOST_CHILDREN, 0));
    assert_eq!(fault(&numbers[..=MOST_CHILDREN].concat()), Problem::TooMany);
    assert_eq!(fault(&" ".repeat(LONGEST + 1)), Problem::TooLong);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = read_lines(&text, today());
    }

    #[test]
    fn each_line_is_a_child_a_fault_or_empty(
        cells in prop::collection::vec("[0-9 ,;/\"A-Za-z.:-]{0,40}", 0..12)
    ) {
        let text = cells.join("\n");
        let (lines, faults) = read_lines(&text, today());
        let mut named: Vec<usize> = lines.iter().map(|line| line.line).collect();
        named.extend(faults.iter().map(|fault| fault.line));
        let total = named.len();
        named.sort_unstable();
        named.dedup();
        prop_assert_eq!(named.len(), total, "a line is named twice");
        prop_assert!(named.iter().all(|line| *line <= cells.len()));
    }

    #[test]
    fn a_written_child_is_read_back(
        day in 1u32..=28, month in 1u32..=12, year in 1930i32..=2025,
        hour in 0u32..24, minute in 0u32..60,
        separator in prop::sample::select(vec![",", ";", "\t", "|"]),
        quoted in any::<bool>(), windows in any::<bool>(), marked in any::<bool>(),
    ) {
        let quote = |text: String| if quoted { format!("\"{text}\"") } else { text };
        let cells = [
            quote("999 000 0018".to_owned()),
            quote(format!("{day:02}/{month:02}/{year}")),
            quote(format!("{hour:02}:{minute:02}")),
        ];
        let end = if windows { "\r\n" } else { "\n" };
        let mark = if marked { "\u{feff}" } else { "" };
        let line = only(&format!("{mark}{}{end}", cells.join(separator)));
        prop_assert_eq!(line.number.digits(), "9990000018");
        prop_assert_eq!(line.birth_date.date(), NaiveDate::from_ymd_opt(year, month, day).unwrap());
        prop_assert_eq!(line.time, NaiveTime::from_hms_opt(hour, minute, 0));
    }
}
