use super::*;

fn typed(address: &str, code: &str) -> TypedClass {
    TypedClass {
        address: address.to_owned(),
        code: code.to_owned(),
    }
}

#[test]
fn a_code_is_read_as_people_type_it() {
    for text in [
        "7Q2M-X4KD",
        "7q2mx4kd",
        " 7q2m x4kd ",
        "7Q2M--X4KD",
        "7 q 2 m x 4 k d",
    ] {
        assert_eq!(
            ClassCode::read(text).unwrap().as_str(),
            "7Q2M-X4KD",
            "{text}"
        );
    }
    assert_eq!(ClassCode::read("OIL0-0000").unwrap().as_str(), "0110-0000");
}

/// A code becomes part of a path: nothing else than letters and digits gets there.
#[test]
fn what_is_no_code_is_refused() {
    for text in ["", "  ", "-", " - "] {
        assert_eq!(
            ClassCode::read(text),
            Err(ClassFault::CodeMissing),
            "{text}"
        );
    }
    for text in [
        "7Q2M",
        "7Q2M-X4K",
        "7Q2M-X4KDE",
        "7Q2M-X4KU",
        "../../..",
        "..-..-../a",
        "7Q2M/X4KD",
        "7Q2M\\X4KD",
        "7Q2M_X4KD",
        "7Q2M.X4KD",
        "7Q2M%2FX4",
        "7Q2M\0X4KD",
        "７Q2MX4KD",
        "ÄQ2MX4KD",
        "ſQ2MX4KD",
    ] {
        assert_eq!(
            ClassCode::read(text),
            Err(ClassFault::CodeUnreadable),
            "{text}"
        );
    }
    let long = "7".repeat(1_000_000);
    assert_eq!(ClassCode::read(&long), Err(ClassFault::CodeUnreadable));
}

#[test]
fn an_address_is_read_with_or_without_a_scheme() {
    for (text, wanted) in [
        ("training.example", "https://training.example"),
        (" training.example:8443 ", "https://training.example:8443"),
        ("https://training.example/", "https://training.example"),
        (
            "https://training.example/a/b/",
            "https://training.example/a/b",
        ),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost:8080", "http://localhost:8080"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://127.0.0.1:8443", "https://127.0.0.1:8443"),
        (
            "https://training.example:8443/class/7q2m-x4kd",
            "https://training.example:8443",
        ),
        ("https://a.example/b/class/7Q2MX4KD/", "https://a.example/b"),
        ("https://a.example/class/", "https://a.example/class"),
    ] {
        let class = Class::read(&typed(text, "7Q2M-X4KD")).unwrap();
        assert_eq!(class.plain_address(), wanted, "{text}");
        let base = format!("{wanted}/class/7Q2M-X4KD");
        assert_eq!(class.base_url().as_str(), base, "{text}");
    }
}

#[test]
fn plain_http_to_another_computer_is_no_way_to_a_class() {
    for text in [
        "http://training.example",
        "http://10.0.0.1:8080",
        "http://127.0.0.1.example",
        "HTTP://training.example",
    ] {
        let faults = Class::read(&typed(text, "7Q2M-X4KD")).unwrap_err();
        assert_eq!(faults, [ClassFault::AddressNotEncrypted], "{text}");
    }
}

#[test]
fn what_is_no_address_is_refused() {
    let long = "a".repeat(LONGEST_ADDRESS + 1);
    for text in [
        "https://",
        "://",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "a b",
        "host:99999",
        "mailto:a@b.example",
        "https://user@training.example",
        "https://user:secret@training.example",
        "https://training.example/?a=b",
        "https://training.example/#a",
        "7Q2M X4KD",
        long.as_str(),
    ] {
        let faults = Class::read(&typed(text, "7Q2M-X4KD")).unwrap_err();
        assert_eq!(faults, [ClassFault::AddressUnreadable], "{text}");
    }
    let faults = Class::read(&typed(" ", "")).unwrap_err();
    let both = [ClassFault::AddressMissing, ClassFault::CodeMissing];
    assert_eq!(faults, both, "in the order of the form");
}
