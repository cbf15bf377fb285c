/// Whether a `Content-Type` says FHIR JSON: `application/fhir+json` or `application/json`, with any
/// parameters, in any letter case (RFC 9110, section 8.3).
///
/// ```
/// assert!(cpis_fhir::is_fhir_json("application/fhir+json; charset=utf-8"));
/// assert!(!cpis_fhir::is_fhir_json("text/html"));
/// ```
#[must_use]
pub fn is_fhir_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    ["application/fhir+json", "application/json"]
        .iter()
        .any(|accepted| media_type.eq_ignore_ascii_case(accepted))
}

#[cfg(test)]
mod tests {
    use super::is_fhir_json;

    #[test]
    fn json_and_nothing_else() {
        for good in [
            "application/fhir+json",
            "Application/FHIR+JSON;charset=UTF-8",
            "application/fhir+json; fhirVersion=4.0",
            " application/json ",
        ] {
            assert!(is_fhir_json(good), "{good}");
        }
        for bad in [
            "",
            ";application/json",
            "text/html; charset=utf-8",
            "application/fhir+xml",
            "application/problem+json",
            "application/jsonp",
            "text/html, application/json",
        ] {
            assert!(!is_fhir_json(bad), "{bad}");
        }
    }
}
