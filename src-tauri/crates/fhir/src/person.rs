//! Whether a part of an answer is about the person asked.

use crate::json::{self, Object};
use crate::{ReadError, system};
use cpis_record::NhsNumber;
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

/// Compares the NHS numbers of a Patient resource, its `id` where that is one among them, with the
/// one asked.
pub(crate) fn require_patient(patient: &Object, asked: &NhsNumber) -> Result<(), ReadError> {
    for identifier in json::objects(patient, "identifier")? {
        if json::text(identifier, "system")? == Some(system::NHS_NUMBER) {
            let value = json::text(identifier, "value")?.unwrap_or_default();
            same(value, asked)?;
        }
    }
    match json::text(patient, "id")? {
        Some(id) if is_ten_digits(id) => same(id, asked),
        _ => Ok(()),
    }
}

/// Compares every NHS number in a link of the answer with the one asked. The link repeats the
/// search that the server carried out.
pub(crate) fn same_in_link(link: &str, asked: &NhsNumber) -> Result<(), ReadError> {
    let Some((_, query)) = link.split_once('?') else {
        return Ok(());
    };
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let about_a_person = ["patient", "subject", "identifier"]
            .iter()
            .any(|parameter| name.starts_with(parameter));
        let value = value.replace("%7C", "|").replace("%7c", "|");
        for one in value.split(',') {
            if let Some((_, number)) = one.split_once("nhs-number|") {
                same(number.trim(), asked)?;
            } else if about_a_person {
                let tail = one.rsplit(['|', '/']).next().unwrap_or_default().trim();
                if is_ten_digits(tail) {
                    same(tail, asked)?;
                }
            }
        }
    }
    Ok(())
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
