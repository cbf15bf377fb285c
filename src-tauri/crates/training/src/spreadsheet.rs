//! CSV that is safe to open in a spreadsheet.

use std::borrow::Cow;

/// A cell that no spreadsheet takes for a formula: an apostrophe goes before one that begins with
/// `=`, `+`, `-`, `@`, a tab or a line end (OWASP, "CSV Injection"). Quotation marks are the CSV
/// writer's own business.
pub(crate) fn safe(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn formulas_become_text() {
        for cell in ["=1+1", "+44", "-1", "@SUM(A1)", "\tx", "\rx", "\nx"] {
            assert_eq!(safe(cell), format!("'{cell}"));
        }
        for cell in ["Dr Zoë O'Lark", "a=b", "", "'=1"] {
            assert_eq!(safe(cell), cell);
        }
    }
}
