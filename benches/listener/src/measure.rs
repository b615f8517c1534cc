//! Values of many rounds and what becomes of them.

use core::fmt;

/// Values in order, at least one; shown as the median and, in brackets, the least and the greatest.
pub(crate) struct Sorted(Vec<f64>);

impl Sorted {
    pub(crate) fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        assert!(!values.is_empty(), "nothing was measured");
        Self(values)
    }

    pub(crate) fn quantile(&self, fraction: f64) -> f64 {
        let last = (self.0.len() - 1) as f64;
        self.0[(last * fraction).round() as usize]
    }

    pub(crate) fn median(&self) -> f64 {
        self.quantile(0.5)
    }
}

impl fmt::Display for Sorted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [least, median, greatest] = [0.0, 0.5, 1.0].map(|fraction| self.quantile(fraction));
        // As many decimals as there are digits worth reading.
        let decimals = match median.abs() {
            100.0.. => 0,
            10.0.. => 1,
            _ => 3,
        };
        write!(
            f,
            "{median:.decimals$} ({least:.decimals$} to {greatest:.decimals$})"
        )
    }
}
