//! Whether a part of an answer is about the person asked.

use crate::json::{self, Object};
use crate::{ReadError, system};
use cpis_record::NhsNumber;
use serde_json::Value;
use url::form_urlencoded;

/// What a reference says about the person it points to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Named<'a> {
    /// The person asked, by NHS number.
    Asked,
    /// Nobody by number: an address within the answer or the server.
    Opaque(&'a str),
    /// Nothing at all.
    Nobody,
}

/// Reads a Reference to a person and compares every NHS number in it with the one asked.
///
/// # Errors
/// [`ReadError::WrongPerson`] when a number differs.
pub(crate) fn named<'a>(
    reference: Option<&'a Object>,
    asked: &NhsNumber,
) -> Result<Named<'a>, ReadError> {
    let Some(reference) = reference else {
        return Ok(Named::Nobody);
    };
    let mut found = Named::Nobody;
    if let Some(address) = json::text(reference, "reference")? {
        found = Named::Opaque(address);
        if let Some(number) = number_in_address(address) {
            same(number, asked)?;
            found = Named::Asked;
        }
    }
    if let Some(number) = nhs_number(reference)? {
        same(number, asked)?;
        found = Named::Asked;
    }
    Ok(found)
}

/// The NHS number in a Reference's `identifier`, as written.
pub(crate) fn nhs_number(reference: &Object) -> Result<Option<&str>, ReadError> {
    let Some(identifier) = json::object(reference, "identifier")? else {
        return Ok(None);
    };
    if json::text(identifier, "system")? != Some(system::NHS_NUMBER) {
        return Ok(None);
    }
    json::text(identifier, "value")
}

/// Compares a number as received with the one asked: by equality only, since published examples
/// use a number whose check digit does not fit.
pub(crate) fn same(received: &str, asked: &NhsNumber) -> Result<(), ReadError> {
    if received == asked.digits() {
        Ok(())
    } else {
        Err(ReadError::WrongPerson)
    }
}

/// Requires that no identifier anywhere in an answer is the NHS number of somebody else. Nothing in
/// the published answers names a second person, and one who does appear is a sign of a mix-up.
pub(crate) fn require_nobody_else(answer: &Object, asked: &NhsNumber) -> Result<(), ReadError> {
    let is_identifier = answer
        .get("system")
        .is_some_and(|s| s == system::NHS_NUMBER);
    if is_identifier && let Some(number) = json::text(answer, "value")? {
        same(number, asked)?;
    }
    answer
        .values()
        .try_for_each(|value| nobody_else_in(value, asked))
}

fn nobody_else_in(value: &Value, asked: &NhsNumber) -> Result<(), ReadError> {
    match value {
        Value::Object(object) => require_nobody_else(object, asked),
        Value::Array(values) => values.iter().try_for_each(|v| nobody_else_in(v, asked)),
        _ => Ok(()),
    }
}

/// Compares every NHS number in a link of the answer with the one asked. The link repeats the
/// search that the server carried out.
///
/// Ten digits may also be a time or the number of a page; but where there are any, the number asked
/// must be among them.
pub(crate) fn same_in_link(link: &str, asked: &NhsNumber) -> Result<(), ReadError> {
    let query = link.split_once('?').map_or(link, |(_, query)| query);
    let mut tens = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = value.replace("%7C", "|").replace("%7c", "|");
        for one in value.split(',') {
            if let Some((_, number)) = one.split_once("nhs-number|") {
                same(number.trim(), asked)?;
            }
        }
        let about_a_person = ["patient", "subject", "identifier"]
            .iter()
            .any(|parameter| name.starts_with(parameter));
        if about_a_person {
            let runs = value.split(|c: char| !c.is_ascii_digit());
            runs.filter(|run| is_ten_digits(run))
                .try_for_each(|number| same(number, asked))?;
        }
        let words = [name.as_ref(), value.as_str()];
        let runs = words
            .iter()
            .flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()));
        tens.extend(runs.filter(|run| is_ten_digits(run)).map(str::to_owned));
    }
    if tens.is_empty() || tens.contains(&asked.digits()) {
        Ok(())
    } else {
        Err(ReadError::WrongPerson)
    }
}

/// The number in an address that ends in `Patient/` and ten digits.
fn number_in_address(address: &str) -> Option<&str> {
    let (before, last) = address.rsplit_once('/')?;
    let is_patient = before
        .rsplit('/')
        .next()
        .is_some_and(|segment| segment.eq_ignore_ascii_case("patient"));
    (is_patient && is_ten_digits(last)).then_some(last)
}

fn is_ten_digits(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit())
}
