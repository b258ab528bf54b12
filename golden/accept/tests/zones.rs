//! The time zones that hlmc knows are those of the machine's own database.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "this is all test code")]

use hlmc_core::lower::is_zone;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
#[ignore = "needs the time zones of the machine: `make accept`"]
fn every_time_zone_of_the_machine_is_known_and_few_others_are() {
    let Ok(database) = fs::read_to_string("/usr/share/zoneinfo/tzdata.zi") else {
        println!("SKIPPED: there is no /usr/share/zoneinfo/tzdata.zi");
        return;
    };
    // `Z Europe/Dublin …` is a zone, `L Europe/Dublin Eire` another name of it.
    let names: BTreeSet<&str> = database
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            match words.next()? {
                "Z" => words.next(),
                "L" => words.nth(1),
                _ => None,
            }
        })
        .collect();
    let unknown: Vec<&&str> = names.iter().filter(|name| !is_zone(name)).collect();
    assert!(names.len() > 400 && unknown.is_empty(), "{} names, not known: {unknown:?}", names.len());
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/time-zones.txt");
    let text = fs::read_to_string(list).unwrap();
    let known: Vec<&str> = text.lines().skip(1).collect();
    assert!(known.is_sorted() && known.iter().all(|name| is_zone(name)));
    // A machine may be a few versions behind.
    let others: Vec<&&str> = known.iter().filter(|name| !names.contains(**name)).collect();
    assert!(others.len() < 20, "{others:?}");
}
