//! What can't be the name of an image.

use crate::diagnostic::Sink;
use crate::model::ImageReference;
use crate::resolve::codes::bad_value::bad_value;
use crate::source::Spanned;

/// Reports the name of an image that a driver would refuse. What Nomad fills in when it starts the task isn't known yet; other
/// drivers than Docker's know other forms.
pub(super) fn check(image: Spanned<&str>, driver: &str, sink: &mut Sink) {
    let text = image.value;
    let blank = || text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control());
    if ImageReference::parse(text).is_some() || (driver != "docker" || text.contains("${")) && !blank() {
        return;
    }
    let diagnostic = bad_value(text, "the name of an image", image.span);
    let small = in_small_letters(text);
    sink.push(match small.filter(|small| ImageReference::parse(small).is_some()) {
        Some(small) => {
            let diagnostic = diagnostic.help(format!("write it in small letters: `{small}`"));
            let literal = (image.span.end - image.span.start) as usize == text.len() + 2;
            if literal { diagnostic.fix(image.span, format!("\"{small}\"")) } else { diagnostic }
        }
        None => diagnostic.help("write its name and tag: `nginx:1.29.3`"),
    });
}

/// A name in small letters, its tag as it is.
fn in_small_letters(text: &str) -> Option<String> {
    let name = match text.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => text,
    };
    Some(format!("{}{}", name.to_lowercase(), text.get(name.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn said(image: &str, driver: &str) -> Option<String> {
        let mut sink = Sink::default();
        check(Spanned::new(image, Span::default()), driver, &mut sink);
        sink.into_sorted().first().and_then(|it| it.help.clone())
    }

    #[test]
    fn a_name_in_capitals_is_refused_and_written_small() {
        assert_eq!(said("Nginx:1.29-Alpine", "docker").unwrap(), "write it in small letters: `nginx:1.29-Alpine`");
        assert_eq!(said("nginx :1", "docker").unwrap(), "write its name and tag: `nginx:1.29.3`");
    }

    #[test]
    fn what_a_driver_may_know_stays() {
        for (image, driver) in [("nginx:1", "docker"), ("${IMAGE}:X", "docker"), ("docker://Nginx", "podman")] {
            assert_eq!(said(image, driver), None, "{image}");
        }
    }
}
