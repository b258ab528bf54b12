//! The closing table: which artifacts were read by which program, and what it said.

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    /// The pattern of the artifacts' paths.
    pub(crate) artifacts: String,
    /// The program with its version; empty when no program reads the artifacts.
    pub(crate) program: String,
    /// How many were accepted, and of how many.
    pub(crate) count: String,
    /// The verdict in words.
    pub(crate) verdict: String,
}

/// Draws the table with aligned columns.
pub(crate) fn draw(rows: &[Row]) -> String {
    let head = Row {
        artifacts: "artifact".to_owned(),
        program: "program".to_owned(),
        count: "accepted".to_owned(),
        verdict: "verdict".to_owned(),
    };
    let all = || std::iter::once(&head).chain(rows);
    let width = |column: fn(&Row) -> &str| all().map(|row| column(row).chars().count()).max();
    let artifacts = width(|row| &row.artifacts).unwrap_or(0);
    let program = width(|row| &row.program).unwrap_or(0);
    let count = width(|row| &row.count).unwrap_or(0);
    let mut table = String::new();
    for (index, row) in all().enumerate() {
        table.push_str(&format!(
            "{:artifacts$}  {:program$}  {:>count$}  {}\n",
            row.artifacts, row.program, row.count, row.verdict
        ));
        if index == 0 {
            let line = artifacts + program + count + 6 + head.verdict.len();
            table.push_str(&"-".repeat(line));
            table.push('\n');
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::{Row, draw};

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [
            Row {
                artifacts: "**/*.sh".to_owned(),
                program: "shellcheck 0.9.0".to_owned(),
                count: "3/3".to_owned(),
                verdict: "accepted".to_owned(),
            },
            Row {
                artifacts: "report/index.html".to_owned(),
                program: String::new(),
                count: "1".to_owned(),
                verdict: "no program reads this".to_owned(),
            },
        ];
        assert_eq!(
            draw(&rows),
            "artifact           program           accepted  verdict\n\
             ------------------------------------------------------\n\
             **/*.sh            shellcheck 0.9.0       3/3  accepted\n\
             report/index.html                           1  no program reads this\n"
        );
    }
}
