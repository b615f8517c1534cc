//! What was measured, as Markdown.

use crate::measure::{Measured, Times};
use crate::programs::Program;
use crate::subject::Subject;

/// A row for each peer: first without lists, a column for each chain; then for each chain a column
/// for each size of list.
pub(crate) fn print(programs: &[Program], measured: &[Measured]) {
    for signatures in [1, 2] {
        let columns = select(measured, |it| {
            it.entries == 0 && it.signatures == signatures
        });
        let plural = if signatures == 1 { "" } else { "s" };
        println!("\n### {signatures} signature{plural}, no CRL: us, and times the floor\n");
        print_table(
            programs,
            &columns,
            |it| it.subject.kind.name.to_owned(),
            |times| format!("{}; {:.2}", times.whole, times.ratio),
        );
        println!("\n### {signatures} signature{plural}: the floor of each, us\n");
        print_table(
            programs,
            &columns,
            |it| it.subject.kind.name.to_owned(),
            |times| times.floor.to_string(),
        );
    }
    for chain in measured.chunk_by(|one, other| one.subject.chain() == other.subject.chain()) {
        let columns = select(chain, |_| true);
        println!(
            "\n### {}, by entries of the CRL: us\n",
            chain[0].subject.chain()
        );
        let name = |it: &Measured| match it.subject.entries {
            0 => "no CRL".to_owned(),
            entries => entries.to_string(),
        };
        print_table(programs, &columns, name, |times| times.whole.to_string());
    }
}

fn select(measured: &[Measured], is_wanted: impl Fn(&Subject) -> bool) -> Vec<&Measured> {
    let wanted = measured.iter().filter(|it| is_wanted(&it.subject));
    wanted.collect()
}

fn print_table(
    programs: &[Program],
    columns: &[&Measured],
    name: impl Fn(&Measured) -> String,
    cell: impl Fn(&Times) -> String,
) {
    let names: Vec<_> = columns.iter().map(|column| name(column)).collect();
    println!("| | {} |", names.join(" | "));
    println!("|---|{}", "--:|".repeat(columns.len()));
    for (row, program) in programs.iter().enumerate() {
        let times = columns.iter().map(|column| column.peers[row].as_ref());
        let cells: Vec<_> = times
            .map(|times| times.map_or_else(|| "-".to_owned(), &cell))
            .collect();
        if cells.iter().any(|cell| cell != "-") {
            println!("| {} | {} |", program.name, cells.join(" | "));
        }
    }
}
