//! `hlmc explain`.

use crate::lab::Lab;

#[test]
fn lists_all_codes_and_prints_the_page_of_each() {
    let lab = Lab::empty();
    let list = lab.run(&["explain"]);
    assert_eq!((list.code, list.stderr.as_str()), (Some(0), ""));
    let names: Vec<&str> = list.stdout.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.len() > 1, "{list:?}");
    assert!(names.is_sorted(), "{names:?}");
    for name in names {
        let page = lab.run(&["explain", name]);
        assert_eq!((page.code, page.stderr.as_str()), (Some(0), ""), "{name}");
        assert!(page.stdout.contains(name), "{name}:\n{}", page.stdout);
    }
}

#[test]
fn knows_a_code_by_how_messages_write_it_and_suggests_the_nearest() {
    let lab = Lab::empty();
    let list = lab.run(&["explain"]).stdout;
    let name = list.split(' ').next().unwrap();
    assert_eq!(lab.run(&["explain", &format!("error[{name}]")]).stdout, lab.run(&["explain", name]).stdout);
    let typo = lab.run(&["explain", &format!("{name}x")]);
    typo.fails(2, &format!("there is no code `{name}x`"));
    typo.fails(2, &format!("help: did you mean `{name}`?"));
}
