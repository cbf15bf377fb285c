use super::*;

fn at(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap()
}

fn child(number: &str, time: Option<&str>) -> ClinicChild {
    let birth_date = DateOfBirth::received(NaiveDate::from_ymd_opt(2019, 3, 7).unwrap());
    let number = NhsNumber::parse(number).unwrap();
    let mut child = ClinicChild::new(Uuid::new_v4(), &number, birth_date);
    child.time = time.map(|time| time.parse().unwrap());
    child
}

fn list() -> ClinicList {
    let (made, ends) = (at("2026-11-22T09:00:00Z"), at("2026-11-22T21:00:00Z"));
    let mut list = ClinicList::new("1", "https://a", made, ends);
    list.add([
        child("9990000018", None),
        child("9990000026", Some("10:00:00")),
        child("9990000034", Some("09:30:00")),
    ]);
    list
}

fn numbers(list: &ClinicList) -> Vec<&str> {
    list.children.iter().map(ClinicChild::digits).collect()
}

#[test]
fn children_stand_by_time_and_then_as_they_came() {
    let mut list = list();
    assert_eq!(numbers(&list), ["9990000034", "9990000026", "9990000018"]);
    list.add([child("9990000042", Some("09:45:00"))]);
    assert_eq!(numbers(&list)[1], "9990000042");
}

#[test]
fn the_next_child_is_one_that_waits_to_be_checked() {
    let mut list = list();
    let ids: Vec<Uuid> = list.children.iter().map(|child| child.id).collect();
    let next = |list: &ClinicList| list.next_after(ids[0]).map(|child| child.id);
    assert_eq!(next(&list), Some(ids[1]));
    list.children[1].not_brought = true;
    assert_eq!(next(&list), Some(ids[2]));
    list.children[2].state = ChildState::Checked {
        at: at("2026-11-22T09:10:00Z"),
    };
    assert_eq!(next(&list), None);
}

#[test]
fn nothing_that_was_found_goes_to_the_disk() {
    let mut list = list();
    let checked_at = at("2026-11-22T09:10:00Z");
    list.children[0].state = ChildState::Checked { at: checked_at };
    list.children[0].found = Some(Found {
        family: Some("SMITH".to_owned()),
        given: vec!["Jodie".to_owned()],
        answer: Some(FoundAnswer::Record {
            current: 1,
            ended: 0,
        }),
        authorities: vec![FoundAuthority {
            name: Some("Northmoor Borough Council".to_owned()),
            code: Some("ZZ001".to_owned()),
            office_hours: Some("01632 960111".to_owned()),
            emergency_duty: None,
        }],
    });
    list.children[1].state = ChildState::Checking;
    let text = serde_json::to_string(&list.for_disk()).unwrap();
    for found in [
        "SMITH",
        "Jodie",
        "Record",
        "current",
        "Checking",
        "Northmoor",
        "ZZ001",
        "960111",
    ] {
        assert!(!text.contains(found), "{found}");
    }
    assert!(text.contains("Checked"), "that it was checked is kept");
    let read: ClinicList = serde_json::from_str(&text).unwrap();
    assert_eq!(numbers(&read), numbers(&list));
}

#[test]
fn a_list_ends_and_belongs_to_one_user_of_one_service() {
    let list = list();
    assert!(!list.is_over(at("2026-11-22T20:59:59Z")));
    assert!(list.is_over(at("2026-11-22T21:00:00Z")));
    assert!(list.belongs_to("1", "https://a"));
    assert!(!list.belongs_to("2", "https://a"));
    assert!(!list.belongs_to("1", "https://b"));
}

#[test]
fn all_that_wait_are_checked_and_with_copies_all_without_one() {
    let mut list = list();
    let checked_at = at("2026-11-22T09:10:00Z");
    list.children[0].state = ChildState::Checked { at: checked_at };
    list.children[1].state = ChildState::NotChecked {
        at: checked_at,
        cause: ShownCause::BirthDateDiffers,
        may_pass: false,
    };
    let ids: Vec<Uuid> = list.children.iter().map(|child| child.id).collect();
    assert_eq!(list.to_check(false), [ids[2]]);
    assert_eq!(list.to_check(true), [ids[0], ids[2]]);
    list.children[0].copy = Some(CopyStamp { at: checked_at });
    assert_eq!(list.to_check(true), [ids[2]]);
}
