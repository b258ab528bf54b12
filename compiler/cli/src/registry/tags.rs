//! The tags of a repository, and which of them are newer versions.

use super::Trouble;
use super::session::Session;
use super::version::Version;
use serde::Deserialize;

/// More pages of tags than any repository has; each may have a thousand.
const PAGES: usize = 200;

#[derive(Deserialize)]
struct Page {
    /// `null` for a repository without any.
    tags: Option<Vec<String>>,
}

/// The newest tags that are newer than a tag and built alike: of the same line, such as 31, and of all.
pub(crate) fn newer(session: &mut Session<'_>, tag: &str) -> Result<Vec<String>, Trouble> {
    let Some(own) = Version::parse(tag) else { return Ok(Vec::new()) };
    let tags = all(session)?;
    let mut versions: Vec<(Version<'_>, &String)> =
        tags.iter().filter_map(|tag| Some((Version::parse(tag)?, tag))).filter(|(it, _)| it.is_newer(&own)).collect();
    versions.sort_by(|(a, first), (b, second)| a.order(b).then(first.cmp(second)));
    let of_line = versions.iter().rfind(|(version, _)| version.is_of_line(&own));
    let mut newest: Vec<String> = of_line.into_iter().chain(versions.last()).map(|(_, tag)| (*tag).clone()).collect();
    newest.dedup();
    Ok(newest)
}

/// All tags, page by page.
fn all(session: &mut Session<'_>) -> Result<Vec<String>, Trouble> {
    let mut tags = Vec::new();
    let mut url = session.url("tags/list?n=1000")?;
    let what = format!("list of tags of `{}`", session.address().repository);
    for _ in 0..PAGES {
        let answer = session.get(&url, None, &what)?;
        let page: Page = serde_json::from_slice(&answer.body).map_err(|_| {
            let registry = session.address().registry();
            Trouble::new(format!("`{registry}` answers what is no {what}"), "look whether that is a registry")
        })?;
        tags.extend(page.tags.into_iter().flatten());
        let next = answer.header("link").and_then(next).and_then(|link| session.link(&url, link));
        match next.filter(|next| *next != url) {
            Some(next) => url = next,
            None => break,
        }
    }
    Ok(tags)
}

/// The address of the next page, of a `Link` header.
fn next(header: &str) -> Option<&str> {
    let link = header.split(',').find(|link| link.contains("rel=\"next\"") || link.contains("rel=next"))?;
    link.trim().strip_prefix('<')?.split('>').next()
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn the_next_page_is_found() {
        assert_eq!(next("</v2/a/tags/list?last=b&n=2>; rel=\"next\""), Some("/v2/a/tags/list?last=b&n=2"));
        assert_eq!(next("<https://a/v2/>; rel=next"), Some("https://a/v2/"));
        assert_eq!(next("</v2/>; rel=\"prev\""), None);
        assert_eq!(next(""), None);
    }
}
