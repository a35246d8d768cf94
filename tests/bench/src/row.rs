//! A line of the comparison: what was done, beside whom, and how the two stand.

use serde_json::{Value, json};
use std::fmt;

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Seconds.
    Time,
    /// Bytes.
    Size,
}

/// The ratio that is wanted, and the one that is hoped for.
pub(crate) type Goal = Option<(f64, f64)>;

/// One line. Ratios are ours by theirs: less is better.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) work: String,
    pub(crate) peer: String,
    pub(crate) unit: Unit,
    pub(crate) goal: Goal,
    /// One pair a repetition, ours first.
    pub(crate) pairs: Vec<(f64, f64)>,
}

impl Row {
    fn ratios(&self) -> Vec<f64> {
        let ratios = self.pairs.iter().map(|(ours, theirs)| ours / theirs);
        sorted(ratios.collect())
    }

    fn ours(&self) -> f64 {
        median(&sorted(self.pairs.iter().map(|pair| pair.0).collect()))
    }

    fn theirs(&self) -> f64 {
        median(&sorted(self.pairs.iter().map(|pair| pair.1).collect()))
    }

    /// For programs. Figures are seconds or bytes.
    pub(crate) fn json(&self) -> Value {
        let ratios = self.ratios();
        json!({
            "work": self.work,
            "peer": self.peer,
            "ratio": median(&ratios),
            "ours": self.ours(),
            "theirs": self.theirs(),
            "unit": if self.unit == Unit::Time { "s" } else { "bytes" },
            "lowest": ratios.first(),
            "highest": ratios.last(),
            "wanted": self.goal.map(|goal| goal.0),
            "stretch": self.goal.map(|goal| goal.1),
        })
    }

    fn cells(&self) -> [String; 8] {
        let ratios = self.ratios();
        let goal = |which: fn((f64, f64)) -> f64| {
            self.goal
                .map_or_else(|| "-".to_owned(), |goal| number(which(goal)))
        };
        let spread = match (ratios.first(), ratios.last()) {
            (Some(first), Some(last)) if ratios.len() > 1 => {
                format!("{} to {}", number(*first), number(*last))
            }
            _ => String::new(),
        };
        [
            self.work.clone(),
            self.peer.clone(),
            self.unit.words(self.ours()),
            self.unit.words(self.theirs()),
            number(median(&ratios)),
            spread,
            goal(|goal| goal.0),
            goal(|goal| goal.1),
        ]
    }
}

impl Unit {
    fn words(self, figure: f64) -> String {
        match self {
            Self::Time if figure < 0.000_1 => format!("{:.1} us", figure * 1e6),
            Self::Time if figure < 1.0 => format!("{:.1} ms", figure * 1e3),
            Self::Time => format!("{figure:.2} s"),
            Self::Size => format!("{:.1} MB", figure / 1e6),
        }
    }
}

/// Three digits that count.
fn number(ratio: f64) -> String {
    match ratio {
        _ if ratio >= 100.0 => format!("{ratio:.0}"),
        _ if ratio >= 10.0 => format!("{ratio:.1}"),
        _ if ratio >= 0.1 => format!("{ratio:.2}"),
        _ => format!("{ratio:.3}"),
    }
}

fn sorted(mut figures: Vec<f64>) -> Vec<f64> {
    figures.sort_by(f64::total_cmp);
    figures
}

/// Of figures in order; of an even number of them, between the middle two.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    match sorted {
        [] => f64::NAN,
        _ if sorted.len() % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// All lines below one heading, in columns.
pub(crate) struct Table<'a>(pub(crate) &'a [Row]);

const HEAD: [&str; 8] = [
    "work",
    "beside",
    "ours",
    "theirs",
    "ratio",
    "lowest to highest",
    "wanted",
    "stretch",
];

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<[String; 8]> = std::iter::once(HEAD.map(str::to_owned))
            .chain(self.0.iter().map(Row::cells))
            .collect();
        let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max();
        for line in &lines {
            for (at, cell) in line.iter().enumerate() {
                let room = width(at).unwrap_or(0);
                if at < 2 {
                    write!(f, "{cell:<room$}  ")?;
                } else {
                    write!(f, "{cell:>room$}  ")?;
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, Unit, median, number};

    #[test]
    fn the_ratio_is_the_median_of_those_of_each_repetition() {
        let row = Row {
            work: "cold".into(),
            peer: "DuckDB".into(),
            unit: Unit::Time,
            goal: Some((0.2, 0.1)),
            pairs: vec![(1.0, 10.0), (9.0, 9.0), (1.0, 4.0)],
        };
        let told = row.json();
        assert_eq!(told["ratio"], 0.25);
        assert_eq!((&told["ours"], &told["theirs"]), (&1.0.into(), &9.0.into()));
        assert_eq!(
            (&told["lowest"], &told["highest"]),
            (&0.1.into(), &1.0.into())
        );
        assert_eq!(told["wanted"], 0.2);
    }

    #[test]
    fn medians_and_digits() {
        assert_eq!(median(&[1.0, 2.0, 4.0, 9.0]), 3.0);
        assert_eq!(median(&[7.0]), 7.0);
        let spelled = [0.0123, 0.25, 1.0, 12.34, 250.4].map(number);
        assert_eq!(spelled, ["0.012", "0.25", "1.00", "12.3", "250"]);
    }
}
