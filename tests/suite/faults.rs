//! Every test that `docs/faults.md` names is there.

use std::path::Path;

/// The tests in the last cell of a row: "`file`: name; `file`: name". A name may contain a
/// semicolon, and may be a part of the name.
fn tests_of(row: &str) -> Vec<(&str, &str)> {
    let cell = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
    let mut parts = cell.split('`').skip(1);
    let mut tests = Vec::new();
    while let (Some(file), Some(name)) = (parts.next(), parts.next()) {
        tests.push((file, name.trim_start_matches(':').trim().trim_end_matches(';')));
    }
    tests
}

#[test]
fn every_test_of_the_table_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("docs/faults.md")).unwrap();
    let mut count = 0;
    // The other tables do not list tests.
    let mut lists_tests = false;
    for row in table.lines() {
        if !row.starts_with("| ") {
            lists_tests &= row.starts_with("|-");
            continue;
        }
        if row.ends_with("| test |") {
            lists_tests = true;
            continue;
        }
        if !lists_tests {
            continue;
        }
        let tests = tests_of(row);
        assert!(!tests.is_empty(), "a row without a test: {row}");
        for (file, name) in tests {
            let source = std::fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            let is_there = match file.ends_with(".rs") {
                true => source.contains(&format!("fn {name}(")),
                // A test that is made for each file of a folder has no fixed name.
                false => name == "every file" || source.contains(name),
            };
            assert!(is_there, "{file} has no test \"{name}\"");
            count += 1;
        }
    }
    assert!(count > 30, "{count} tests");
}

#[test]
fn a_name_may_contain_what_separates_names() {
    let row = "| a | b | c | `x.spec.ts`: one; and more; `y.rs`: two |";
    assert_eq!(tests_of(row), [("x.spec.ts", "one; and more"), ("y.rs", "two")]);
}
