//! Measurements in order.

pub(crate) struct Sorted(Vec<f64>);

impl Sorted {
    pub(crate) fn new(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<_> = values.collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    pub(crate) fn quantile(&self, fraction: f64) -> f64 {
        let last = (self.0.len() - 1) as f64;
        self.0[(last * fraction).round() as usize]
    }
}
