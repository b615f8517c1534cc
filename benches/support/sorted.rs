//! Measurements in order.

use core::fmt;

/// Shown as the median and, in brackets, the 10th and the 90th percentile.
pub(crate) struct Sorted(Vec<f64>);

impl Sorted {
    pub(crate) fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    pub(crate) fn quantile(&self, fraction: f64) -> f64 {
        let last = (self.0.len() - 1) as f64;
        self.0[(last * fraction).round() as usize]
    }
}

impl fmt::Display for Sorted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("-");
        }
        let [low, median, high] = [0.1, 0.5, 0.9].map(|fraction| self.quantile(fraction));
        // As many decimals as there are digits worth reading.
        let decimals = match median.abs() {
            1000.0.. => 0,
            100.0.. => 1,
            10.0.. => 2,
            _ => 3,
        };
        let decimals = f.precision().unwrap_or(decimals);
        write!(
            f,
            "{median:.decimals$} ({low:.decimals$} to {high:.decimals$})"
        )
    }
}
