//! HTML that is put together from elements and text. Text is always escaped; what is not text comes
//! from this program.

use std::fmt::Write;

/// A piece of HTML.
#[derive(Clone, Default)]
pub(crate) struct Markup(String);

impl Markup {
    /// This, followed by another piece.
    pub(crate) fn and(mut self, next: impl Into<Self>) -> Self {
        self.0.push_str(&next.into().0);
        self
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl From<&str> for Markup {
    fn from(text: &str) -> Self {
        Self(escaped(text))
    }
}

impl From<&String> for Markup {
    fn from(text: &String) -> Self {
        Self(escaped(text))
    }
}

impl From<String> for Markup {
    fn from(text: String) -> Self {
        Self(escaped(&text))
    }
}

impl FromIterator<Markup> for Markup {
    fn from_iter<I: IntoIterator<Item = Markup>>(pieces: I) -> Self {
        pieces.into_iter().fold(Self::default(), Self::and)
    }
}

/// Attributes of an element. One whose value is empty stands without a value.
pub(crate) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// An element with its content.
pub(crate) fn element(
    name: &'static str,
    attributes: Attributes<'_>,
    content: impl Into<Markup>,
) -> Markup {
    let mut html = opened(name, attributes);
    html.push_str(&content.into().0);
    let _ = write!(html, "</{name}>");
    Markup(html)
}

/// An element that has no content, as `input`.
pub(crate) fn void(name: &'static str, attributes: Attributes<'_>) -> Markup {
    Markup(opened(name, attributes))
}

fn opened(name: &str, attributes: Attributes<'_>) -> String {
    let mut html = format!("<{name}");
    for (name, value) in attributes {
        let _ = match value.is_empty() {
            true => write!(html, " {name}"),
            false => write!(html, " {name}=\"{}\"", escaped(value)),
        };
    }
    html.push('>');
    html
}

/// Text as HTML shows it.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_program_becomes_markup() {
        assert_eq!(
            escaped(r#"<a b="c" d='e'>&"#),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;"
        );
    }

    #[test]
    fn text_and_attributes_are_escaped() {
        let html = element("p", &[("title", "\"><script>")], "<script>").and("&");
        assert_eq!(
            html.into_string(),
            "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;script&gt;</p>&amp;"
        );
    }
}
