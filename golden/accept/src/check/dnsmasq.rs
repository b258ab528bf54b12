//! dnsmasq: its configuration goes to `dnsmasq --test`.

use super::by_exit_code;
use crate::bundle::Bundle;
use crate::program::run;
use crate::rule::Verdict;
use crate::site::Site;

/// Reads a configuration file alone, without the machine's own.
pub(crate) fn test(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let mut file = std::ffi::OsString::from("--conf-file=");
    file.push(bundle.root.join(path));
    let ran = run(site.command("dnsmasq")?.arg("--test").arg(file))?;
    Ok(by_exit_code(&ran))
}
